"""What crosses to Rust and back: JSON texts."""

from __future__ import annotations

import json
from os import PathLike, fspath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _plain(value: Any) -> Any:
    """What `json` does not know by itself."""
    if hasattr(value, "isoformat"):
        if getattr(value, "tzinfo", True) is None:
            raise TypeError("a time needs a time zone, such as datetime.timezone.utc")
        return value.isoformat()
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, PathLike):
        return fspath(value)
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    if hasattr(value, "hex") and hasattr(value, "urn"):
        return str(value)
    raise TypeError(f"a value of the type {type(value).__name__} cannot be sent")


def encode(value: Any) -> str:
    """The value as JSON; a `TypeError` or `ValueError` for one that cannot be sent."""
    return whole(json.dumps(value, default=_plain, ensure_ascii=False, allow_nan=False))


def whole(text: str) -> str:
    """The text, with U+FFFD for each half of a surrogate pair that stands alone: what was cut in the middle of an emoji."""
    if text.isascii():
        return text
    try:
        text.encode()
        return text
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def dumps(arguments: dict[str, Any]) -> str:
    """The arguments of a call. What cannot be sent is an error that names it."""
    try:
        return encode(arguments)
    except (TypeError, ValueError, RecursionError):
        for name, value in arguments.items():
            try:
                encode(value)
            except (TypeError, ValueError, RecursionError) as cause:
                raise unusable(name, str(cause)) from cause
        raise


def path(value: str | PathLike[str], name: str = "path") -> str:
    """A path as text. One that is no text is an error: with other characters in it, it would be another path."""
    try:
        text = fspath(value)
        text.encode()
    except (TypeError, ValueError, AttributeError) as cause:
        raise unusable(name, f"it has to be a path in UTF-8, not {value!r}") from cause
    return text


def unusable(name: str, why: str) -> Exception:
    """The error for an argument that cannot be used."""
    from .errors import ArgumentTypeError

    remedy = "Give it a value of the type that the call names."
    return ArgumentTypeError(f"the argument `{name}` cannot be used: {why}", code="argument.type", remedy=remedy)


loads = json.loads
