"""Every tweet of an account out of SQLite through the Python package: what the reading takes, and what taking it into views, columns
and fields takes on top. `read_tweets.py FILE`, with a file that `src/bin/read_tweets` filled and the Python of an environment
where the wheel and pyarrow are installed. Medians of nine, in milliseconds.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import sys
import time
from collections.abc import Callable

import pyarrow

from ghostwren import Ghostwren

ROUNDS = 9


def took(work: Callable[[], object]) -> float:
    gc.collect()
    began = time.perf_counter()
    kept = work()
    elapsed = time.perf_counter() - began
    del kept
    return elapsed * 1e3


async def main(path: str) -> None:
    async with Ghostwren(store=path) as wren:
        account = await wren.user().open_account("main")
        times: dict[str, list[float]] = {"all_tweets": [], "views": [], "Arrow": [], "id, text and likes": []}
        for _ in range(ROUNDS):
            began = time.perf_counter()
            tweets = await account.all_tweets()
            times["all_tweets"].append((time.perf_counter() - began) * 1e3)
            assert len(tweets) == 100_000
            times["views"].append(took(lambda: list(tweets)))
            times["Arrow"].append(took(lambda: pyarrow.table(tweets)))
            times["id, text and likes"].append(took(lambda: [(t.id, t.full_text, t.likes) for t in tweets]))
            del tweets
    for name, all_ in times.items():
        print(f"{name:<20} {statistics.median(all_):7.1f} ms, best {min(all_):7.1f}, first {all_[0]:7.1f}")


asyncio.run(main(sys.argv[1]))
