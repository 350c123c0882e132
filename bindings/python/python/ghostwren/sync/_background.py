"""Where models and stores of the application run when their caller blocks: one event loop on a thread of its own."""

from __future__ import annotations

import os

from .. import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from typing import Any

_loop: asyncio.AbstractEventLoop | None = None
_process = -1


def open_session(kind: str, settings: str, model: Any, store: Any) -> _native.Session:
    """A session whose models and stores run on the loop of the background."""
    session = _native.Session(kind, settings, model, store)
    if model is not None or store is not None:
        _adopt(session)
    return session


def _adopt(session: _native.Session) -> None:
    import asyncio

    async def adopt() -> None:
        _native.adopt_running_loop(session)

    asyncio.run_coroutine_threadsafe(adopt(), _background()).result()


def _background() -> asyncio.AbstractEventLoop:
    """The loop of this process: a fork copies no thread."""
    global _loop, _process
    if _loop is None or _process != os.getpid():
        import asyncio
        import threading

        _loop, _process = asyncio.new_event_loop(), os.getpid()
        threading.Thread(target=_loop.run_forever, name="ghostwren-callbacks", daemon=True).start()
    return _loop
