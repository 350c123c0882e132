"""The X API: the client, the settings of an app, and what can be said of a tweet before it is sent."""

from __future__ import annotations

from . import _native
from ._json import Fields, dumps, loads
from .aio.clients import Twitter, TwitterApp
from .records import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Twitter", "TwitterApp", "lint", "prices", "write_cost"]


def lint(
    text: str, *, limit: int | None = None, self_serve: bool | None = None, called: bool | None = None, **options: Any
) -> list[Finding]:
    """What X would refuse about a tweet, or charge more for. `options` are the fields of X's request."""
    arguments = {"tweet": Fields(text=text, **options), "limit": limit, "self_serve": self_serve, "called": called}
    return [Finding(found) for found in loads(_native.local("twitter.lint", dumps(arguments)))]


def prices() -> dict[str, int]:
    """What reads and writes cost, in millionths of a US dollar."""
    found: dict[str, int] = loads(_native.local("twitter.prices", "{}"))
    return found


def write_cost(text: str) -> int:
    """What this tweet would cost, in millionths of a US dollar."""
    return int(loads(_native.local("twitter.write_cost", dumps({"text": text})))["micros"])
