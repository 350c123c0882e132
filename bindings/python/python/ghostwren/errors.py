"""Every error of the SDK: one class for each kind, all of them a `GhostwrenError`.

Branch on the class, or for one exact cause on the stable `code`; show `str(error)`, which ends with what a person can do.
The errors of calls that go over the network say whether the SDK tried again (`attempts`) and when it makes sense to
(`retry_at`). What was raised beneath is `__cause__`.
"""

from __future__ import annotations

import builtins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

__all__ = [
    "ArgumentTypeError",
    "AuthError",
    "Cause",
    "CancelledError",
    "ConfigError",
    "ConflictError",
    "ConnectError",
    "ContentRefusedError",
    "DecodeError",
    "GhostwrenError",
    "InternalError",
    "InvalidInputError",
    "LeaseLostError",
    "NeedsLoginError",
    "NotFoundError",
    "OutcomeUnknownError",
    "OverBudgetError",
    "PermissionDeniedError",
    "QuotaExceededError",
    "RateLimitedError",
    "ServerError",
    "StorageError",
    "TimeoutError",
    "TruncatedError",
]


class GhostwrenError(Exception):
    """An error of the SDK."""

    kind: str = "internal"
    """What went wrong, to branch on: `rate_limited`, `not_found`, …"""
    code: str
    """The exact cause, stable and dotted: `archive.not_an_archive`."""
    detail: str
    """One sentence about this case."""
    service: str | None
    """The service that answered: `openai`, `twitter`."""
    operation: str | None
    """The operation that failed: `chat.completions`."""
    status: int | None
    """The HTTP status of the answer."""
    request_id: str | None
    """The id that the service gave the request."""
    attempts: int
    """How many times the request was sent; 0 for a call that sends nothing."""
    unanswered: int
    """How many of these attempts had no whole answer, so that nobody knows what the service did, and billed, for them."""
    remedy: str | None
    """What a person can do about it, in one sentence."""
    outbox: str | None
    """The entry of the outbox that publishing left behind, to go on with."""
    causes: list[str]
    """The errors beneath, outermost first, as text."""

    def __init__(
        self,
        detail: str = "",
        *,
        code: str = "app.error",
        service: str | None = None,
        operation: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        retry_at: datetime | str | None = None,
        attempts: int = 0,
        unanswered: int = 0,
        remedy: str | None = None,
        outbox: str | None = None,
        causes: list[str] | None = None,
    ) -> None:
        # Whatever an application gives here, the error can be shown, kept and carried to Rust.
        detail = _text(detail) or ""
        super().__init__(detail)
        self.detail = detail
        self.code = _text(code) or "app.error"
        self.service = _text(service)
        self.operation = _text(operation)
        self.status = _number(status, 0xFFFF)
        self.request_id = _text(request_id)
        self._retry_at = _moment(retry_at)
        self.attempts = _number(attempts, 0xFFFF_FFFF) or 0
        self.unanswered = _number(unanswered, 0xFFFF_FFFF) or 0
        self.remedy = _text(remedy)
        self.outbox = _id(outbox)
        self.causes = [_text(cause) or "" for cause in causes or ()]

    @property
    def retry_at(self) -> datetime | None:
        """The time from which the call may be tried again."""
        from .records._base import _time

        return None if self._retry_at is None else _time(self._retry_at)

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain data: what crosses a process or a language."""
        fields: dict[str, Any] = {"kind": self.kind, "code": self.code, "detail": self.detail, "attempts": self.attempts}
        if self.unanswered:
            fields["unanswered"] = self.unanswered
        for name in ("service", "operation", "status", "request_id", "remedy", "outbox"):
            value = getattr(self, name)
            if value is not None:
                fields[name] = value
        if self._retry_at is not None:
            fields["retry_at"] = self._retry_at
        if self.causes:
            fields["causes"] = self.causes
        return fields

    def __str__(self) -> str:
        from ._json import dumps, loads
        from ._native import local

        try:
            # One text for every language: the core's, with control and bidirectional characters escaped.
            return str(loads(local("errors.display", dumps({"fields": self.to_dict()}))))
        except Exception:
            # A field was set to something that no other language could show.
            return _text(self.detail) or ""

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restore, (type(self), self.args, self.__dict__.copy(), _chain(self)))

    def _to_native(self) -> str:
        from ._json import dumps

        return dumps(self.to_dict())


class Cause(Exception):
    """An error of Rust beneath one of the SDK, which has no class of its own in Python."""


class ConfigError(GhostwrenError):
    """A setting is missing or contradicts another. Never retried: change the setting."""

    kind = "config"


class InvalidInputError(GhostwrenError, ValueError):
    """An argument, file or text cannot be used. Never retried."""

    kind = "invalid_input"


class ArgumentTypeError(InvalidInputError, TypeError):
    """An argument is missing, unknown or of a type that cannot be used; the text names it."""


class AuthError(GhostwrenError):
    """A key or token was refused. Never retried with the same credential."""

    kind = "auth"


class NeedsLoginError(GhostwrenError):
    """The person has to log in again. Never retried."""

    kind = "needs_login"


class PermissionDeniedError(GhostwrenError):
    """The identity is known and may not do this. Never retried."""

    kind = "permission_denied"


class NotFoundError(GhostwrenError, LookupError):
    """The thing does not exist, or not for this caller. Never retried."""

    kind = "not_found"


class ConflictError(GhostwrenError):
    """The thing is in another state than the call expects. Never retried: read it again, then decide."""

    kind = "conflict"


class RateLimitedError(GhostwrenError):
    """Too many requests for now; `retry_at` says when it may be tried again. Retried within the deadline."""

    kind = "rate_limited"


class QuotaExceededError(GhostwrenError):
    """A paid quota or a usage cap is used up. Never retried: waiting does not refill it."""

    kind = "quota_exceeded"


class OverBudgetError(GhostwrenError):
    """The call would cost more than the budget that was set. Never retried, nothing was spent."""

    kind = "over_budget"


class ContentRefusedError(GhostwrenError):
    """A model refused to answer, or its filter cut the answer. Never retried."""

    kind = "content_refused"


class TimeoutError(GhostwrenError, builtins.TimeoutError):
    """No answer within the time allowed. Retried when the request may be repeated."""

    kind = "timeout"


class ConnectError(GhostwrenError, ConnectionError):
    """The request was never sent: no connection could be made. Retried, also for writes."""

    kind = "connect"


class ServerError(GhostwrenError):
    """The server failed, or the connection broke before the answer was whole. Retried when the request may be repeated."""

    kind = "server"


class TruncatedError(GhostwrenError):
    """A stream ended before its end was announced; what came is not the whole. Never retried once a part was shown."""

    kind = "truncated"


class OutcomeUnknownError(GhostwrenError):
    """The write was sent and nothing says whether it happened. Never retried; `outbox` names the entry to go on with."""

    kind = "outcome_unknown"


class LeaseLostError(GhostwrenError):
    """Another worker took this run over. Never retried: this worker must stop."""

    kind = "lease_lost"


class DecodeError(GhostwrenError):
    """The answer came, and cannot be read. Never retried."""

    kind = "decode"


class StorageError(GhostwrenError):
    """The database or the disk failed. Not retried, except for a lock that is waited for."""

    kind = "storage"


class CancelledError(GhostwrenError):
    """The call was stopped by something else than its task, such as another process. Never retried."""

    kind = "cancelled"


class InternalError(GhostwrenError):
    """A defect of the SDK itself. Never retried: please report it."""

    kind = "internal"


_KINDS: dict[str, type[GhostwrenError]] = {
    kind.kind: kind
    for kind in (
        ConfigError,
        InvalidInputError,
        AuthError,
        NeedsLoginError,
        PermissionDeniedError,
        NotFoundError,
        ConflictError,
        RateLimitedError,
        QuotaExceededError,
        OverBudgetError,
        ContentRefusedError,
        TimeoutError,
        ConnectError,
        ServerError,
        TruncatedError,
        OutcomeUnknownError,
        LeaseLostError,
        DecodeError,
        StorageError,
        CancelledError,
        InternalError,
    )
}

_ARGUMENTS = ("argument.missing", "argument.type", "argument.unknown")


def _text(value: Any) -> str | None:
    from ._json import whole

    if value is None:
        return None
    try:
        return whole(str(value))
    except Exception:
        return whole(object.__repr__(value))


def _number(value: Any, most: int) -> int | None:
    return int(value) if isinstance(value, int) and 0 <= value <= most else None


def _moment(value: Any) -> str | None:
    """A time as text in UTC; a `datetime` without a zone is in the local one."""
    if value is None:
        return None
    from datetime import datetime, timezone

    from .records._base import _time

    try:
        if isinstance(value, str):
            if value.endswith(("Z", "+00:00")):
                _time(value)
                return value
            value = datetime.fromisoformat(value)
        return str(value.astimezone(timezone.utc).isoformat())
    except (AttributeError, TypeError, ValueError, OverflowError):
        return None


def _id(value: Any) -> str | None:
    if value is None:
        return None
    from uuid import UUID

    try:
        return str(UUID(str(value)))
    except ValueError:
        return None


def _chain(error: BaseException) -> list[BaseException]:
    """The causes of an error, outermost first, as far as they can be pickled: for any other stands its text. One of ours
    carries what is beneath it by itself."""
    import pickle

    found: list[BaseException] = []
    beneath = error.__cause__
    seen = {id(error)}
    while beneath is not None and id(beneath) not in seen:
        seen.add(id(beneath))
        try:
            kept: BaseException = pickle.loads(pickle.dumps(beneath))
        except Exception:
            kept = Cause(f"{type(beneath).__name__}: {_text(beneath)}")
        found.append(kept)
        if isinstance(beneath, GhostwrenError):
            break
        beneath = beneath.__cause__
    return found


def _restore(
    of: type[GhostwrenError], args: tuple[Any, ...], fields: dict[str, Any], causes: list[BaseException]
) -> GhostwrenError:
    # Not by the class itself: one of the application may take other arguments.
    error: GhostwrenError = of.__new__(of, *args)
    error.args = args
    error.__dict__.update(fields)
    above: BaseException = error
    for cause in causes:
        above.__cause__ = cause
        above = cause
    return error


def _from_fields(fields: dict[str, Any]) -> GhostwrenError:
    """The exception for the fields of an error. A kind newer than this package is a `GhostwrenError`."""
    of = ArgumentTypeError if fields.get("code") in _ARGUMENTS else _KINDS.get(fields.get("kind", ""), GhostwrenError)
    rest = {name: value for name, value in fields.items() if name not in ("kind", "detail")}
    error = of(fields.get("detail", ""), **rest)
    if of is GhostwrenError:
        error.kind = fields.get("kind", "internal")
    return error


def _from_native(fields: str, cause: BaseException | None) -> GhostwrenError:
    from ._host import Ended
    from ._json import loads

    error = _from_fields(loads(fields))
    if isinstance(cause, Ended):
        cause = cause.__cause__
    if cause is None:
        for text in reversed(error.causes):
            above = Cause(text)
            above.__cause__ = cause
            cause = above
    error.__cause__ = cause
    return error
