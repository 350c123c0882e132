"""Where the data lives: `SqliteStore`, and the base of stores of your own."""

from __future__ import annotations

from os import fspath

from . import _native
from ._json import dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike
    from typing import Any

__all__ = ["SqliteStore", "Store"]


class Store:
    """The base of a store of your own: one method that answers the messages of the core.

    Each message is one atomic step with the name and the arguments of a method of the Rust trait `Store`, as plain data;
    https://docs.rs/ghostwren/latest/ghostwren/store/trait.Store.html says what each promises. A store that
    wraps another one passes on what it does not change.
    """

    async def call(self, method: str, owner: str, arguments: dict[str, Any]) -> Any:
        """Answers one message with plain data; raises a `GhostwrenError` such as `NotFoundError` for what fails."""
        raise NotImplementedError


class SqliteStore(Store):
    """A store in one SQLite file; `":memory:"` is gone when it is closed."""

    def __init__(self, path: str | PathLike[str], *, busy_timeout: float | None = None) -> None:
        self.settings: dict[str, Any] = (
            {"memory": {}}
            if path == ":memory:"
            else {"sqlite": {"path": fspath(path), "busy_timeout_seconds": busy_timeout}}
        )
        self._session = _native.Session("sqlite", dumps(self.settings))

    async def call(self, method: str, owner: str, arguments: dict[str, Any]) -> Any:
        """Answers one message of the core, for stores that wrap this one."""
        request = dumps({"method": method, "caller": {"owner": owner}, "args": arguments})
        reply = loads(await self._session.call("store.call", dumps({"request": request})))
        if "error" in reply:
            from .errors import _from_fields

            raise _from_fields(reply["error"])
        return reply["ok"]

    async def aclose(self) -> None:
        """Closes the file, if it was opened by `call`."""
        await self._session.close()

    def __repr__(self) -> str:
        return f"SqliteStore({self.settings!r})"
