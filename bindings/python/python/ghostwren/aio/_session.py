"""The way to Rust: calls, and streams of events that come in batches."""

from __future__ import annotations

from .. import _native
from .._json import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Generator
    from typing import Any, TypeVar
    from typing import Generic as _Base

    T = TypeVar("T")
else:
    from ..records._base import _PageBase as _Base

    T = None


class Session:
    """Something with a setup that calls are made on."""

    __slots__ = ("_native",)

    def __init__(self, kind: str, settings: dict[str, Any], model: Any = None, store: Any = None) -> None:
        self._native = _native.Session(kind, dumps(settings), model, store)

    async def call(self, name: str, arguments: dict[str, Any]) -> Any:
        """A call whose answer is plain data."""
        return loads(await self._native.call(name, dumps(arguments)))

    async def reply(self, name: str, arguments: dict[str, Any]) -> Any:
        """A call whose answer stays in Rust."""
        return await self._native.call(name, dumps(arguments))

    async def add(self, name: str, tweets: _native.TweetList) -> None:
        """A call that takes tweets, which stay in Rust."""
        await self._native.call_with(name, tweets)

    def stream(self, name: str, arguments: dict[str, Any]) -> _native.Stream:
        """A stream of events."""
        return self._native.stream(name, dumps(arguments))

    async def open(self) -> None:
        """Opens it now, so that what is wrong with the settings is told now."""
        await self._native.open()

    async def aclose(self) -> None:
        """Closes it."""
        await self._native.close()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._native.closed


class Events(_Base[T]):
    """Events that come. Nothing is done before the first is asked for; what stops reading stops the work."""

    __slots__ = ("_read", "_ready", "_stream")

    def __init__(self, stream: _native.Stream, read: Callable[[Any], T]) -> None:
        self._stream = stream
        self._read = read
        self._ready: list[Any] = []

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, which begins when it is read>"

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    async def __anext__(self) -> T:
        if not self._ready:
            try:
                batch = await self._stream.next_batch()
            except Exception:
                raise
            except BaseException:
                # The reader was cancelled, perhaps with a batch on its way to it: the work stops in any case.
                self._stream.close()
                raise
            if batch is None:
                raise StopAsyncIteration
            self._ready = loads(batch)
            self._ready.reverse()
        return self._read(self._ready.pop())

    async def aclose(self) -> None:
        """Stops the work."""
        self._ready = []
        self._stream.close()

    async def __aenter__(self) -> Events[T]:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


class Work(Events[T]):
    """Events that end with a result: go through them, or `await` the result alone."""

    __slots__ = ("_result",)

    def __init__(self, stream: _native.Stream, read: Callable[[Any], T], result: Callable[[T], Any]) -> None:
        super().__init__(stream, read)
        self._result = result

    async def report(self) -> Any:
        """The result, after all events that are still to come."""
        last = None
        async for event in self:
            last = event
        if last is None:
            from ..errors import ConflictError

            raise ConflictError("the events were read before", code="binding.begun")
        return self._result(last)

    # async only
    def __await__(self) -> Generator[Any, None, Any]:
        return self.report().__await__()

    # end
