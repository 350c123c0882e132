"""Tweets as views and as columns."""

from __future__ import annotations

import asyncio
import gc
import json
import pickle
import tracemalloc
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from conftest import SAMPLE, START, write_archive
from ghostwren import Ghostwren, TweetList


def many(count: int, more: str = "") -> TweetList:
    tweets = [
        {
            "id": str(10**18 + n),
            "full_text": f"täxt {n} 🐦{more}",
            "created_at": "2022-03-01T12:00:00.250Z",
            "lang": None if n % 10 == 0 else "en",
            "kind": "original",
            "source": "archive",
            "counts": {"likes": n, "retweets": None},
            "labels": ["a", "b"] if n % 2 else [],
            "entities": {"hashtags": ["wren"]},
            "excluded": n % 3 == 0,
        }
        for n in range(count)
    ]
    return TweetList.from_json(json.dumps(tweets))


def test_a_list_is_a_sequence() -> None:
    tweets = many(10)
    assert len(tweets) == 10
    assert tweets[0].id == str(10**18) and tweets[-1].id == str(10**18 + 9)
    assert [tweet.likes for tweet in tweets] == list(range(10))
    assert [tweet.likes for tweet in tweets[2:8:2]] == [2, 4, 6]
    assert [tweet.likes for tweet in tweets[::-1]] == list(range(9, -1, -1))
    assert [tweet.likes for tweet in tweets[::-1][1:7:3]] == [8, 5]
    assert len(tweets[5:5]) == 0 and list(tweets[20:]) == []
    for outside in (10, -11):
        with pytest.raises(IndexError):
            tweets[outside]
    with pytest.raises(TypeError):
        tweets["0"]  # type: ignore[call-overload]


def test_a_tweet_is_a_view() -> None:
    tweet = many(2)[1]
    gc.collect()
    assert tweet.full_text == "täxt 1 🐦"
    assert tweet.created_at == datetime(2022, 3, 1, 12, 0, 0, 250000, tzinfo=timezone.utc)
    assert tweet.created_at.tzinfo is timezone.utc
    assert (tweet.likes, tweet.retweets, tweet.lang) == (1, None, "en")
    assert (tweet.labels, tweet.hashtags, tweet.urls) == (["a", "b"], ["wren"], [])
    assert tweet.to_dict()["counts"]["likes"] == 1
    with pytest.raises(AttributeError):
        tweet.likes = 3  # type: ignore[misc]
    again = pickle.loads(pickle.dumps(tweet))
    assert again == tweet and hash(again) == hash(tweet) and len({again, tweet}) == 1
    assert again != many(1)[0] and tweet != "täxt"
    assert [t.id for t in pickle.loads(pickle.dumps(many(5)[::2]))] == [t.id for t in many(5)[::2]]


def test_a_repr_shows_no_control_character() -> None:
    tweets = TweetList.from_json(
        json.dumps(
            [{"id": "1", "full_text": "a\u001b]0;title\u0007 \u202egpj", "created_at": "2022-03-01T12:00:00Z", "kind": "original", "source": "api"}]
        )
    )
    assert "\u001b" not in repr(tweets[0]) and "\u202e" not in repr(tweets[0])


def test_arrow_takes_them() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table(many(1000))
    assert table.num_rows == 1000
    table.validate(full=True)
    assert table["likes"].to_pylist() == list(range(1000))
    assert table["likes"].type == pyarrow.uint64()
    assert table["retweets"].null_count == 1000
    assert table["lang"].null_count == 100
    assert table["full_text"].to_pylist()[7] == "täxt 7 🐦"
    assert table["created_at"].type == pyarrow.timestamp("ms", "UTC")
    assert table["labels"].to_pylist()[:2] == [[], ["a", "b"]]
    # Bits lie in words of 64: the last one is not full.
    assert table["excluded"].to_pylist() == [n % 3 == 0 for n in range(1000)]
    assert table["lang"].to_pylist() == [None if n % 10 == 0 else "en" for n in range(1000)]
    assert pyarrow.schema(many(1)) == table.schema
    part = pyarrow.table(many(10)[1:9:3])
    assert part["likes"].to_pylist() == [1, 4, 7]
    assert pyarrow.table(many(10)[3:6])["likes"].to_pylist() == [3, 4, 5]
    assert pyarrow.table(many(0)).num_rows == 0
    # A consumer may keep a column and forget the rest, and may ask for nothing.
    column = pyarrow.table(many(100))["full_text"]
    gc.collect()
    assert column.to_pylist()[99].startswith("täxt 99")
    many(10).__arrow_c_stream__()
    many(10).__arrow_c_schema__()
    gc.collect()


def test_arrow_keeps_the_largest_count() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    tweet = many(1)[0].to_dict()
    tweet["counts"]["likes"] = 2**64 - 1
    assert pyarrow.table(TweetList.from_json(json.dumps([tweet])))["likes"].to_pylist() == [2**64 - 1]


def test_polars_and_pandas_take_them() -> None:
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(many(100))
    assert frame["likes"].sum() == sum(range(100))
    pandas = pytest.importorskip("pandas")
    import pyarrow

    assert isinstance(pyarrow.table(many(100)).to_pandas(), pandas.DataFrame)


def test_taking_columns_leaks_nothing() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    import resource

    tweets = many(20_000)
    for _ in range(5):
        pyarrow.table(tweets)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(60):
        pyarrow.table(tweets)
    # Sixty tables of 4 MB each would show.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000


def test_the_collector_knows_no_view() -> None:
    tweets = many(3)
    assert not any(gc.is_tracked(tweet) for tweet in [*tweets, tweets[0], *tweets[1:]])
    # It would, if a class of Python were made of it.
    with pytest.raises(TypeError):
        type("Mine", (type(tweets[0]),), {})


def test_views_are_small() -> None:
    tweets = many(50_000)
    tracemalloc.start()
    views = list(tweets)
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert used / len(views) < 64


def test_pages_and_all(tmp_path: Path, big_archive: Path) -> None:
    async def run() -> tuple[Any, Any]:
        async with Ghostwren(store=tmp_path / "a.db") as wren:
            account = await wren.user().open_account("main")
            await account.import_archive(big_archive)
            page = await account.tweets("parser", limit=3)
            assert len(page) == 3 and page.next is not None
            more = await account.tweets("parser", limit=3, after=page.next)
            assert {t.id for t in page}.isdisjoint({t.id for t in more})
            tweets = await account.all_tweets(order="oldest_first")
            return page, tweets

    page, tweets = asyncio.run(run())
    # They live on after the store was closed.
    assert len(tweets) == 60_000
    assert tweets[0].full_text.startswith("tweet number 0 ")
    assert page[0].full_text.startswith("tweet number 59999 ")


def test_what_a_store_kept_as_json_is_what_records_hold(tmp_path: Path) -> None:
    """Links, people, tags and pictures of stored tweets are decoded when they are read."""
    pyarrow = pytest.importorskip("pyarrow")

    async def run() -> TweetList:
        async with Ghostwren(store=tmp_path / "a.db") as wren:
            account = await wren.user().open_account("main")
            await account.import_archive(SAMPLE)
            return await account.all_tweets()

    stored = asyncio.run(run())
    records = TweetList.from_json(stored.to_json())
    for name in ("urls", "mentions", "hashtags", "cashtags"):
        kept = [getattr(tweet, name) for tweet in stored]
        assert kept == [getattr(tweet, name) for tweet in records]
        assert any(kept) or name == "cashtags", name
    assert pyarrow.table(stored) == pyarrow.table(records)
    assert pyarrow.table(stored[::-2]) == pyarrow.table(records[::-2])
    assert sum(pyarrow.table(stored)["media_count"].to_pylist()) > 0
    assert [tweet.to_dict() for tweet in stored] == [tweet.to_dict() for tweet in records]
    assert list(stored) == list(records)


@pytest.mark.shipped
def test_100_000_tweets_out_of_sqlite(tmp_path: Path) -> None:
    """Each in its place, as views and as columns, whatever way the store has to read so many."""
    pyarrow = pytest.importorskip("pyarrow")
    count = 100_000
    archive = write_archive(tmp_path / "archive", count)

    async def run() -> list[TweetList]:
        async with Ghostwren(store=tmp_path / "a.db") as wren:
            account = await wren.user().open_account("main")
            await account.import_archive(archive)
            return [await account.all_tweets(), await account.all_tweets(order="oldest_first")]

    newest, oldest = asyncio.run(run())
    ids = [str(1_500_000_000_000_000_000 + number * 1000) for number in range(count)]
    texts = [f"tweet number {number} about the parser, dns and tea" for number in range(count)]
    likes = [number % 100 for number in range(count)]
    assert [(t.id, t.full_text, t.likes) for t in oldest] == list(zip(ids, texts, likes))
    table = pyarrow.table(newest)
    assert table["id"].to_pylist() == ids[::-1]
    assert table["full_text"].to_pylist() == texts[::-1]
    assert table["likes"].to_pylist() == likes[::-1]
    assert set(table["source"].to_pylist()) == {"archive"}
    assert [t.created_at for t in newest[:: count - 1]] == [START + timedelta(seconds=count - 1), START]
