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
        blamed = _blamed(arguments)
        if blamed is None:
            raise
        name, cause = blamed
        raise unusable(name, str(cause)) from cause


class Fields(dict[str, "Any"]):
    """Arguments of a call that the core takes as one record: each is told by its own name."""


def _blamed(arguments: dict[str, Any]) -> tuple[str, Exception] | None:
    """The argument that cannot be sent, and why."""
    for name, value in arguments.items():
        try:
            encode(value)
        except (TypeError, ValueError, RecursionError) as cause:
            inner = _blamed(value) if isinstance(value, Fields) else None
            # No call names a time by its unit: `lease_seconds` is its `lease`.
            return inner or (name.removesuffix("_seconds"), cause)
    return None


def path(value: str | PathLike[str], name: str = "path") -> str:
    """A path as text. One that is no text is an error: with other characters in it, it would be another path."""
    try:
        text = fspath(value)
        text.encode()
    except (TypeError, ValueError, AttributeError) as cause:
        given = repr(value) if isinstance(value, (str, bytes)) else type(value).__name__
        raise unusable(name, f"it has to be a path in UTF-8, not {given}") from cause
    return text


def _told(value: Any) -> Any:
    """A number as it is, unless it has more digits than anybody reads, or Python writes; of anything else its type."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if number and not abs(value) > 2**64 else type(value).__name__


def seconds(name: str, value: Any) -> Any:
    """A time, or `None`."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e300):
        raise unusable(name, f"it has to be a number of seconds, from 0 on, not {_told(value)}")
    return value


def whole_number(name: str, value: Any) -> Any:
    """A count."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**32:
        raise unusable(name, f"it has to be a whole number from 0 on, not {_told(value)}")
    return value


def text(name: str, value: Any) -> Any:
    """A text, which has to be there."""
    if value is None:
        from .errors import ArgumentTypeError

        raise ArgumentTypeError(f"the argument `{name}` is missing", code="argument.missing", remedy="Give it a value.")
    return typed(name, value, str)


# What nobody gives: so that a token that is given and not there is seen.
NOT_GIVEN: Any = type("NotGiven", (), {"__repr__": lambda _: "…"})()


def identity(name: str, value: Any) -> Any:
    """Who is asking: a text, which has to be there, and nobody else's."""
    text(name, None if value == "" else value)
    if value != whole(value):
        # Replacing characters, as in other texts, would make it somebody else.
        raise unusable(name, "it is no Unicode text")
    return value


def typed(name: str, value: Any, of: type[Any]) -> Any:
    """The value, which has to be of this class or `None`."""
    if value is not None and not isinstance(value, of):
        called = {"str": "a text", "dict": "a dict"}.get(of.__name__, f"a {of.__name__}")
        raise unusable(name, f"it has to be {called}, not {type(value).__name__}")
    return value


def shown_address(url: Any) -> Any:
    """An address as it is shown: without a password in it, or a key in its query."""
    if not isinstance(url, str):
        return None
    scheme, slashes, rest = url.partition("?")[0].partition("#")[0].rpartition("//")
    host, slash, path = rest.partition("/")
    return scheme + slashes + ("…@" + host.rpartition("@")[2] if "@" in host else host) + slash + path


def unusable(name: str, why: str) -> Exception:
    """The error for an argument that cannot be used."""
    from .errors import ArgumentTypeError

    remedy = "Give it a value of the type that the call names."
    return ArgumentTypeError(f"the argument `{name}` cannot be used: {why}", code="argument.type", remedy=remedy)


loads = json.loads
