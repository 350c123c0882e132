# Made from ../aio by scripts/make_sync.py: change it there.
"""Supabase: the clients of a project's Auth, and rows for tables of an app's own."""

from __future__ import annotations

from .._native import TweetList
from .._json import NOT_GIVEN, identity, shown_address
from ..records.supabase import AuthLogin, AuthSession, AuthUser, BulkReport, Claims, Factor, SignedIn, SignUp
from ..store import project_settings
from ._session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Literal

    Otp = Literal["email", "signup", "recovery", "email_change", "invite"]
    Scope = Literal["local", "others", "global"]

__all__ = ["AuthAdmin", "AuthClient", "Bulk", "Supabase"]


class AuthClient:
    """The Auth of a project: logging in, sessions and users. A session that it gives is for `Ghostwren.sign_in`."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def admin(self) -> AuthAdmin:
        """What only the secret key may."""
        return AuthAdmin(self._session)

    def authorize(
        self, redirect_to: str, *, provider: str = "x", scopes: Sequence[str] = (), params: dict[str, str] | None = None
    ) -> AuthLogin:
        """Begins a login elsewhere, with PKCE: send the browser to its `url`. Sends nothing itself."""
        return AuthLogin(self._session.call("auth.authorize", _login(redirect_to, provider, scopes, params)))

    def finish(self, login: AuthLogin | dict[str, Any], callback: str) -> SignedIn:
        """Ends a login with the address that the browser was sent to: looks whether it is this login's, and changes its
        code into a session."""
        return SignedIn(self._session.call("auth.finish", {"login": login, "callback": callback}))

    def exchange(self, code: str, verifier: str) -> SignedIn:
        """Changes the code of a callback into a session, once."""
        return SignedIn(self._session.call("auth.exchange", {"code": code, "verifier": verifier}))

    def probe(self, redirect_to: str, *, provider: str = "x") -> None:
        """Looks whether a login would work: whether the provider is on, and the browser would come back."""
        self._session.call("auth.probe", _login(redirect_to, provider, (), None))

    def refresh(self, refresh_token: str) -> AuthSession:
        """Buys a new pair of tokens; the old refresh token is used up."""
        return AuthSession(self._session.call("auth.refresh", {"refresh_token": refresh_token}))

    def sign_up(self, email: str, password: str, *, metadata: dict[str, Any] | None = None) -> SignUp:
        """Makes a new user with an address and a password."""
        arguments = {"email": email, "password": password, "metadata": metadata}
        return SignUp(self._session.call("auth.sign_up", arguments))

    def sign_in_with_password(self, email: str, password: str) -> SignedIn:
        """Logs in with an address and a password."""
        arguments = {"email": email, "password": password}
        return SignedIn(self._session.call("auth.sign_in_with_password", arguments))

    def send_code(self, email: str, *, create: bool = False) -> None:
        """Sends a code to log in with; to a new address only where `create` is true."""
        self._session.call("auth.send_code", {"email": email, "create": create})

    def send_recovery(self, email: str, *, redirect_to: str | None = None) -> None:
        """Sends a code and a link for a forgotten password."""
        self._session.call("auth.send_recovery", {"email": email, "redirect_to": redirect_to})

    def resend(self, email: str, otp: Otp = "signup") -> None:
        """Sends a message of `sign_up` or of a change of address again."""
        self._session.call("auth.resend", {"email": email, "otp": otp})

    def verify_code(self, email: str, code: str, otp: Otp = "email") -> SignedIn:
        """Logs in with a code that Auth sent."""
        return SignedIn(self._session.call("auth.verify_code", {"email": email, "code": code, "otp": otp}))

    def settings(self) -> dict[str, Any]:
        """Which ways of logging in the project has, as Auth says it."""
        found: dict[str, Any] = self._session.call("auth.settings", {})
        return found

    def claims(self, token: str) -> Claims:
        """What an access token says, verified."""
        return Claims(self._session.call("auth.claims", {"token": token}))

    def user(self, token: str) -> AuthUser:
        """The user of an access token, as Auth knows it now."""
        return AuthUser(self._session.call("auth.user", {"token": token}))

    def update_user(
        self,
        token: str,
        *,
        email: str | None = None,
        password: str | None = None,
        nonce: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> AuthUser:
        """Changes the user; what is not given stays."""
        arguments = {"token": token, "email": email, "password": password, "nonce": nonce, "metadata": metadata}
        return AuthUser(self._session.call("auth.update_user", arguments))

    def reauthenticate(self, token: str) -> None:
        """Sends the user a code for a change that needs one (`nonce`)."""
        self._session.call("auth.reauthenticate", {"token": token})

    def sign_out(self, token: str, scope: Scope = "local") -> None:
        """Ends sessions: their refresh tokens are of no use any more, an access token is until it expires."""
        self._session.call("auth.sign_out", {"token": token, "scope": scope})

    def link_identity(
        self, token: str, redirect_to: str, *, provider: str = "x", scopes: Sequence[str] = ()
    ) -> AuthLogin:
        """Begins to link an account elsewhere to the user; it ends as a login does."""
        arguments = {**_login(redirect_to, provider, scopes, None), "token": token}
        return AuthLogin(self._session.call("auth.link_identity", arguments))

    def unlink_identity(self, token: str, identity: str) -> None:
        """Unlinks an account elsewhere. At least one identity stays."""
        self._session.call("auth.unlink_identity", {"token": token, "identity": identity})


class AuthAdmin:
    """What only the secret key may: users of the whole project. On a server."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def user(self, id: str) -> AuthUser | None:
        """A user; `None` when there is none."""
        found = self._session.call("auth.admin_user", {"id": id})
        return None if found is None else AuthUser(found)

    def create_user(
        self, email: str, *, password: str | None = None, app_metadata: dict[str, Any] | None = None
    ) -> AuthUser:
        """Makes a user without a message, confirmed."""
        arguments = {"email": email, "password": password, "app_metadata": app_metadata}
        return AuthUser(self._session.call("auth.admin_create_user", arguments))

    def delete_user(self, id: str) -> bool:
        """Deletes a user for good; whether there was one."""
        return bool(self._session.call("auth.admin_delete_user", {"id": id}))

    def factors(self, id: str) -> list[Factor]:
        """The second factors of a user."""
        return [Factor(factor) for factor in self._session.call("auth.admin_factors", {"id": id})]

    def sign_out(self, token: str, scope: Scope = "local") -> None:
        """Ends the sessions of a token that a server received."""
        self._session.call("auth.admin_sign_out", {"token": token, "scope": scope})


class Supabase:
    """A project by itself, for its Auth and for tables of your own. Takes what `SupabaseStore` takes.

    ```python
    with Supabase(url, publishable_key) as project:
        signed_in = project.auth.sign_in_with_password("me@example.org", password)
    ```
    """

    __slots__ = ("_session", "_settings")

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
        self._settings = project_settings(
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
        self._session = Session("supabase", self._settings)

    def __repr__(self) -> str:
        return f"Supabase({shown_address(self._settings['url'])!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a Supabase may hold a secret key and is not pickled: make it where it is used")

    @property
    def auth(self) -> AuthClient:
        """The project's Auth."""
        return AuthClient(self._session)

    def bulk(
        self,
        table: str,
        key: Sequence[str] = ("id",),
        *,
        columns: dict[str, str] | None = None,
        values: dict[str, Any] | None = None,
        schema: str | None = None,
        token: str = NOT_GIVEN,
        secret: bool = False,
        ignore_duplicates: bool = False,
        batch_rows: int | None = None,
        in_flight: int | None = None,
    ) -> Bulk:
        """Upserts very many rows into a table of yours by the columns of `key`: as a user (`token`), with the secret key
        (`secret`) or as nobody. A token that is given and `None` or empty is an error, and not nobody.

        Tweets go there without becoming Python objects: `columns` says which column takes which field, such as
        `{"id": "id", "text": "full_text", "like_count": "likes"}`, and `values` what is the same in every row.
        """
        settings = {
            "project": self._settings,
            "table": table,
            "schema": schema,
            "key": key,
            "columns": columns,
            "values": values or {},
            "token": None if token is NOT_GIVEN else identity("token", token),
            "secret": secret,
            "ignore_duplicates": ignore_duplicates,
            "batch_rows": batch_rows,
            "in_flight": in_flight,
        }
        return Bulk(Session("table", settings))

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    def __enter__(self) -> Supabase:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Bulk:
    """Rows on their way into a table, written while more are added: `add` them, then `finish`. Leaving without `finish`
    stops the writing; what was sent may be written."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, rows: TweetList | Sequence[dict[str, Any]]) -> None:
        """Adds tweets or rows. Waits while enough of them are under way."""
        if isinstance(rows, TweetList):
            self._session.add("table.add", rows)
        else:
            self._session.call("table.add", {"rows": rows})

    def finish(self) -> BulkReport:
        """Waits until all rows are written."""
        return BulkReport(self._session.call("table.finish", {}))

    def close(self) -> None:
        """Stops the writing."""
        self._session.close()

    def __enter__(self) -> Bulk:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _login(
    redirect_to: str, provider: str, scopes: Sequence[str], params: dict[str, str] | None
) -> dict[str, Any]:
    return {"redirect_to": redirect_to, "provider": provider, "scopes": scopes, "params": params}
