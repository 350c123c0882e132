"""Calls as coroutines: every way that asyncio has to run them, and to stop them."""

from __future__ import annotations

import asyncio
import base64
import gc
import threading
from pathlib import Path
from typing import Any

import pytest

import ghostwren
from ghostwren import Ghostwren, errors


SEALING_KEYS = "test:" + base64.b64encode(bytes(range(32))).decode()


class Waiting(ghostwren.Model):
    """A model that never answers, and notices when it is cancelled."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.cancelled = asyncio.Event()

    async def complete(self, request: Any) -> str:
        self.asked.set()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        return "never"


async def account_with_tweets(wren: Ghostwren, sample: Path) -> ghostwren.Account:
    account = await wren.user().open_account("main")
    await account.import_archive(sample)
    return account


def test_a_call_is_a_coroutine_that_asyncio_run_takes() -> None:
    wren = Ghostwren(store=":memory:")
    account = asyncio.run(wren.user().open_account("main"))
    assert account.id.count("-") == 4


def test_a_call_begins_when_it_is_awaited(tmp_path: Path) -> None:
    wren = Ghostwren(store=tmp_path / "a.db")
    coroutine = wren.user().open_account("main")
    assert not (tmp_path / "a.db").exists()
    coroutine.close()


async def _every_way() -> None:
    async with Ghostwren(store=":memory:") as wren:
        user = wren.user()
        one = await asyncio.create_task(user.open_account("one"))
        two, three = await asyncio.gather(user.open_account("two"), user.open_account("three"))
        four = await asyncio.wait_for(user.open_account("four"), 5)
        assert len({one.id, two.id, three.id, four.id}) == 4
        assert {account.id for account in await user.accounts()} == {one.id, two.id, three.id, four.id}
        if hasattr(asyncio, "TaskGroup"):
            async with asyncio.TaskGroup() as group:
                task = group.create_task(user.open_account("one"))
            assert task.result().id == one.id
        if hasattr(asyncio, "timeout"):
            async with asyncio.timeout(5):
                assert (await one.record()).label == "one"


def test_every_way_of_asyncio() -> None:
    asyncio.run(_every_way())


def test_cancelling_a_task_stops_the_work(sample: Path) -> None:
    async def run() -> None:
        model = Waiting()
        async with Ghostwren(store=":memory:", model=model) as wren:
            account = await account_with_tweets(wren, sample)
            task = asyncio.create_task(account.generate("dns"))
            await asyncio.wait_for(model.asked.wait(), 10)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            # The drop of Rust's future comes back as the cancelling of the model's coroutine.
            await asyncio.wait_for(model.cancelled.wait(), 5)
            runs = await account.ai_runs()
            assert [run.outcome["outcome"] for run in runs] in (["open"], ["cancelled"])

    asyncio.run(run())


def test_a_timeout_stops_the_work(sample: Path) -> None:
    async def run() -> None:
        model = Waiting()
        async with Ghostwren(store=":memory:", model=model) as wren:
            account = await account_with_tweets(wren, sample)
            call = asyncio.ensure_future(account.generate("dns"))
            await asyncio.wait_for(model.asked.wait(), 20)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(call, 0.2)
            await asyncio.wait_for(model.cancelled.wait(), 5)

    asyncio.run(run())


def test_a_loop_that_stops_reading_stops_the_import(tmp_path: Path, big_archive: Path) -> None:
    async def run() -> None:
        async with Ghostwren(store=tmp_path / "a.db") as wren:
            account = await wren.user().open_account("main")
            async for event in account.import_archive(big_archive):
                if isinstance(event, ghostwren.records.ImportProgress):
                    break
            gc.collect()
            for _ in range(100):
                (run,) = await account.imports()
                if run.end is not None:
                    break
                await asyncio.sleep(0.05)
            assert run.end is not None and run.end.kind == "cancelled"
            stored = await account.count_tweets()
            assert 0 < stored < 60_000
            # The same call goes on from there.
            report = await account.import_archive(big_archive)
            assert report.end.kind == "complete"
            assert await account.count_tweets() == 60_000
            assert report.run.id == run.id

    asyncio.run(run())


def test_cancelling_the_reader_of_events_stops_the_import(tmp_path: Path, big_archive: Path) -> None:
    async def run() -> None:
        async with Ghostwren(store=tmp_path / "a.db") as wren:
            account = await wren.user().open_account("main")
            work = account.import_archive(big_archive)
            task = asyncio.create_task(work.report())
            while not await account.count_tweets():
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            for _ in range(100):
                (run,) = await account.imports()
                if run.end is not None:
                    break
                await asyncio.sleep(0.05)
            assert run.end is not None and run.end.kind == "cancelled"

    asyncio.run(run())


def test_a_thousand_calls_at_once() -> None:
    async def run() -> None:
        async with Ghostwren(store=":memory:") as wren:
            account = await wren.user().open_account("main")
            records = await asyncio.gather(*(account.record() for _ in range(1000)))
            assert {record.id for record in records} == {account.id}

    asyncio.run(run())


def test_two_event_loops_in_two_threads(sample: Path) -> None:
    class Named(ghostwren.Model):
        async def complete(self, request: Any) -> str:
            loops.add(id(asyncio.get_running_loop()))
            await asyncio.sleep(0.2)
            return '{"tweets": ["dns again!! of course"]}'

    loops: set[int] = set()
    wren = Ghostwren(store=":memory:", model=Named())
    ids: list[str] = []

    def work(label: str) -> None:
        async def run() -> None:
            account = await wren.user().open_account(label)
            await account.import_archive(sample)
            await account.generate("dns")
            ids.append(account.id)

        asyncio.run(run())

    threads = [threading.Thread(target=work, args=(label,)) for label in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(set(ids)) == 2
    # Each loop ran the coroutines of its own calls.
    assert len(loops) == 2
    asyncio.run(wren.aclose())


def test_one_loop_after_another() -> None:
    wren = Ghostwren(store=":memory:")
    ids = {asyncio.run(wren.user().open_account("main")).id for _ in range(3)}
    assert len(ids) == 1


def test_a_call_without_a_loop_says_so() -> None:
    coroutine = Ghostwren(store=":memory:").user().open_account("main")
    with pytest.raises(RuntimeError, match="no running event loop"):
        coroutine.send(None)


def test_use_after_close() -> None:
    async def run() -> None:
        wren = Ghostwren(store=":memory:")
        account = await wren.user().open_account("main")
        await wren.aclose()
        await wren.aclose()
        assert wren.closed
        with pytest.raises(errors.ConflictError, match="closed") as caught:
            await account.record()
        assert caught.value.code == "binding.closed"
        with pytest.raises(errors.ConflictError, match="closed"):
            account.import_archive("nothing")

    asyncio.run(run())


def test_a_stream_is_read_in_one_place() -> None:
    async def run() -> None:
        app = ghostwren.TwitterApp("client", redirect_uri="http://127.0.0.1:0/callback")
        async with Ghostwren(store=":memory:", twitter=app, sealing_keys=SEALING_KEYS) as wren:
            login = wren.user().connect().in_browser()
            assert (await login.__anext__()).event == "opened"
            # It waits for a browser now, which never comes.
            waiting = asyncio.ensure_future(login.__anext__())
            await asyncio.sleep(0.2)
            with pytest.raises(errors.ConflictError) as caught:
                await login.__anext__()
            assert caught.value.code == "binding.busy" and not waiting.done()
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert [event async for event in login] == []

    asyncio.run(run())


def test_a_panic_is_an_error_and_the_process_lives() -> None:
    async def run() -> None:
        wren = Ghostwren(store=":memory:")
        with pytest.raises(errors.InternalError, match="a panic for a test"):
            await wren._session.call("test.panic", {})
        assert (await wren.user().open_account("main")).id

    asyncio.run(run())
    with pytest.raises(errors.InternalError, match="a panic for a test"):
        ghostwren._native.local("test.panic", "{}")


def test_the_loop_goes_on_while_rust_works(tmp_path: Path, big_archive: Path) -> None:
    async def run() -> int:
        async with Ghostwren(store=tmp_path / "a.db") as wren:
            account = await wren.user().open_account("main")
            task = asyncio.ensure_future(account.import_archive(big_archive).report())
            turns = 0
            while not task.done():
                await asyncio.sleep(0.005)
                turns += 1
            await task
            return turns

    # Counted and not timed: a call that kept the loop would leave it a turn or two, on a machine of any speed.
    assert asyncio.run(run()) > 10


def test_errors_of_a_call_and_of_a_stream() -> None:
    async def run() -> None:
        async with Ghostwren(store=":memory:") as wren:
            with pytest.raises(errors.NotFoundError) as caught:
                await wren.user().account("01890000-0000-7000-8000-000000000000")
            assert caught.value.code == "store.no_account"
            account = await wren.user().open_account("main")
            with pytest.raises(errors.NotFoundError, match="/no/such"):
                async for _ in account.import_archive("/no/such/archive.zip"):
                    pass

    asyncio.run(run())


def test_the_settings_are_checked_when_it_is_opened(tmp_path: Path) -> None:
    async def run() -> None:
        with pytest.raises(errors.StorageError):
            async with Ghostwren(store=tmp_path / "no" / "folder" / "a.db"):
                pass

    asyncio.run(run())
