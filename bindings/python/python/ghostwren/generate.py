"""Choosing among candidates, and what is asked of a generation."""

from __future__ import annotations

from . import _native
from ._json import dumps, loads, typed, whole_number
from .records import Selection
from .style import StyleProfile, _native_of, _texts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["clean_candidate", "select"]


def select(
    profile: StyleProfile,
    candidates: Iterable[str],
    n: int,
    *,
    topic: str | None = None,
    limit: int = 280,
    language: str | None = None,
    banned: Sequence[str] = (),
    sources: Sequence[str] | None = None,
    max_hashtags: int | None = None,
    existing: Sequence[str] = (),
) -> Selection:
    """The `n` candidates that pass the gates and, as a batch, read most like the author. Needs no model.

    With `sources`, handles, links and numbers of a candidate must stand in one of them.
    """
    whole_number("n", n)
    options = {
        "topic": typed("topic", topic, str),
        "limit": whole_number("limit", limit),
        "language": typed("language", language, str),
        "banned": _texts(banned, "banned"),
        "sources": None if sources is None else _texts(sources, "sources"),
        "max_hashtags": None if max_hashtags is None else whole_number("max_hashtags", max_hashtags),
        "existing": _texts(existing, "existing"),
    }
    return Selection(loads(_native.select(_native_of(profile, StyleProfile, "profile"), _texts(candidates, "candidates"), n, dumps(options))))


def clean_candidate(text: str) -> str:
    """A model's answer without the wrapping that models put around a tweet."""
    return str(loads(_native.local("generate.clean_candidate", dumps({"text": text}))))
