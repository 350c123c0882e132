"""Where models and stores of the application run when their caller blocks: one event loop on a thread of its own.

A fork copies no thread: a session made before it finds the loop of its process at its next call.
"""

from __future__ import annotations

import os
import threading

from .. import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from typing import Any

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_thread: threading.Thread | None = None


def open_session(kind: str, settings: str, model: Any, store: Any) -> _native.Session | Hosted:
    """A session; one with a model or a store of the application has them run on the loop of the background."""
    session = _native.Session(kind, settings, model, store)
    return session if model is None and store is None else Hosted(session)


class Hosted:
    """A session whose models and stores run on the loop of the background."""

    __slots__ = ("_adopted", "_session")

    def __init__(self, session: _native.Session) -> None:
        self._session = session
        self._adopted: asyncio.AbstractEventLoop | None = None

    def open(self) -> _native.Call:
        return self._here().open()

    def call(self, name: str, arguments: str) -> _native.Call:
        return self._here().call(name, arguments)

    def call_with(self, name: str, tweets: _native.TweetList) -> _native.Call:
        return self._here().call_with(name, tweets)

    def stream(self, name: str, arguments: str) -> _native.Stream:
        return self._here().stream(name, arguments)

    def close(self) -> _native.Call:
        return self._session.close()

    @property
    def closed(self) -> bool:
        return self._session.closed

    def _here(self) -> _native.Session:
        """The session, adopted by the loop that runs now."""
        loop = _background()
        if threading.current_thread() is _thread:
            from ..errors import ConfigError

            raise ConfigError(
                "this call blocks the event loop that is to run the application's code",
                code="binding.no_loop",
                remedy="Call `ghostwren.sync` from a method without `async`, or use `ghostwren` with `await`.",
            )
        if self._adopted is not loop:
            import asyncio

            async def adopt() -> None:
                _native.adopt_running_loop(self._session)

            asyncio.run_coroutine_threadsafe(adopt(), loop).result()
            self._adopted = loop
        return self._session


def _background() -> asyncio.AbstractEventLoop:
    """The loop of this process, which runs."""
    global _loop, _thread
    with _lock:
        if _loop is None or _thread is None or not _thread.is_alive():
            import asyncio

            _loop = asyncio.new_event_loop()
            _thread = threading.Thread(target=_loop.run_forever, name="ghostwren-callbacks", daemon=True)
            _thread.start()
        return _loop


def _forget() -> None:
    """In a child: what the thread of the parent held is of no use, nor is a lock that it may have held."""
    global _lock, _loop, _thread
    _lock, _loop, _thread = threading.Lock(), None, None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
