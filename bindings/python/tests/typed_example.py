"""Checked by mypy and pyright in strict mode, never run: what a user writes has the types that it should have."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any

from ghostwren import Account, Ghostwren, GhostwrenError, Model, ModelRequest, OpenAI, SqliteStore, Store, Supabase, SupabaseStore, Tweet, TweetList, Twitter, User
from ghostwren import errors, generate, style, sync, text
from ghostwren.supabase import StoredSession
from ghostwren.records import AuthSession, BulkReport, Diagnosis, Draft, StoredFile, GenerationReport, ImportFinished, ImportProgress, ImportReport, Page


class Echo(Model):
    name = "echo"

    async def complete(self, request: ModelRequest) -> str:
        return request.messages[-1]["content"]

    async def stream(self, request: ModelRequest) -> AsyncIterator[str]:
        yield await self.complete(request)


class Plain(Model):
    """Without `async`: each method on a thread of its own."""

    name = "plain"

    def complete(self, request: ModelRequest) -> list[str]:
        return [request.messages[-1]["content"]] * request.n

    def stream(self, request: ModelRequest) -> Iterator[tuple[int, str]]:
        yield 0, "a part"


class Duck:
    """Any object with the method will do."""

    async def complete(self, request: ModelRequest) -> dict[str, object]:
        return {"answers": [request.purpose], "usage": {"input_tokens": 1}}


class Wrapping(Store):
    def __init__(self) -> None:
        self.inner = SqliteStore("inner.db")

    async def call(self, method: str, owner: str, arguments: dict[str, Any]) -> Any:
        return await self.inner.call(method, owner, arguments)


class Counting(Store):
    def call(self, method: str, owner: str, arguments: dict[str, Any]) -> int:
        return len(arguments)


class Silent:
    def call(self, method: str, owner: str, arguments: dict[str, Any]) -> None:
        return None


class Odd:
    def complete(self, request: ModelRequest) -> int:
        return 7


def of_your_own() -> None:
    Ghostwren(store=Wrapping(), model=Plain())
    Ghostwren(store=Counting(), model=Duck())
    sync.Ghostwren(store=Silent(), model=Plain())
    # A model answers with texts.
    Ghostwren(store=":memory:", model=Odd())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    Ghostwren(store=3)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


async def workflow() -> None:
    async with Ghostwren(store="ghostwren.db", model=OpenAI(model="gpt-4o")) as wren:
        account: Account = await wren.user().open_account("main")
        async for event in account.import_archive("twitter.zip"):
            if isinstance(event, ImportProgress):
                total: int | None = event.progress.total
                print(total, event.progress.counts.inserted)
            elif isinstance(event, ImportFinished):
                end: str = event.report.end.kind
                print(end)
        report: ImportReport = await account.import_archive("twitter.zip")
        print(report.counts.read)
        page: Page[Tweet] = await account.tweets('"a phrase"', kinds=["original"], limit=10)
        first: Tweet = page[0]
        when: datetime = first.created_at
        likes: int | None = first.likes
        print(when, likes, page.next)
        tweets: TweetList = await account.all_tweets()
        print(tweets[0].full_text, tweets[:5])
        learned = await account.analyze_style()
        profile: style.StyleProfile = learned.profile
        print([feature.z for feature in profile.summary().characteristic_habits])
        drafts: GenerationReport = await account.generate("why we rewrote it in Rust", count=5)
        for draft in drafts:
            approved: Draft = await account.approve(draft.id)
            print(approved.text, approved.state)
        async for step in account.generate_stream("dns"):
            grown: str | None = step.text
            print(grown)
        async for delta in OpenAI().chat_stream("hello"):
            word: str = delta.text
            print(word)
        try:
            await account.publish(drafts.drafts[0].id)
        except errors.RateLimitedError as error:
            print(error.retry_at, error.attempts)
        except GhostwrenError as error:
            print(error.kind, error.code, error.remedy)


async def supabase(token: str, callback: str) -> None:
    store = SupabaseStore("https://x.supabase.co", "sb_publishable_x", secret_key="sb_secret_x")
    async with Ghostwren(store=store) as wren:
        account: Account = await wren.user(token=token).open_account()
        login = await wren.auth.authorize("https://my.app/callback", scopes=["tweet.write"])
        session: AuthSession = (await wren.auth.finish(login, callback)).session
        me: User = await wren.sign_in(session, keep=StoredSession("sessions.db"))
        until: datetime = (await me.session()).expires_at
        said: Diagnosis = await wren.doctor(me)
        file: StoredFile = await account.save_export()
        size: int | None = file.size
        print(until, said.is_well, [finding.what for finding in said.findings], size, (await wren.audit()).credentials)
    async with Supabase() as project, Twitter(token) as x:
        rows = project.bulk("tweets", columns={"id": "id"}, token=token)
        async for page in x.timeline_lists("1"):
            first: Tweet = page[0]
            print(first.id)
            await rows.add(page)
        report: BulkReport = await rows.finish()
        print(report.written)


def blocking() -> None:
    with sync.Ghostwren(store=SqliteStore("ghostwren.db"), model=Echo()) as wren:
        account: sync.Account = wren.user().open_account("main")
        for event in account.import_archive("twitter.zip"):
            print(event.event)
        report: ImportReport = account.import_archive("twitter.zip").report()
        print(report.elapsed.total_seconds())
        drafts: GenerationReport = account.generate("tea")
        print(len(drafts))


def local() -> None:
    length: int = text.weighted_length("hello")
    entities = text.extract("@wren")
    profile = style.StyleProfile.from_texts(["one", "two"])
    selection = generate.select(profile, ["three", "four"], 1)
    print(length, entities[0].start, selection.chosen[0].scores.style, profile.fingerprint.distance(profile.fingerprint))
