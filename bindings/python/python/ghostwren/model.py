"""Models of your own: give one to `Ghostwren(model=…)`."""

from __future__ import annotations

from .records import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping, Sequence
    from typing import Any, Literal, Protocol, TypedDict

    class Message(TypedDict):
        """One message of a conversation."""

        role: Literal["system", "user", "assistant"]
        content: str

    Answer = str | Sequence[str] | Mapping[str, Any]

    class Completes(Protocol):
        """What makes an object a model; the other members of `Model` may be there."""

        def complete(self, request: ModelRequest, /) -> Answer | Awaitable[Answer]: ...

__all__ = ["Model", "ModelRequest"]


class ModelRequest(Record):
    """What a model is asked."""

    __slots__ = ()
    purpose: str
    messages: list[Message]
    format: str | dict[str, Any]
    n: int
    max_output_tokens: int | None
    temperature: float | None
    seed: int | None
    reasoning_effort: str | None
    cache_key: str | None

    @property
    def schema(self) -> dict[str, Any] | None:
        """The JSON schema that the answer must keep to, if there is one."""
        asked = self._data["format"]
        return asked["json_schema"]["schema"] if isinstance(asked, dict) and "json_schema" in asked else None


class Model:
    """The base of a model of your own; any object with these members will do.

    A model may also have a method `stream(request)` that gives texts, or pairs of the index of an answer and a text, from
    an iterator, async or not. A method without `async` runs on a thread of its own, so that it may block, and several calls at
    the same time. A call that is cancelled cancels its coroutine; a thread goes on to its end. What a method raises is the `__cause__` of the error
    that the caller sees; a `GhostwrenError` keeps its kind.
    """

    provider: str = "app"
    """Who serves it; goes into the log."""
    name: str = "model"
    """Which model it is; goes into the log."""
    capabilities: Mapping[str, int | bool] = {}
    """`context_tokens`, `max_output_tokens`, `json_schema`, `max_n`, `temperature`; careful figures where one is missing."""
    price: Mapping[str, int] | None = None
    """`input`, `cached`, `cache_write` (as `input` unless it is there) and `output`: millionths of a US dollar per million tokens. A
    budget needs it."""

    def complete(self, request: ModelRequest) -> Answer | Awaitable[Answer]:
        """Answers, with `async` or without: with a text, with `request.n` texts, or with a dict of `answers` and, as far as known, `usage`,
        `model`, `request_id` and `cost_micros`."""
        raise NotImplementedError
