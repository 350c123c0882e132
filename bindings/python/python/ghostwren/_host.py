"""Models and stores that are written in Python, as Rust calls them: coroutines that take and give JSON."""

from __future__ import annotations

from ._json import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


async def _answer(value: Any) -> Any:
    """The value, also of a method that is a coroutine."""
    return await value if hasattr(value, "__await__") else value


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
        facts["price"] = dict(price)
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

        return dumps(_whole(await _answer(self._model.complete(ModelRequest(loads(request))))))

    async def stream(self, request: str) -> str:
        from .model import ModelRequest

        parts = await _answer(self._model.stream(ModelRequest(loads(request))))
        self._next += 1
        name = str(self._next)
        self._streams[name] = (aiter(parts) if hasattr(parts, "__aiter__") else iter(parts), {})
        return name

    async def next(self, name: str) -> str:
        parts, texts = self._streams[name]
        try:
            part = await anext(parts) if hasattr(parts, "__anext__") else next(parts)
        except (StopIteration, StopAsyncIteration):
            part = [texts[index] for index in sorted(texts)] or [""]
        if isinstance(part, str):
            part = (0, part)
        if isinstance(part, tuple):
            index, text = part
            texts[index] = texts.get(index, "") + text
            return dumps({"text": {"index": index, "text": text}})
        return dumps({"done": _whole(part)})

    def close(self, name: str) -> None:
        parts, _ = self._streams.pop(name, (None, None))
        if hasattr(parts, "aclose"):
            import asyncio

            # Held by the loop only weakly otherwise: it would be collected before it ran.
            task = asyncio.ensure_future(parts.aclose())
            _closing.add(task)
            task.add_done_callback(_closing.discard)
        elif hasattr(parts, "close"):
            parts.close()


_closing: set[Any] = set()


class StoreHost:
    """Answers for a store."""

    def __init__(self, store: Any) -> None:
        self._store = store

    async def call(self, request: str) -> str:
        message = loads(request)
        arguments: dict[str, Any] = message["args"]
        result = await _answer(self._store.call(message["method"], message["caller"]["owner"], arguments))
        return dumps({"ok": result})
