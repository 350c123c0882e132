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
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.service = service
        self.operation = operation
        self.status = status
        self.request_id = request_id
        self._retry_at = retry_at if retry_at is None or isinstance(retry_at, str) else retry_at.isoformat()
        self.attempts = attempts
        self.unanswered = unanswered
        self.remedy = remedy
        self.outbox = outbox
        self.causes = causes or []

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
        from ._json import dumps
        from ._native import local

        # One text for every language: the core's, with control and bidirectional characters escaped.
        text = local("errors.display", dumps({"fields": self.to_dict()}))
        from ._json import loads

        return str(loads(text))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restore, (type(self), self.to_dict()))

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


def _restore(of: type[GhostwrenError], fields: dict[str, Any]) -> GhostwrenError:
    rest = {name: value for name, value in fields.items() if name not in ("kind", "detail")}
    return of(fields.get("detail", ""), **rest)


def _from_fields(fields: dict[str, Any]) -> GhostwrenError:
    """The exception for the fields of an error. A kind newer than this package is a `GhostwrenError`."""
    of = ArgumentTypeError if fields.get("code") in _ARGUMENTS else _KINDS.get(fields.get("kind", ""), GhostwrenError)
    error = _restore(of, fields)
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
