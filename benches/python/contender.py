"""Does one task of the comparison with other libraries through the Python package, as `src/bin/contender` does it in Rust: the
task is the first argument, its input comes in environment variables. Prints one JSON line, `{"items", "seconds", "cpu",
"check"}`; exits with 64 for a task it does not know.

The contender `ours-python` of the harness is a script that runs it with the Python of an environment where the wheel is
installed:

    exec /path/to/venv/bin/python /path/to/contender.py "$@"
"""

from __future__ import annotations

import json
import os
import sys
import time

from ghostwren.sync import OpenAI, Supabase, Twitter, TwitterApp

ENV = os.environ
CHATS = int(ENV.get("CHATS", 10))
ASK = [{"role": "system", "content": "You are brief."}, {"role": "user", "content": "Summarise my tweets."}]
# The row that every contender sends: which column takes which field of a tweet.
COLUMNS = {
    "id": "id",
    "text": "full_text",
    "created_at": "created_at",
    "lang": "lang",
    "conversation_id": "conversation_id",
    "in_reply_to_user_id": "in_reply_to_user_id",
    "like_count": "likes",
    "retweet_count": "retweets",
    "reply_count": "replies",
    "quote_count": "quotes",
    "bookmark_count": "bookmarks",
    "impression_count": "impressions",
    "entities": "entities",
    "referenced_tweets": "referenced_tweets",
}


def whole(ai: OpenAI) -> tuple[int, int]:
    return 1, len(ai.chat(ASK).text)


def streamed(ai: OpenAI) -> tuple[int, int]:
    items = length = 0
    for delta in ai.chat_stream(ASK):
        if delta.event == "text":
            items += 1
            length += len(delta.text)
    return items, length


def total(sums: list[tuple[int, int]]) -> tuple[int, int]:
    return sum(items for items, _ in sums), sum(length for _, length in sums)


def chat(ask) -> tuple[int, int]:
    ai = OpenAI(model="gpt-4o")
    return total([ask(ai) for _ in range(CHATS)])


def fanout() -> tuple[int, int]:
    # All at once is what coroutines are for; the other tasks are scripts, which need no event loop.
    import asyncio

    from ghostwren import OpenAI

    async def one(ai: OpenAI) -> tuple[int, int]:
        items = length = 0
        async for delta in ai.chat_stream(ASK):
            if delta.event == "text":
                items += 1
                length += len(delta.text)
        return items, length

    async def all_of_them() -> tuple[int, int]:
        ai = OpenAI(model="gpt-4o")
        return total(await asyncio.gather(*(one(ai) for _ in range(CHATS))))

    return asyncio.run(all_of_them())


def twitter() -> Twitter:
    return Twitter(ENV.get("X_BEARER_TOKEN", "bench"), app=TwitterApp("bench", api_base=ENV["BASE_URL"]))


def import_() -> tuple[int, int]:
    x = twitter()
    tweets = x.timeline(x.me().user.id)
    return len(tweets), sum(tweet.likes or 0 for tweet in tweets)


def import_upsert() -> tuple[int, int]:
    x, project = twitter(), Supabase(ENV["SUPABASE_URL"], ENV["SUPABASE_KEY"])
    author = x.me().user.id
    rows = project.bulk("tweets", columns=COLUMNS, values={"author_id": author}, batch_rows=int(ENV.get("BATCH", 500)))
    items = likes = 0
    for page in x.timeline_lists(author):
        rows.add(page)
        items += len(page)
        likes += sum(tweet.likes or 0 for tweet in page)
    rows.finish()
    return items, likes


TASKS = {
    "chat": lambda: chat(whole),
    "chat_stream": lambda: chat(streamed),
    "chat_fanout": fanout,
    "import": import_,
    "import_upsert": import_upsert,
}


def main() -> None:
    task = TASKS.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if task is None:
        sys.exit(64)
    wall, cpu = time.perf_counter(), time.process_time()
    items, check = task()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"items": items, "seconds": round(wall, 6), "cpu": round(cpu, 6), "check": check}))


if __name__ == "__main__":
    main()
