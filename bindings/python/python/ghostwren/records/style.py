"""Styles."""

from __future__ import annotations

from ._base import Record, _list, _time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any


class Feature(Record):
    """One habit in numbers: how often, how often others do it, and how far apart that is (`z`)."""

    __slots__ = ()
    name: str
    label: str
    per: str
    group: str
    value: float
    background: float | None
    z: float


class LanguageUse(Record):
    """A language that somebody writes in, and how much."""

    __slots__ = ()
    language: str
    share: float
    words_compared: bool


class Habit(Record):
    """A word, sign or length, and how often it comes."""

    __slots__ = ()
    text: str
    per_tweet: float


class Summary(Record):
    """A style in the numbers that people read."""

    __slots__ = ()
    _decode = {
        "lengths": _list(Habit),
        "favourite_emoji": _list(Habit),
        "favourite_hashtags": _list(Habit),
        "openers": _list(Habit),
        "first_words": _list(Habit),
        "closers": _list(Habit),
        "favourite_words": _list(Habit),
        "characteristic_words": _list(Feature),
        "characteristic_habits": _list(Feature),
        "languages": _list(LanguageUse),
    }
    texts: int
    characters: float
    words: float
    lengths: list[Habit]
    emoji: float
    with_emoji: float
    favourite_emoji: list[Habit]
    hashtags: float
    favourite_hashtags: list[Habit]
    mentions: float
    links: float
    exclamation_marks: float
    question_marks: float
    line_breaks: float
    lower_case_start: float
    words_in_capitals: float
    openers: list[Habit]
    first_words: list[Habit]
    closers: list[Habit]
    favourite_words: list[Habit]
    characteristic_words: list[Feature]
    characteristic_habits: list[Feature]
    languages: list[LanguageUse]
    notes: list[str]


class Sufficiency(Record):
    """Whether there are enough tweets to speak of a style."""

    __slots__ = ()
    tweets: int
    wanted: int
    enough: bool
    message: str


class LeftOut(Record):
    """What was left out of a corpus, and why."""

    __slots__ = ()
    excluded: int
    deleted: int
    retweets: int
    truncated: int
    automatic: int
    repeated: int
    wordless: int
    oversized: int
    older: int


class Claim(Record):
    """What a model says of a style, checked against the numbers."""

    __slots__ = ()
    feature: str
    direction: str
    strength: str
    words: str
    evidence_ids: list[str]


class DroppedClaim(Record):
    """What a model said against the numbers."""

    __slots__ = ()
    feature: str
    code: str
    reason: str


class Analysis(Record):
    """A model's words about a style."""

    __slots__ = ()
    _decode = {"claims": _list(Claim), "dropped": _list(DroppedClaim)}
    claims: list[Claim]
    dropped: list[DroppedClaim]
    partial: bool
    model: str
    calls: int


class ProfileRecord(Record):
    """A style profile as it is stored."""

    __slots__ = ()
    _decode = {"analysis": Analysis, "created_at": _time}
    id: str
    account_id: str
    version: int
    corpus_hash: str
    fingerprint: dict[str, Any]
    analysis: Analysis | None
    tweet_ids: list[str]
    created_at: datetime


class Gap(Record):
    """Where texts differ from how the author writes, in numbers and in a sentence."""

    __slots__ = ()
    feature: str
    direction: str
    theirs: float
    ours: float
    words: str
