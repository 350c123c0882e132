"""Accounts, their tweets and imports."""

from __future__ import annotations

from ._base import Event, Record, _duration, _time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from typing import Any


# Accounts and tweets


class TwitterUser(Record):
    """A person on Twitter, as far as the SDK knows them."""

    __slots__ = ()
    _decode = {"created_at": _time}
    id: str
    username: str
    name: str | None
    avatar_url: str | None
    created_at: datetime | None


class AccountRecord(Record):
    """One Twitter account of one owner. `revision` grows with every write: an `ETag` that costs no query."""

    __slots__ = ()
    _decode = {"twitter_user": TwitterUser, "created_at": _time}
    id: str
    owner: str
    label: str
    twitter_user: TwitterUser | None
    tweet_count: int
    revision: int
    tweets_revision: int
    created_at: datetime


class TweetTotals(Record):
    """How many tweets of each kind, language and so on an account has; deleted ones only in `deleted`."""

    __slots__ = ()
    _decode = {"oldest": _time, "newest": _time}
    total: int
    by_kind: dict[str, int]
    by_lang: dict[str, int]
    threads: int
    in_threads: int
    edited: int
    deleted: int
    excluded: int
    oldest: datetime | None
    newest: datetime | None


# Imports


class Counts(Record):
    """What became of the tweets of an import."""

    __slots__ = ()
    inserted: int
    updated: int
    unchanged: int
    malformed: int

    @property
    def read(self) -> int:
        """All tweets that could be read."""
        return self.inserted + self.updated + self.unchanged


class ImportEnd(Record):
    """How an import ended, honestly: `kind` is `complete`, `incomplete` (with `reasons`), `reached_limit`, `waiting`
    (with `until`), `over_budget`, `needs_login`, `cancelled` or `failed` (with `code` and `detail`)."""

    __slots__ = ()
    _decode = {"until": _time}
    reasons: list[str] | None
    until: datetime | None
    code: str | None
    detail: str | None

    @property
    def kind(self) -> str:
        """How it ended."""
        return str(self._data["end"])


class ImportRun(Record):
    """One import, running or ended."""

    __slots__ = ()
    _decode = {
        "counts": Counts,
        "end": ImportEnd,
        "lease_until": _time,
        "started_at": _time,
        "updated_at": _time,
    }
    id: str
    account_id: str
    source: str
    source_key: str
    checkpoint: Any
    counts: Counts
    cost_micros: int
    watermark: str | None
    end: ImportEnd | None
    fence: int
    lease_until: datetime | None
    started_at: datetime
    updated_at: datetime


class TimelineReport(Record):
    """What the X API gave of a timeline."""

    __slots__ = ()
    tweets_of_user: int | None
    read: int
    cost_micros: int
    session_cost_micros: int
    problems: list[str]
    problem_count: int
    replaced: int


class Erased(Record):
    """How much was erased."""

    __slots__ = ()
    tweets: int
    profiles: int
    drafts: int
    generations: int
    sealed: int
    imports: int
    ai_runs: int
    outbox: int
    marked: int


class ReconcileReport(Record):
    """What looking up what is stored found."""

    __slots__ = ()
    _decode = {"erased": Erased}
    own: int
    context: int
    gone: list[str]
    hidden: int
    erased: Erased
    cost_micros: int
    session_cost_micros: int


class ImportReport(Record):
    """What an import did."""

    __slots__ = ()
    _decode = {
        "run": ImportRun,
        "counts": Counts,
        "end": ImportEnd,
        "timeline": TimelineReport,
        "reconcile": ReconcileReport,
        "elapsed": _duration,
    }
    run: ImportRun
    counts: Counts
    end: ImportEnd
    archive: dict[str, Any] | None
    timeline: TimelineReport | None
    reconcile: ReconcileReport | None
    restarted: bool
    warnings: list[str]
    elapsed: timedelta


class Progress(Record):
    """How far an import has come."""

    __slots__ = ()
    _decode = {"counts": Counts, "remaining": _duration}
    counts: Counts
    total: int | None
    per_second: float
    remaining: timedelta | None
    cost_micros: int

    def _repr_html_(self) -> str:
        from .._display import progress_html

        return progress_html(self)


class ImportWaiting(Event):
    """Another worker has this import, or ended without a word; it can be taken over at the latest after `remaining`."""

    __slots__ = ()

    @property
    def remaining(self) -> timedelta:
        """How long at most."""
        return _duration(self._data["data"]["remaining"])


class ImportWaitingForLimit(Event):
    """X's limit is used up: the import goes on by itself at `until`."""

    __slots__ = ()

    @property
    def until(self) -> datetime:
        """When it goes on."""
        return _time(self._data["data"]["until"])


class ImportStarted(Event):
    """The work begins, or goes on where an earlier session stopped (`resumed`)."""

    __slots__ = ()

    @property
    def run(self) -> ImportRun:
        """The run as it stood."""
        return ImportRun(self._data["data"]["run"])

    @property
    def resumed(self) -> bool:
        """Whether it goes on from a checkpoint."""
        return bool(self._data["data"]["resumed"])


class ImportProgress(Event):
    """A page was stored with its checkpoint."""

    __slots__ = ()

    @property
    def progress(self) -> Progress:
        """How far it has come."""
        return Progress(self._data["data"])

    def _repr_html_(self) -> str:
        return self.progress._repr_html_()


class ImportWarning(Event):
    """Something a person should know, in a sentence; the import goes on."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """The sentence."""
        return str(self._data["data"])


class ImportFinished(Event):
    """The end of an import; always the last event."""

    __slots__ = ()

    @property
    def report(self) -> ImportReport:
        """What it did."""
        return ImportReport(self._data["data"])


_IMPORT_EVENTS: dict[str, type[Event]] = {
    "waiting": ImportWaiting,
    "waiting_for_limit": ImportWaitingForLimit,
    "started": ImportStarted,
    "progress": ImportProgress,
    "warning": ImportWarning,
    "finished": ImportFinished,
}


def _import_event(data: dict[str, Any]) -> Event:
    return _IMPORT_EVENTS.get(data["event"], Event)(data)


class ImportPreview(Record):
    """What importing a timeline would read and cost."""

    __slots__ = ()
    tweets_of_user: int | None
    tweets: int
    likely: int
    beyond: int
    max_micros: int
    likely_micros: int
    context_micros: int
    left_micros: int | None


class ReconcilePreview(Record):
    """What looking up what is stored would cost."""

    __slots__ = ()
    own: int
    context: int
    likely_micros: int
    max_micros: int
    left_micros: int | None
