"""Tweet text by Twitter's rules, and text on its way to a screen or an index."""

from __future__ import annotations

from . import _native
from ._json import dumps, loads
from ._json import text as _given
from .records import Entity, ParsedTweet, SearchClause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "cashtag_count",
    "escape_controls",
    "extract",
    "extract_cashtags",
    "extract_hashtags",
    "extract_mentions",
    "extract_mentions_or_lists",
    "extract_urls",
    "has_url",
    "parse",
    "reply_to",
    "search_query",
    "search_terms",
    "status_id",
    "unescape_html",
    "weighted_length",
]


def _local(name: str, **arguments: Any) -> Any:
    return loads(_native.local(name, dumps(arguments)))


def weighted_length(text: str) -> int:
    """The length as X counts it, of which a tweet may have 280."""
    return int(_local("text.weighted_length", text=text))


def parse(text: str, limit: int = 280) -> ParsedTweet:
    """What X makes of a text."""
    return ParsedTweet(_local("text.parse", text=text, limit=limit))


def _extract(text: str, what: str | None) -> list[Entity]:
    return [Entity(entity) for entity in _local("text.extract", text=text, what=what)]


def extract(text: str) -> list[Entity]:
    """Links, people, hashtags and cashtags, in their order."""
    return _extract(text, None)


def extract_urls(text: str) -> list[Entity]:
    """Links."""
    return _extract(text, "urls")


def extract_mentions(text: str) -> list[Entity]:
    """People."""
    return _extract(text, "mentions")


def extract_mentions_or_lists(text: str) -> list[Entity]:
    """People and lists."""
    return _extract(text, "mentions_or_lists")


def extract_hashtags(text: str) -> list[Entity]:
    """Hashtags."""
    return _extract(text, "hashtags")


def extract_cashtags(text: str) -> list[Entity]:
    """Cashtags."""
    return _extract(text, "cashtags")


def reply_to(text: str) -> str | None:
    """The handle that a text begins by answering, without `@`."""
    handle: str | None = _local("text.reply_to", text=text)
    return handle


def has_url(text: str) -> bool:
    """Whether X would see a link."""
    return bool(_local("text.has_url", text=text))


def cashtag_count(text: str) -> int:
    """How many cashtags X would see."""
    return int(_local("text.cashtag_count", text=text))


def search_terms(text: str) -> str:
    """The words of a text as the index of both stores keeps them."""
    return str(_local("text.search_terms", text=text))


def search_query(text: str) -> list[SearchClause]:
    """The parts of a search (words, `"a phrase"`, `prefix*`); an `InvalidInputError` for one that cannot be used."""
    return [SearchClause(clause) for clause in _local("text.search_query", text=text)]


def escape_controls(text: str) -> str:
    """The text with its control and bidirectional characters made visible, for a terminal."""
    return str(_local("text.escape_controls", text=text))


def unescape_html(text: str) -> str:
    """The text with the HTML escapes undone that Twitter puts into it."""
    return str(_local("text.unescape_html", text=text))


def status_id(url: str) -> str | None:
    """The id of the tweet that a link leads to."""
    tweet: str | None = _local("text.status_id", text=_given("url", url))
    return tweet
