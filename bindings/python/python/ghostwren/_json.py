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


def dumps(arguments: dict[str, Any]) -> str:
    """The arguments of a call. What cannot be sent is an error that names it."""
    try:
        return json.dumps(arguments, default=_plain)
    except (TypeError, ValueError) as error:
        for name, value in arguments.items():
            try:
                json.dumps(value, default=_plain)
            except (TypeError, ValueError) as cause:
                from .errors import ArgumentTypeError

                raise ArgumentTypeError(f"the argument `{name}` cannot be used: {cause}", code="argument.type") from cause
        raise error


loads = json.loads
