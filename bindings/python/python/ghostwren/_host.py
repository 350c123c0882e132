"""Models and stores that are written in Python, as Rust calls them: coroutines that take and give JSON.

A method of the application that is a coroutine runs on the loop; any other on a thread of its own, so that the loop, and what
else runs on it, goes on.
"""

from __future__ import annotations

from ._json import encode, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_END: Any = object()


class Ended(Exception):
    """The application's code asked for the end of the program, which is its `__cause__`. It ends its call alone: the loop has
    others."""


async def _answer(method: Callable[..., Any], *arguments: Any) -> Any:
    """What a method of the application gives."""
    import inspect

    here = inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method)
    try:
        value = method(*arguments) if here else await _apart(method, *arguments)
        return await value if hasattr(value, "__await__") else value
    except (SystemExit, KeyboardInterrupt) as error:
        if here and isinstance(error, KeyboardInterrupt) and _is_main_thread():
            # Ctrl-C, which belongs to the program.
            raise
        raise Ended(f"{type(error).__name__}: {error}") from error


def _is_main_thread() -> bool:
    import threading

    return threading.current_thread() is threading.main_thread()


async def _apart(method: Callable[..., Any], *arguments: Any) -> Any:
    """What a plain method gives, which may block. Not on the threads of the loop's executor: they are few, so that calls
    within calls would wait for each other, and the end of the program waits for them."""
    import asyncio
    import contextvars
    import threading

    loop = asyncio.get_running_loop()
    done: asyncio.Future[tuple[Any, BaseException | None]] = loop.create_future()
    context = contextvars.copy_context()

    def settle(value: Any, error: BaseException | None) -> None:
        if not done.done():
            done.set_result((value, error))

    def work() -> None:
        value, failed = None, None
        try:
            value = context.run(method, *arguments)
        except BaseException as error:
            failed = error
        try:
            loop.call_soon_threadsafe(settle, value, failed)
        except RuntimeError:
            # The loop was closed meanwhile: nobody waits.
            pass

    threading.Thread(target=work, name="ghostwren-app", daemon=True).start()
    value, failed = await done
    if failed is not None:
        try:
            raise failed
        finally:
            # Or its traceback would hold this frame, and this frame the exception.
            del failed
    return value


def model_facts(model: Any) -> dict[str, Any]:
    """What a model says of itself."""
    facts: dict[str, Any] = {
        "provider": str(getattr(model, "provider", "app")),
        "name": str(getattr(model, "name", type(model).__name__)),
        "capabilities": dict(getattr(model, "capabilities", {})),
        "streams": hasattr(model, "stream"),
    }
    price = getattr(model, "price", None)
    if price is not None:
        # Writing into a cache costs what input costs unless it is said.
        price = dict(price)
        facts["price"] = {"cache_write": price.get("input", 0), **price}
    return facts


def _whole(answer: Any) -> dict[str, Any]:
    if isinstance(answer, str):
        return {"answers": [answer]}
    if isinstance(answer, (list, tuple)):
        return {"answers": list(answer)}
    if isinstance(answer, dict):
        return answer
    raise TypeError(f"a model has to answer with a text, a list of texts or a dict, not {type(answer).__name__}")


class ModelHost:
    """Answers for a model."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._streams: dict[str, Any] = {}
        self._next = 0

    async def complete(self, request: str) -> str:
        from .model import ModelRequest

        return encode(_whole(await _answer(self._model.complete, ModelRequest(loads(request)))))

    async def stream(self, request: str) -> str:
        from .model import ModelRequest

        parts = await _answer(self._model.stream, ModelRequest(loads(request)))
        self._next += 1
        name = str(self._next)
        self._streams[name] = (aiter(parts) if hasattr(parts, "__aiter__") else iter(parts), {})
        return name

    async def next(self, name: str) -> str:
        parts, texts = self._streams[name]
        part = await _answer(_next_of if hasattr(parts, "__anext__") else next, parts, _END)
        if part is _END:
            part = [texts[index] for index in sorted(texts)] or [""]
        if isinstance(part, str):
            part = (0, part)
        if isinstance(part, tuple):
            index, text = part
            texts[index] = texts.get(index, "") + text
            return encode({"text": {"index": index, "text": text}})
        return encode({"done": _whole(part)})

    def close(self, name: str) -> None:
        parts, _ = self._streams.pop(name, (None, None))
        import asyncio

        # Held by the loop only weakly otherwise: it would be collected before it ran.
        task = asyncio.ensure_future(_close(parts))
        _closing.add(task)
        task.add_done_callback(_closing.discard)


async def _next_of(parts: Any, end: Any) -> Any:
    return await anext(parts, end)


async def _close(parts: Any) -> None:
    if hasattr(parts, "aclose"):
        await parts.aclose()
    elif hasattr(parts, "close"):
        try:
            await _answer(parts.close)
        except ValueError:
            # A plain generator that is at work on its thread: it is closed when nobody holds it any more.
            pass


_closing: set[Any] = set()


class StoreHost:
    """Answers for a store."""

    def __init__(self, store: Any) -> None:
        self._store = store

    async def call(self, request: str) -> str:
        message = loads(request)
        arguments: dict[str, Any] = message["args"]
        result = await _answer(self._store.call, message["method"], message["caller"]["owner"], arguments)
        return encode({"ok": result})
