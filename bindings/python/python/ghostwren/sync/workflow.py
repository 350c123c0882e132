# Made from ../aio by scripts/make_sync.py: change it there.
"""The workflow: `Ghostwren` and `User`."""

from __future__ import annotations

from .._host import ModelHost, StoreHost, model_facts
from .._json import NOT_GIVEN, Fields, identity, seconds, typed, unusable
from ..records.supabase import AuditReport, AuthSession, Diagnosis
from ..store import SqliteStore, Store, StoredSession, SupabaseStore
from ._session import Session
from .account import Account, Connect
from .clients import OpenAI, TwitterApp
from .supabase import AuthClient

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike
    from typing import Any, Literal

    from ..model import Completes, Model
    from ..store import Answers

    Path = str | PathLike[str]

__all__ = ["Ghostwren", "User"]


class Ghostwren:
    """The SDK, set up once per process: where the data lives, which model writes, what it may cost.

    ```python
    with Ghostwren(store="ghostwren.db", model=OpenAI()) as wren:
        account = wren.user().open_account("main")
    ```

    After a fork, the child opens its own connections by itself at its first call.
    """

    __slots__ = ("_session", "_store")

    def __init__(
        self,
        *,
        store: Path | SqliteStore | SupabaseStore | Store | Answers,
        model: OpenAI | Model | Completes | None = None,
        twitter: TwitterApp | None = None,
        sealing_keys: str | None = None,
        daily_model_budget_micros: int | None = None,
        daily_twitter_budget_micros: int | None = None,
        publish_settle: float | None = None,
        lease: float | None = None,
    ) -> None:
        store_host = model_host = None
        model_settings: dict[str, Any] | None
        if isinstance(store, SqliteStore):
            store_settings = store.settings
        elif isinstance(store, SupabaseStore):
            store_settings = Fields(supabase=store._supabase)
        elif hasattr(store, "call"):
            store_settings, store_host = {"host": {}}, StoreHost(store)
        elif isinstance(store, str) or hasattr(store, "__fspath__"):
            store_settings = SqliteStore(store).settings
        else:
            raise _wrong("store", "a path, a SqliteStore, a SupabaseStore or an object with a method `call`", store)
        if model is None:
            model_settings = None
        elif hasattr(model, "_openai_settings"):
            model_settings = Fields(openai=model._openai_settings)
        elif hasattr(model, "complete"):
            model_settings, model_host = {"host": model_facts(model)}, ModelHost(model)
        else:
            raise _wrong("model", "an OpenAI or an object with a method `complete`", model)
        if twitter is not None and not hasattr(twitter, "_settings"):
            raise _wrong("twitter", "a TwitterApp", twitter)
        settings = {
            "store": store_settings,
            "model": model_settings,
            "twitter": None if twitter is None else twitter._settings,
            "sealing_keys": sealing_keys,
            "daily_model_budget_micros": daily_model_budget_micros,
            "daily_twitter_budget_micros": daily_twitter_budget_micros,
            "publish_settle_seconds": seconds("publish_settle", publish_settle),
            "lease_seconds": seconds("lease", lease),
        }
        self._session = Session("ghostwren", settings, model_host, store_host)
        self._store = repr(store) if store_host is None else type(store).__name__

    def user(self, owner: str = "local", *, token: str = NOT_GIVEN) -> User:
        """The handle of one owner of a local store; under Supabase, of the user whose access `token` a server received
        with a request. Costs nothing and checks nothing: the first call does. Nobody refreshes such a token. One that is
        given and `None` or empty is an error, and never somebody else."""
        who = {"owner": owner} if token is NOT_GIVEN else {"token": token}
        for name, value in who.items():
            identity(name, value)
        return User(self._session, who)

    def sign_in(
        self, session: AuthSession | dict[str, Any] | None = None, *, keep: StoredSession | None = None
    ) -> User:
        """A user of Supabase by the session that a login gave, kept fresh from here on: in memory, or where `keep` says.
        Without `session` the one that is kept there goes on. Not in a process that is forked afterwards."""
        kept: StoredSession | None = typed("keep", keep, StoredSession)
        arguments = {"session": session, "keep": None if kept is None else kept._keep}
        found = self._session.call("user.sign_in", arguments)
        return User(self._session, {"session": found["session"]})

    @property
    def auth(self) -> AuthClient:
        """The Auth of the project that the store is in."""
        return AuthClient(self._session)

    def doctor(
        self,
        user: User | None = None,
        *,
        redirect_to: str | None = None,
        provider: str = "x",
    ) -> Diagnosis:
        """Looks whether the Supabase project is set up as it must be: as a user as well, and for the login that comes back
        to `redirect_to`. Changes nothing; on a server."""
        if user is not None and not hasattr(user, "_who"):
            raise _wrong("user", "a User", user)
        login = None if redirect_to is None else Fields(redirect_to=redirect_to, provider=provider)
        arguments = {**({} if user is None else user._who), "login": login}
        return Diagnosis(self._session.call("wren.doctor", arguments))

    def audit(self) -> AuditReport:
        """Looks through the keys and logins of all owners, and shows none of them; on a server."""
        return AuditReport(self._session.call("wren.audit", {}))

    def open(self) -> Ghostwren:
        """Opens the store now, so that what is wrong with the settings is told now; the first call does it otherwise."""
        self._session.open()
        return self

    def close(self) -> None:
        """Closes the store: calls that come later fail with `ConflictError`. What is under way goes on to its end, and the files are closed with it."""
        self._session.close()

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._session.closed

    def __repr__(self) -> str:
        return f"<Ghostwren on {self._store}{', closed' if self.closed else ''}>"

    def __enter__(self) -> Ghostwren:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()


def _wrong(name: str, wanted: str, value: object) -> Exception:
    return unusable(name, f"it has to be {wanted}, not {type(value).__name__}")


class User:
    """One identity: what it owns, and nothing else."""

    __slots__ = ("_session", "_who")

    def __init__(self, session: Session, who: dict[str, Any]) -> None:
        self._session = session
        self._who = who

    def __repr__(self) -> str:
        owner = self._who.get("owner")
        return f"<User {owner!r}>" if owner is not None else f"<User {'of a token' if 'token' in self._who else 'signed in'}>"

    def open_account(self, label: str = "main") -> Account:
        """Opens the account of this label, or makes it: bound to its Twitter user by the first archive or login."""
        found = self._session.call("user.open_account", {**self._who, "label": label})
        return Account(self._session, self._who, found)

    def account(self, id: str) -> Account:
        """The account with this id; `NotFoundError` when there is none, or it is somebody else's."""
        found = self._session.call("user.account", {**self._who, "id": id})
        return Account(self._session, self._who, found)

    def accounts(self) -> list[Account]:
        """All accounts, oldest first."""
        found = self._session.call("user.accounts", self._who)
        return [Account(self._session, self._who, id) for id in found]

    def connect(self, label: str = "main") -> Connect:
        """Connects a Twitter account, which is opened under this label when the login succeeds."""
        return Connect(self._session, {**self._who, "label": label})

    def session(self) -> AuthSession:
        """The session of who is signed in, as it is now: for whoever keeps it elsewhere, and to call Supabase by other
        means."""
        return AuthSession(self._session.call("user.session", self._who))

    def sign_out(self, scope: Literal["local", "others", "global"] = "local") -> None:
        """Ends the session, or others of the user, and forgets it here, also when Auth could not be reached."""
        self._session.call("user.sign_out", {**self._who, "scope": scope})
