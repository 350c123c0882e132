"""Plain data: what calls give. A record is a view of the core's own JSON; a field is decoded when it is read.

Records never change. `to_dict()` gives the plain data, two records with the same data are equal, and all of them can be
pickled. Ids of tweets and Twitter users are decimal strings, ids of rows are UUIDs as strings, times are aware datetimes
in UTC, durations are timedeltas, money is in millionths of a US dollar.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime, timedelta
    from typing import Any, ClassVar, Literal, TypeVar, overload
    from typing import Generic as _PageBase

    T = TypeVar("T")
else:
    # `typing` takes milliseconds to import, and nothing here needs it at run time.
    T = None

    class _PageBase:
        def __class_getitem__(cls, _item):
            return cls


def _time(text: str) -> datetime:
    from datetime import datetime, timezone

    # Python 3.10 knows neither `Z` nor a fraction of one or two digits.
    whole, _, fraction = text.removesuffix("Z").removesuffix("+00:00").partition(".")
    micros = int(fraction.ljust(6, "0")[:6]) if fraction else 0
    return datetime.fromisoformat(whole).replace(microsecond=micros, tzinfo=timezone.utc)


def compare_ids(a: str, b: str) -> int:
    """-1, 0 or 1: compares ids of tweets or users as the numbers they are."""
    return int(_local("records.compare_ids", a=a, b=b))


def is_valid_id(text: str) -> bool:
    """Whether the text is an id as Twitter gives them: 1 to 19 digits without a leading zero."""
    return bool(_local("records.is_valid_id", text=text))


def time_of_id(text: str) -> datetime | None:
    """When a tweet was made, out of its id; `None` for the ids before November 2010."""
    found = _local("records.time_of_id", text=text)
    return None if found is None else _time(found)


def _local(name: str, **arguments: Any) -> Any:
    from . import _native
    from ._json import dumps, loads

    return loads(_native.local(name, dumps(arguments)))


def _date(text: str) -> date:
    from datetime import date

    return date.fromisoformat(text)


def _duration(value: dict[str, int]) -> timedelta:
    from datetime import timedelta

    return timedelta(seconds=value["secs"], microseconds=value["nanos"] / 1000)


def _list(of: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read(values: list[Any]) -> list[Any]:
        return [of(value) for value in values]

    return read


class Record:
    """The base of all records."""

    __slots__ = ("_data",)
    _decode: ClassVar[dict[str, Callable[[Any], Any]]] = {}
    _data: dict[str, Any]

    def __init__(self, data: dict[str, Any]) -> None:
        object.__setattr__(self, "_data", data)

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            try:
                value = self._data[name]
            except KeyError:
                if any(name in getattr(base, "__annotations__", ()) for base in type(self).__mro__):
                    return None
                raise AttributeError(f"{type(self).__name__} has no field {name!r}") from None
            decode = self._decode.get(name)
            return value if decode is None or value is None else decode(value)

        def __setattr__(self, name, value):
            raise AttributeError("a record never changes")

    def to_dict(self) -> dict[str, Any]:
        """The plain data, as the core writes it."""
        return self._data

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._data == self._data

    __hash__ = None  # type: ignore[assignment]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._data]

    def __repr__(self) -> str:
        shown = []
        for name, value in self._data.items():
            text = repr(value)
            shown.append(f"{name}={text if len(text) <= 60 else text[:60] + '…'}")
        return f"{type(self).__name__}({', '.join(shown)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self._data,))


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


class Page(_PageBase[T]):
    """A page of a longer list, which can be gone through like a list. `next` is the `after` of the next call; `None` at
    the end."""

    __slots__ = ("items", "next")

    def __init__(self, items: list[T], next: str | None) -> None:
        self.items: list[T] = items
        self.next: str | None = next

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    if TYPE_CHECKING:

        @overload
        def __getitem__(self, index: int) -> T: ...
        @overload
        def __getitem__(self, index: slice) -> list[T]: ...

    def __getitem__(self, index: Any) -> Any:
        return self.items[index]

    def __repr__(self) -> str:
        return f"Page({len(self.items)} items, next={self.next!r})"


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
        from ._display import progress_html

        return progress_html(self)


class Event(Record):
    """Something that happened. `event` is its name; the classes of the events that this package knows say more."""

    __slots__ = ()
    event: str
    data: Any


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
    max_micros: int
    left_micros: int | None


# Style


class Feature(Record):
    """One habit in numbers: how often, how often others do it, and how far apart that is (`z`)."""

    __slots__ = ()
    name: str
    label: str
    per: str
    group: str
    value: float
    background: float | None
    z: float


class LanguageUse(Record):
    """A language that somebody writes in, and how much."""

    __slots__ = ()
    language: str
    share: float
    words_compared: bool


class Habit(Record):
    """A word, sign or length, and how often it comes."""

    __slots__ = ()
    text: str
    per_tweet: float


class Summary(Record):
    """A style in the numbers that people read."""

    __slots__ = ()
    _decode = {
        "lengths": _list(Habit),
        "favourite_emoji": _list(Habit),
        "favourite_hashtags": _list(Habit),
        "openers": _list(Habit),
        "first_words": _list(Habit),
        "closers": _list(Habit),
        "favourite_words": _list(Habit),
        "characteristic_words": _list(Feature),
        "characteristic_habits": _list(Feature),
        "languages": _list(LanguageUse),
    }
    texts: int
    characters: float
    words: float
    lengths: list[Habit]
    emoji: float
    with_emoji: float
    favourite_emoji: list[Habit]
    hashtags: float
    favourite_hashtags: list[Habit]
    mentions: float
    links: float
    exclamation_marks: float
    question_marks: float
    line_breaks: float
    lower_case_start: float
    words_in_capitals: float
    openers: list[Habit]
    first_words: list[Habit]
    closers: list[Habit]
    favourite_words: list[Habit]
    characteristic_words: list[Feature]
    characteristic_habits: list[Feature]
    languages: list[LanguageUse]
    notes: list[str]


class Sufficiency(Record):
    """Whether there are enough tweets to speak of a style."""

    __slots__ = ()
    tweets: int
    wanted: int
    enough: bool
    message: str


class LeftOut(Record):
    """What was left out of a corpus, and why."""

    __slots__ = ()
    excluded: int
    deleted: int
    retweets: int
    truncated: int
    automatic: int
    repeated: int
    wordless: int


class Claim(Record):
    """What a model says of a style, checked against the numbers."""

    __slots__ = ()
    feature: str
    direction: str
    strength: str
    words: str
    evidence_ids: list[str]


class DroppedClaim(Record):
    """What a model said against the numbers."""

    __slots__ = ()
    feature: str
    code: str
    reason: str


class Analysis(Record):
    """A model's words about a style."""

    __slots__ = ()
    _decode = {"claims": _list(Claim), "dropped": _list(DroppedClaim)}
    claims: list[Claim]
    dropped: list[DroppedClaim]
    partial: bool
    model: str
    calls: int


class ProfileRecord(Record):
    """A style profile as it is stored."""

    __slots__ = ()
    _decode = {"analysis": Analysis, "created_at": _time}
    id: str
    account_id: str
    version: int
    corpus_hash: str
    fingerprint: dict[str, Any]
    analysis: Analysis | None
    tweet_ids: list[str]
    created_at: datetime


class Gap(Record):
    """Where texts differ from how the author writes, in numbers and in a sentence."""

    __slots__ = ()
    feature: str
    direction: str
    theirs: float
    ours: float
    words: str


# Drafts


class Scores(Record):
    """How well a candidate fits, each from 0 to 1."""

    __slots__ = ()
    style: float
    topic: float
    diversity: float
    copied: float
    total: float


class Feedback(Record):
    """What the owner said about a draft."""

    __slots__ = ()
    note: str | None
    original_text: str | None


class Draft(Record):
    """A drafted tweet."""

    __slots__ = ()
    _decode = {"scores": Scores, "feedback": Feedback, "created_at": _time, "updated_at": _time}
    id: str
    account_id: str
    generation_id: str
    text: str
    weighted_length: int
    scores: Scores
    if TYPE_CHECKING:
        state: Literal["draft", "approved", "rejected", "published"]
    feedback: Feedback | None
    created_at: datetime
    updated_at: datetime


class Rejection(Record):
    """A candidate that was not taken, with the gate that it failed and the reason in one sentence."""

    __slots__ = ()
    text: str
    code: str
    reason: str


class Generation(Record):
    """One call of `generate`, as it is stored."""

    __slots__ = ()
    _decode = {"rejected": _list(Rejection), "created_at": _time}
    id: str
    account_id: str
    profile_id: str | None
    request: dict[str, Any]
    model: str
    exemplars: list[dict[str, str]]
    rejected: list[Rejection]
    created_at: datetime


class Note(Record):
    """Something the reader of drafts should know."""

    __slots__ = ()
    code: str
    text: str


class GenerationReport(Record):
    """What a generation came to. Fewer drafts than asked for, or none, is a valid end: `generation.rejected` and `notes`
    say why."""

    __slots__ = ()
    _decode = {"generation": Generation, "drafts": _list(Draft), "notes": _list(Note)}
    generation: Generation
    drafts: list[Draft]
    notes: list[Note]
    cost_micros: int | None

    def __iter__(self) -> Iterator[Draft]:
        return iter(self.drafts)

    def __len__(self) -> int:
        return len(self.drafts)


class DraftEvent(Event):
    """A step of a generation: `started`, `growing`, `candidate`, `rejected`, `repairing`, `finished`."""

    __slots__ = ()

    @property
    def candidate(self) -> int | None:
        """Which candidate, from 0."""
        value = self._data["data"]
        return value.get("candidate") if isinstance(value, dict) else None

    @property
    def text(self) -> str | None:
        """What a candidate grew by (`growing`), or its whole text (`candidate`, `rejected`)."""
        value = self._data["data"]
        return value.get("text") if isinstance(value, dict) else None

    @property
    def report(self) -> GenerationReport | None:
        """The drafts, at the end."""
        return GenerationReport(self._data["data"]) if self._data["event"] == "finished" else None


class Chosen(Record):
    """A candidate that was chosen."""

    __slots__ = ()
    _decode = {"scores": Scores}
    index: int
    text: str
    scores: Scores


class Rejected(Record):
    """A candidate that was not chosen."""

    __slots__ = ()
    index: int
    text: str
    code: str
    reason: str


class Selection(Record):
    """What became of each candidate: it is in exactly one of the two lists."""

    __slots__ = ()
    _decode = {"chosen": _list(Chosen), "rejected": _list(Rejected)}
    chosen: list[Chosen]
    rejected: list[Rejected]
    batch_distance: float | None


class CostPreview(Record):
    """What a call may cost, before it is made."""

    __slots__ = ()
    model_calls: int
    max_micros: int | None
    left_micros: int | None
    affordable: bool


# Publishing


class Finding(Record):
    """Something about a tweet that a person should know before it is sent."""

    __slots__ = ()
    code: str
    refused: bool
    detail: str


class PublishedTweet(Record):
    """A tweet that is on Twitter."""

    __slots__ = ()
    position: int
    tweet_id: str
    url: str


class PublishReport(Record):
    """What was published."""

    __slots__ = ()
    _decode = {"tweets": _list(PublishedTweet), "warnings": _list(Finding)}
    outbox: str
    tweets: list[PublishedTweet]
    cost_micros: int
    warnings: list[Finding]


class PreviewedTweet(Record):
    """One tweet of a preview."""

    __slots__ = ()
    _decode = {"findings": _list(Finding)}
    text: str
    cost_micros: int
    findings: list[Finding]


class PublishPreview(Record):
    """What publishing would cost and what would be refused."""

    __slots__ = ()
    _decode = {"tweets": _list(PreviewedTweet)}
    tweets: list[PreviewedTweet]
    cost_micros: int
    left_micros: int | None
    affordable: bool


class OutboxEntry(Record):
    """A tweet or a thread on its way to Twitter."""

    __slots__ = ()
    _decode = {"lease_until": _time, "created_at": _time, "updated_at": _time}
    id: str
    account_id: str
    draft_id: str | None
    content_hash: str
    payload: list[dict[str, Any]]
    state: str
    posted_ids: list[str]
    attempts: int
    error_code: str | None
    fence: int
    lease_until: datetime | None
    created_at: datetime
    updated_at: datetime


class Connection(Record):
    """How an account stands with Twitter: `state` is `not_connected`, `connected` or `needs_login`."""

    __slots__ = ()
    _decode = {"expires_at": _time, "since": _time}
    state: str
    scopes: list[str] | None
    expires_at: datetime | None
    refreshable: bool | None
    in_doubt: bool | None
    reason: str | None
    since: datetime | None


class PendingLogin(Record):
    """A login that was begun: open `url` in the browser, and keep `binding` in a `__Host-` cookie or in memory."""

    __slots__ = ()
    _decode = {"expires_at": _time}
    url: str
    binding: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"PendingLogin(expires_at={self._data['expires_at']!r})"


# Money and log


class AiRun(Record):
    """One model call: hashes and ids, never a prompt and never an answer."""

    __slots__ = ()
    _decode = {"created_at": _time}
    id: str
    account_id: str
    purpose: str
    provider: str
    model: str
    request_id: str | None
    request_hash: str
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    reasoning_tokens: int
    cost_micros: int | None
    latency_ms: int
    attempts: int
    outcome: dict[str, str]
    created_at: datetime


class SpendRecord(Record):
    """What an account spent on one UTC day."""

    __slots__ = ()
    _decode = {"day": _date}
    day: date
    kind: str
    spent_micros: int
    reserved_micros: int


class AuditEvent(Record):
    """Who did what and when."""

    __slots__ = ()
    _decode = {"at": _time}
    at: datetime
    subject: str
    action: str
    facts: dict[str, Any]


# Text


class ParsedTweet(Record):
    """What X makes of a text. Ranges are half open, in UTF-16 units; see `valid_text` for what fits."""

    __slots__ = ()
    weighted_length: int
    valid: bool
    permillage: int
    valid_range: dict[str, int]
    valid_bytes: int
    display_range: dict[str, int]
    url_count: int
    cashtag_count: int
    has_url: bool


class Entity(Record):
    """A link, person, hashtag or cashtag in a text: `text[start:end]`."""

    __slots__ = ()
    kind: str
    value: str
    list: str | None

    @property
    def start(self) -> int:
        """Where it begins, in characters."""
        return int(self._data["chars"]["start"])

    @property
    def end(self) -> int:
        """Where it ends, in characters."""
        return int(self._data["chars"]["end"])


class SearchClause(Record):
    """One part of a search: all its tokens, in this order."""

    __slots__ = ()
    tokens: list[str]
    prefix: bool


# Services


class Usage(Record):
    """The tokens of a call."""

    __slots__ = ()
    input_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    output_tokens: int
    reasoning_tokens: int


class Answer(Record):
    """One answer of a model."""

    __slots__ = ()
    index: int
    text: str
    refusal: str | None
    finish: str | dict[str, str]
    logprobs: Any


class Reply(Record):
    """Whole answers, with all that the service said about them."""

    __slots__ = ()
    _decode = {"answers": _list(Answer), "usage": Usage, "latency": _duration}
    id: str | None
    model: str | None
    answers: list[Answer]
    usage: Usage
    cost_micros: int | None
    system_fingerprint: str | None
    request_id: str | None
    limits: dict[str, Any] | None
    attempts: int
    latency: timedelta

    @property
    def text(self) -> str:
        """The text of the first answer."""
        return self.answers[0].text if self.answers else ""


class ModelDelta(Event):
    """One step of a growing answer: `text`, `finished`, `completed`."""

    __slots__ = ()

    @property
    def text(self) -> str:
        """What an answer grew by; empty for the other events."""
        return self._data["data"]["text"] if self._data["event"] == "text" else ""

    @property
    def index(self) -> int | None:
        """Which answer, from 0."""
        index: int | None = self._data["data"].get("index")
        return index


class ModelRecord(Record):
    """A model that a server has."""

    __slots__ = ()
    _decode = {"shutdown_date": _date}
    id: str
    owned_by: str | None
    created: int | None
    shutdown_date: date | None


class ModelInfo(Record):
    """What is known of one model."""

    __slots__ = ()
    _decode = {"shutdown": _date}
    id: str
    context_tokens: int
    max_output_tokens: int
    price: dict[str, int] | None
    json_schema: bool
    chat: bool
    reasoning: Any
    max_n: int
    shutdown: date | None
    successor: str | None
    known: bool


class UserInfo(Record):
    """A person on Twitter, with what an import and a lint want to know."""

    __slots__ = ()
    _decode = {"user": TwitterUser}
    user: TwitterUser
    description: str | None
    protected: bool
    verified_type: str | None
    subscription: str | None
    followers: int | None
    following: int | None
    tweets: int | None


class UserList(Record):
    """Users, and what X could not give."""

    __slots__ = ()
    _decode = {"users": _list(UserInfo)}
    users: list[UserInfo]
    problems: list[dict[str, Any]]


class TweetPage(Record):
    """Tweets as one answer of X brought them, newest first. An empty page is no end: see `next`."""

    __slots__ = ()
    tweets: list[dict[str, Any]]
    context: list[dict[str, Any]]
    authors: dict[str, Any]
    problems: list[dict[str, Any]]
    next: str | dict[str, str]
    oldest_id: str | None
    newest_id: str | None
    posts_read: int
    users_read: int
    limits: dict[str, Any]


class Written(Record):
    """A tweet that was written."""

    __slots__ = ()
    id: str
    text: str
    edit_history: list[str]
    problems: list[dict[str, Any]]


class UploadedMedia(Record):
    """A picture or film that X has."""

    __slots__ = ()
    _decode = {"expires_after": _duration}
    id: str
    expires_after: timedelta | None
