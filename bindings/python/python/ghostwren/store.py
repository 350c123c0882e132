"""Where the data lives: `SqliteStore`, `SupabaseStore`, and the base of stores of your own."""

from __future__ import annotations

from . import _native
from ._json import Fields, dumps, loads, seconds, shown_address, typed
from ._json import path as _path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike
    from typing import Any, Protocol

    class Answers(Protocol):
        """What makes an object a store."""

        def call(self, method: str, owner: str, arguments: dict[str, Any], /) -> Any: ...

__all__ = ["SqliteStore", "Store", "StoredSession", "SupabaseStore"]


class Store:
    """The base of a store of your own: one method that answers the messages of the core.

    Each message is one atomic step with the name and the arguments of a method of the Rust trait `Store`, as plain data;
    https://docs.rs/ghostwren/latest/ghostwren/store/trait.Store.html says what each promises. A store that
    wraps another one passes on what it does not change. Messages come at the same time; a `call` without `async` runs on a
    thread of its own for each.
    """

    def call(self, method: str, owner: str, arguments: dict[str, Any]) -> Any:
        """Answers one message with plain data, with `async` or without; raises a `GhostwrenError` such as `NotFoundError` for what fails."""
        raise NotImplementedError


class SqliteStore(Store):
    """A store in one SQLite file; `":memory:"` is gone when it is closed."""

    def __init__(self, path: str | PathLike[str], *, busy_timeout: float | None = None) -> None:
        busy_timeout = seconds("busy_timeout", busy_timeout)
        self.settings: dict[str, Any] = (
            {"memory": {}}
            if path == ":memory:"
            else Fields(sqlite=Fields(path=_path(path), busy_timeout_seconds=busy_timeout))
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
        return f"SqliteStore({self.settings['sqlite']['path'] if 'sqlite' in self.settings else ':memory:'!r})"


def project_settings(
    url: str | None,
    publishable_key: str | None,
    secret_key: str | None,
    jwt_secret: str | None,
    rest_url: str | None,
    auth_url: str | None,
    storage_url: str | None,
    timeout: float | None,
    deadline: float | None,
    max_attempts: int | None,
) -> dict[str, Any]:
    """The settings of a project of Supabase."""
    return Fields(
        url=url,
        publishable_key=publishable_key,
        secret_key=secret_key,
        jwt_secret=jwt_secret,
        rest_url=rest_url,
        auth_url=auth_url,
        storage_url=storage_url,
        timeout_seconds=seconds("timeout", timeout),
        deadline_seconds=seconds("deadline", deadline),
        max_attempts=max_attempts,
    )


class SupabaseStore:
    """The store in a Supabase project whose database has the schema `ghostwren`.

    Without `url` and `publishable_key` it is the project of the environment (`SUPABASE_URL`,
    `SUPABASE_PUBLISHABLE_KEY`, `SUPABASE_SECRET_KEY`). Every call is made as the user who asks, so that row-level
    security decides; `secret_key` is for servers, for sealed logins alone. Times are in seconds.
    """

    def __init__(
        self,
        url: str | None = None,
        publishable_key: str | None = None,
        *,
        secret_key: str | None = None,
        jwt_secret: str | None = None,
        rest_url: str | None = None,
        auth_url: str | None = None,
        storage_url: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        max_attempts: int | None = None,
    ) -> None:
        self._supabase = project_settings(
            url,
            publishable_key,
            secret_key,
            jwt_secret,
            rest_url,
            auth_url,
            storage_url,
            timeout,
            deadline,
            max_attempts,
        )

    def __repr__(self) -> str:
        return f"SupabaseStore({shown_address(self._supabase['url'])!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a SupabaseStore may hold a secret key and is not pickled: make it where it is used")


class StoredSession:
    """Where `Ghostwren.sign_in` keeps a session: sealed, in a SQLite file, so that it outlives this program, and that one
    of all processes on the file refreshes it for all. Without `sealing_keys` they are those of the environment, or of the
    file `.key` beside the database."""

    def __init__(
        self,
        store: str | PathLike[str] | SqliteStore,
        *,
        owner: str = "local",
        label: str = "supabase",
        sealing_keys: str | None = None,
    ) -> None:
        settings = store.settings if isinstance(store, SqliteStore) else SqliteStore(_path(store, "store")).settings
        self._keep = Fields(sqlite=Fields(store=settings, owner=owner, label=label, sealing_keys=sealing_keys))

    def __repr__(self) -> str:
        return f"StoredSession({self._keep['sqlite']['label']!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a StoredSession may hold a key and is not pickled: make it where it is used")
