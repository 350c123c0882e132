"""Drafts, and their way to Twitter."""

from __future__ import annotations

from ._base import Event, Record, _list, _time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Any, Literal


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
    _decode = {"lease_until": _time, "sent_at": _time, "created_at": _time, "updated_at": _time}
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
    sent_at: datetime | None
    created_at: datetime
    updated_at: datetime


class Connection(Record):
    """How an account stands with Twitter: `state` is `not_connected`, `connected`,
    `unfinished` (X did not say yet whose it is; the next call asks) or `needs_login`."""

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
