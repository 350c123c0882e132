"""Supabase: users and their sessions, files, and what looks after a project."""

from __future__ import annotations

from ._base import Record, _list, _time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any


# Users and sessions


class AuthIdentity(Record):
    """An account elsewhere that is linked to a user: `subject` is its id there, for `x` the Twitter user's."""

    __slots__ = ()
    id: str
    provider: str
    subject: str
    data: dict[str, Any]


class AuthUser(Record):
    """A user as Auth knows it. What is in `user_metadata` the user wrote: decide nothing by it."""

    __slots__ = ()
    _decode = {
        "email_confirmed_at": _time,
        "identities": _list(AuthIdentity),
        "created_at": _time,
        "last_sign_in_at": _time,
    }
    id: str
    email: str | None
    phone: str | None
    email_confirmed_at: datetime | None
    is_anonymous: bool
    app_metadata: dict[str, Any]
    user_metadata: dict[str, Any]
    identities: list[AuthIdentity]
    created_at: datetime | None
    last_sign_in_at: datetime | None

    def __repr__(self) -> str:
        return f"AuthUser(id={self._data['id']!r})"


class AuthSession(Record):
    """A session with Supabase: for `Ghostwren.sign_in`, which keeps it fresh. Its tokens are secrets, and not shown."""

    __slots__ = ()
    _decode = {"expires_at": _time, "user": AuthUser}
    access_token: str
    refresh_token: str
    expires_at: datetime
    user: AuthUser

    def __repr__(self) -> str:
        return f"AuthSession(user={self._data['user']['id']!r}, expires_at={self._data['expires_at']!r})"


class ProviderTokens(Record):
    """The tokens of the other side's own API, such as X's: given once, at the login, and never again. Not shown."""

    __slots__ = ()
    access_token: str
    refresh_token: str | None

    def __repr__(self) -> str:
        return f"ProviderTokens(refreshable={self._data['refresh_token'] is not None})"


class SignedIn(Record):
    """The end of a login. `provider` is there after a login elsewhere alone."""

    __slots__ = ()
    _decode = {"session": AuthSession, "provider": ProviderTokens}
    session: AuthSession
    provider: ProviderTokens | None

    def __repr__(self) -> str:
        return f"SignedIn(session={self.session!r})"


class SignUp(Record):
    """What became of a new user: without a `session` it has been sent a message that it has to follow first."""

    __slots__ = ()
    _decode = {"session": AuthSession, "user": AuthUser}
    session: AuthSession | None
    user: AuthUser

    def __repr__(self) -> str:
        return f"SignUp(user={self.user!r})"


class AuthLogin(Record):
    """A login that was begun: open `url` in the browser, and keep the whole, which holds secrets, until it comes back."""

    __slots__ = ()
    url: str
    state: str
    verifier: str
    redirect_to: str

    def __repr__(self) -> str:
        return f"AuthLogin(redirect_to={self._data['redirect_to']!r})"


class Claims(Record):
    """What a verified access token says."""

    __slots__ = ()
    _decode = {"expires_at": _time, "issued_at": _time}
    user: str
    role: str
    session: str | None
    aal: str | None
    issuer: str | None
    audience: list[str]
    expires_at: datetime
    issued_at: datetime | None


class Factor(Record):
    """A second factor of a user."""

    __slots__ = ()
    id: str
    kind: str
    verified: bool


# Files and rows


class StoredFile(Record):
    """A file that is kept of an account, named after its content."""

    __slots__ = ()
    _decode = {"created_at": _time}
    name: str
    size: int | None
    created_at: datetime | None


class FileAddress(Record):
    """An address that lets whoever has it read a file until it ends: a secret, and not shown."""

    __slots__ = ()
    _decode = {"expires_at": _time}
    url: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"FileAddress(expires_at={self._data['expires_at']!r})"


class BulkReport(Record):
    """What was written into a table."""

    __slots__ = ()
    written: int
    replaced: int
    requests: int


# Whoever runs the server


class DoctorFinding(Record):
    """One thing of a project that is not as it must be, and what mends it: `sql`, `command` or `setting`."""

    __slots__ = ()
    check: str
    severity: str
    what: str
    remedy: dict[str, Any]


class Unchecked(Record):
    """Something that could not be looked at, and why."""

    __slots__ = ()
    check: str
    because: str


class _Page(Record):
    """A record that is also a page for a person."""

    __slots__ = ()

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__({**data["report"], "text": data["text"]} if "report" in data else data)

    def __str__(self) -> str:
        return str(self._data["text"])


class Diagnosis(_Page):
    """What the doctor found; as text a page for a person."""

    __slots__ = ()
    _decode = {"findings": _list(DoctorFinding), "unchecked": _list(Unchecked)}
    project: str
    schema_version: int | None
    checked: list[str]
    findings: list[DoctorFinding]
    unchecked: list[Unchecked]
    text: str

    @property
    def is_well(self) -> bool:
        """Whether nothing was found. What could not be looked at is not known to be well."""
        return not self._data["findings"]


class KeyAudit(Record):
    """One sealing key, what it is good for and how much is sealed with it."""

    __slots__ = ()
    _decode = {"oldest": _time, "last_used": _time}
    id: str
    role: str
    sealed: int
    oldest: datetime | None
    last_used: datetime | None


class AuditReport(_Page):
    """How the keys and the logins of all owners fare; as text a page for a person."""

    __slots__ = ()
    _decode = {"at": _time, "keys": _list(KeyAudit), "oldest": _time, "least_used": _time}
    at: datetime
    keys: list[KeyAudit]
    credentials: int
    oldest: datetime | None
    least_used: datetime | None
    sealed_with_old_keys: int
    lost: int
    unused_grants: int
    failed_refreshes: int
    need_login: int
    attention: list[dict[str, Any]]
    text: str
