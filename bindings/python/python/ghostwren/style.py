"""How a person writes: counted locally, without a model and without a network."""

from __future__ import annotations

from . import _native
from ._json import encode, loads, unusable, whole
from .records import Analysis, Feature, Gap, LanguageUse, LeftOut, ProfileRecord, Sufficiency, Summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

__all__ = ["Fingerprint", "StyleProfile", "StyleReport", "gap"]


def _texts(texts: Iterable[str], name: str = "texts") -> list[str]:
    if isinstance(texts, (str, bytes, dict)) or not hasattr(texts, "__iter__"):
        raise unusable(name, f"it has to be a list of texts, not {type(texts).__name__}")
    listed = list(texts)
    for text in listed:
        if not isinstance(text, str):
            raise unusable(name, f"it has to hold texts, not {type(text).__name__}")
    return [whole(text) for text in listed]


def _json_of(data: dict[str, Any]) -> str:
    if not isinstance(data, dict):
        raise unusable("data", f"it has to be a dict, not {type(data).__name__}")
    try:
        return encode(data)
    except (TypeError, ValueError, RecursionError) as cause:
        raise unusable("data", str(cause)) from cause


def _native_of(value: Any, of: type[Any], name: str) -> Any:
    if not isinstance(value, of):
        raise unusable(name, f"it has to be a {of.__name__}, not {type(value).__name__}")
    return value._native


class Fingerprint:
    """The numbers of a style: function words, punctuation, casing, length, emoji, openers and closers, per language."""

    __slots__ = ("_native",)

    def __init__(self, native: _native.Fingerprint) -> None:
        self._native = native

    @classmethod
    def of(cls, texts: Iterable[str]) -> Fingerprint:
        """Counts texts that weigh the same."""
        return cls(_native.Fingerprint.of(_texts(texts)))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Fingerprint:
        """Reads what `to_dict` gave."""
        return cls(_native.Fingerprint.from_json(_json_of(data)))

    def to_dict(self) -> dict[str, Any]:
        """The numbers in their stored form, which has a version."""
        data: dict[str, Any] = loads(self._native.to_json())
        return data

    @property
    def texts(self) -> int:
        """How many texts were counted."""
        return self._native.texts

    def distance(self, other: Fingerprint) -> float:
        """How far apart two styles are; 0 for the same."""
        return self._native.distance(_native_of(other, Fingerprint, "other"))

    def features(self) -> list[Feature]:
        """Every habit with its numbers, the most telling first."""
        return [Feature(feature) for feature in loads(self._native.features())]

    def languages(self) -> list[LanguageUse]:
        """The languages, the most used first."""
        return [LanguageUse(use) for use in loads(self._native.languages())]

    def notes(self) -> list[str]:
        """What a reader of the numbers should know, in sentences."""
        return self._native.notes()

    def summary(self) -> Summary:
        """The numbers that people read."""
        return Summary(loads(self._native.summary()))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fingerprint) and self._native == other._native

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Fingerprint of {self.texts} texts>"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Fingerprint.from_dict, (self.to_dict(),))


class StyleProfile:
    """How somebody writes, with the texts that it was learned from. In a notebook it shows itself with bars."""

    __slots__ = ("_native",)

    def __init__(self, native: _native.StyleProfile) -> None:
        self._native = native

    @classmethod
    def from_texts(cls, texts: Iterable[str]) -> StyleProfile:
        """A profile of texts that are all the author's own and weigh the same."""
        return cls(_native.StyleProfile.from_texts(_texts(texts)))

    @classmethod
    def from_tweets(cls, tweets: _native.TweetList) -> StyleProfile:
        """A profile of an account's tweets: own words only, weighted by how recent they are."""
        if not isinstance(tweets, _native.TweetList):
            raise unusable("tweets", f"it has to be a TweetList, not {type(tweets).__name__}")
        return cls(_native.StyleProfile.from_tweets(tweets))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> StyleProfile:
        """Reads what `to_dict` gave."""
        return cls(_native.StyleProfile.from_json(_json_of(data)))

    def to_dict(self) -> dict[str, Any]:
        """All of it, the author's texts included: to keep it, or to hand it to another program."""
        data: dict[str, Any] = loads(self._native.to_json())
        return data

    @property
    def fingerprint(self) -> Fingerprint:
        """The numbers."""
        return Fingerprint(self._native.fingerprint)

    @property
    def texts(self) -> list[str]:
        """The author's texts."""
        return self._native.texts

    @property
    def tweet_ids(self) -> list[str]:
        """The ids of the tweets that the texts come from, in the same order; empty for a profile made from texts."""
        return self._native.tweet_ids

    @property
    def corpus_hash(self) -> str:
        """The same tweets in any order give the same hash."""
        return self._native.corpus_hash

    @property
    def left_out(self) -> LeftOut:
        """What was left out, and why."""
        return LeftOut(loads(self._native.left_out()))

    @property
    def sufficiency(self) -> Sufficiency:
        """Whether there are enough tweets to speak of a style."""
        return Sufficiency(loads(self._native.sufficiency()))

    @property
    def analysis(self) -> Analysis | None:
        """A model's words about the numbers, if it was asked."""
        data = loads(self._native.analysis())
        return None if data is None else Analysis(data)

    def summary(self) -> Summary:
        """The numbers that people read."""
        return self.fingerprint.summary()

    def __reduce__(self) -> tuple[Any, ...]:
        return (_profile, (self._native.to_json(),))

    def __repr__(self) -> str:
        return f"<StyleProfile of {self._native.fingerprint.texts} texts>"

    def _repr_html_(self) -> str:
        from ._display import profile_html

        return profile_html(self)


def _profile(json: str) -> StyleProfile:
    return StyleProfile(_native.StyleProfile.from_pickle(json))


class StyleReport:
    """What `analyze_style` found: the profile to work with, the stored row, whether it was there already (`cached`), and
    why the model's words are missing although it was asked (`analysis_failed`)."""

    __slots__ = ("analysis_failed", "cached", "profile", "record")

    def __init__(self, profile: StyleProfile, data: dict[str, Any]) -> None:
        from .errors import _from_fields

        self.profile = profile
        self.record = ProfileRecord(data["record"])
        self.cached: bool = data["cached"]
        failed = data["analysis_failed"]
        self.analysis_failed = None if failed is None else _from_fields(failed)

    @property
    def analysis(self) -> Analysis | None:
        """The model's words."""
        return self.profile.analysis

    def __repr__(self) -> str:
        return f"<StyleReport version {self.record.version} of {len(self.record.tweet_ids)} tweets>"

    def _repr_html_(self) -> str:
        return self.profile._repr_html_()


def gap(profile: StyleProfile, texts: Iterable[str]) -> list[Gap]:
    """Where texts differ from a profile enough to be worth a repair, the largest difference first."""
    return [Gap(found) for found in loads(_native.gap(_native_of(profile, StyleProfile, "profile"), _texts(texts)))]
