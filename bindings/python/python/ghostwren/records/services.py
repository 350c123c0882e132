"""Money and log, texts, and what the services answer."""

from __future__ import annotations

from ._base import Event, Record, _date, _duration, _list, _time
from .accounts import TwitterUser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date, datetime, timedelta
    from typing import Any


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
    unanswered: int
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


class ReadIds(Record):
    """Which tweets and users an answer held: those asked for, and those that came along."""

    __slots__ = ()
    tweets: list[str]
    along: list[str]
    users: list[str]


class TweetPage(Record):
    """Tweets as one answer of X brought them, newest first. An empty page is no end: see `next`."""

    __slots__ = ()
    _decode = {"read": ReadIds, "answered_at": _time}
    tweets: list[dict[str, Any]]
    context: list[dict[str, Any]]
    authors: dict[str, Any]
    problems: list[dict[str, Any]]
    next: str | dict[str, str]
    oldest_id: str | None
    newest_id: str | None
    result_count: int | None
    posts_read: int
    users_read: int
    read: ReadIds
    limits: dict[str, Any]
    answered_at: datetime | None


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
