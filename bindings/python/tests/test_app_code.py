"""Models and stores that the application writes in Python."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ghostwren import Ghostwren, Model, ModelRequest, SqliteStore, Store, errors, sync

ANSWER = '{"tweets": ["dns again!! of course it is dns", "ok so the parser eats tea now"]}'


class Fixed(Model):
    provider = "home"
    name = "fixed"
    capabilities = {"context_tokens": 32_000, "max_n": 2}
    price = {"input": 1_000_000, "cached": 500_000, "cache_write": 0, "output": 2_000_000}

    def __init__(self) -> None:
        self.requests: list[ModelRequest] = []

    async def complete(self, request: ModelRequest) -> dict[str, Any]:
        self.requests.append(request)
        await asyncio.sleep(0)
        return {"answers": [ANSWER] * request.n, "usage": {"input_tokens": 100, "output_tokens": 20}, "request_id": "r-7"}


class Broken(Model):
    def __init__(self, error: Exception) -> None:
        self.error = error

    async def complete(self, request: ModelRequest) -> str:
        raise self.error


async def generate_with(model: Any, sample: Path) -> Any:
    async with Ghostwren(store=":memory:", model=model) as wren:
        account = await wren.user().open_account("main")
        await account.import_archive(sample)
        report = await account.generate("dns", count=1, repair=False)
        return report, await account.ai_runs()


def test_a_model_of_the_application(sample: Path) -> None:
    model = Fixed()
    report, runs = asyncio.run(generate_with(model, sample))
    assert report.generation.model == "fixed"
    assert len(report.drafts) + len(report.generation.rejected) > 0
    assert model.requests[0].purpose == "generate" and model.requests[0].messages[0]["role"] == "system"
    (run,) = runs
    assert (run.provider, run.model, run.request_id) == ("home", "fixed", "r-7")
    # 100 tokens at a dollar a million and 20 at two.
    assert run.cost_micros == 140 and report.cost_micros == 140


def test_what_a_model_raises_is_the_cause(sample: Path) -> None:
    error = ZeroDivisionError("in the application's code")
    with pytest.raises(errors.ServerError, match="in the application's code") as caught:
        asyncio.run(generate_with(Broken(error), sample))
    assert caught.value.__cause__ is error
    assert caught.value.code == "model.app_failed"
    assert caught.value.remedy == "Look at the cause: the application's own code threw it."


def test_an_error_of_ours_keeps_its_kind(sample: Path) -> None:
    error = errors.ContentRefusedError("not that", code="app.refused", status=451)
    with pytest.raises(errors.ContentRefusedError, match="not that") as caught:
        asyncio.run(generate_with(Broken(error), sample))
    assert (caught.value.code, caught.value.status) == ("app.refused", 451)
    assert caught.value.__cause__ is error


def test_an_answer_that_cannot_be_read(sample: Path) -> None:
    class Odd(Model):
        async def complete(self, request: ModelRequest) -> Any:
            return 7

    with pytest.raises(errors.ServerError, match="a text, a list of texts or a dict, not int"):
        asyncio.run(generate_with(Odd(), sample))

    class Wrong(Model):
        async def complete(self, request: ModelRequest) -> Any:
            return {"answer": "x"}

    with pytest.raises(errors.DecodeError, match="model.unreadable"):
        asyncio.run(generate_with(Wrong(), sample))


def test_half_an_emoji_does_not_lose_the_answer(sample: Path) -> None:
    class Cut(Model):
        async def complete(self, request: ModelRequest) -> str:
            return ANSWER.replace("dns again!!", "dns again!! \ud83d").replace("tea now", "tea now \ude00")

    report, _ = asyncio.run(generate_with(Cut(), sample))
    assert "\ufffd" in "".join(draft.text for draft in report.drafts) + str(report.generation.rejected)


@pytest.mark.parametrize("answer", [object(), float("nan"), {"answers": float("nan")}, {"answers": [b"x"]}])
def test_an_answer_that_cannot_be_sent_is_the_applications_failure(sample: Path, answer: Any) -> None:
    class Odd(Model):
        async def complete(self, request: ModelRequest) -> Any:
            return answer

    class OddStore(Store):
        async def call(self, method: str, owner: str, arguments: dict[str, Any]) -> Any:
            return answer

    with pytest.raises(errors.ServerError) as caught:
        asyncio.run(generate_with(Odd(), sample))
    assert caught.value.code == "model.app_failed"
    with pytest.raises(errors.StorageError) as failed:
        sync.Ghostwren(store=OddStore()).user().open_account("main")
    assert failed.value.code == "store.app_failed"
    assert isinstance(failed.value.__cause__, (TypeError, ValueError))


def test_a_model_that_streams(sample: Path) -> None:
    closed = []

    class Streaming(Fixed):
        async def stream(self, request: ModelRequest) -> AsyncIterator[str]:
            try:
                for start in range(0, len(ANSWER), 7):
                    yield ANSWER[start : start + 7]
            finally:
                closed.append(True)

    async def run() -> None:
        async with Ghostwren(store=":memory:", model=Streaming()) as wren:
            account = await wren.user().open_account("main")
            await account.import_archive(sample)
            grown = ""
            async for event in account.generate_stream("dns", count=1, repair=False):
                if event.event == "growing" and event.candidate == 0:
                    grown += event.text or ""
            assert "dns again" in grown
            assert event.report is not None
            # Stopping in the middle closes the model's generator.
            closed.clear()
            async for event in account.generate_stream("dns", count=1, repair=False):
                if event.event == "growing":
                    break
            del event
            for _ in range(100):
                if closed:
                    break
                await asyncio.sleep(0.02)
            assert closed == [True]

    asyncio.run(run())


def test_a_model_for_the_synchronous_face(sample: Path) -> None:
    class Plain:
        name = "plain"

        def complete(self, request: ModelRequest) -> str:
            return ANSWER

    with sync.Ghostwren(store=":memory:", model=Plain()) as wren:
        account = wren.user().open_account("main")
        account.import_archive(sample).report()
        report = account.generate("dns", count=1, repair=False)
        assert report.generation.model == "plain"
    error = KeyError("lost")
    with sync.Ghostwren(store=":memory:", model=Broken(error)) as wren:
        account = wren.user().open_account("main")
        account.import_archive(sample).report()
        with pytest.raises(errors.ServerError) as caught:
            account.generate("dns")
        assert caught.value.__cause__ is error


class Plain:
    """A model without `async`."""

    name = "plain"

    def __init__(self, work: Callable[[], object] = lambda: None) -> None:
        self.work = work

    def complete(self, request: ModelRequest) -> str:
        self.work()
        return ANSWER


def account_with(model: Any, sample: Path) -> sync.Account:
    account = sync.Ghostwren(store=":memory:", model=model).user().open_account("main")
    account.import_archive(sample).report()
    return account


def test_a_plain_method_does_not_stop_the_loop(sample: Path) -> None:
    may_end = threading.Event()

    async def run() -> None:
        # The loop has to go on for the model to end.
        asyncio.get_running_loop().call_later(0.2, may_end.set)
        await generate_with(Plain(lambda: may_end.wait(20) or pytest.fail("the loop stands still")), sample)

    asyncio.run(run())


def test_plain_methods_run_at_the_same_time(sample: Path) -> None:
    # More than the executor of a loop has threads on a small machine.
    together = threading.Barrier(12, timeout=30)
    account = account_with(Plain(together.wait), sample)
    with ThreadPoolExecutor(12) as pool:
        made = [pool.submit(account.generate, "dns", count=1, repair=False) for _ in range(12)]
        assert [found.result().generation.model for found in made] == ["plain"] * 12


def test_a_model_that_calls_the_synchronous_face_itself(sample: Path) -> None:
    inner: list[str] = []

    def ask() -> None:
        inner.append(account_with(Plain(), sample).generate("dns", count=1, repair=False).generation.model)

    account_with(Plain(ask), sample).generate("dns", count=1, repair=False)
    assert inner == ["plain"]

    class Blocking(Model):
        async def complete(self, request: ModelRequest) -> str:
            ask()
            return ANSWER

    # This one stands on the loop that the inner model would need.
    with pytest.raises(errors.ConfigError, match="without `async`") as caught:
        account_with(Blocking(), sample).generate("dns", count=1, repair=False)
    assert caught.value.code == "binding.no_loop"


@pytest.mark.parametrize("end", [SystemExit(3), KeyboardInterrupt(), GeneratorExit(), asyncio.CancelledError()])
@pytest.mark.parametrize("plain", [True, False])
def test_the_end_of_the_program_in_a_model_ends_its_call_alone(sample: Path, end: BaseException, plain: bool) -> None:
    raised = [end]

    def work() -> None:
        if raised:
            raise raised.pop()

    class Ending(Model):
        async def complete(self, request: ModelRequest) -> str:
            work()
            return ANSWER

    account = account_with(Plain(work) if plain else Ending(), sample)
    with pytest.raises(errors.ServerError) as caught:
        account.generate("dns", count=1, repair=False)
    assert caught.value.code == "model.app_failed" and type(caught.value.__cause__) is type(end)
    # The loop of the background still runs.
    assert account.generate("dns", count=1, repair=False).drafts


def test_a_plain_stream(sample: Path) -> None:
    closed = threading.Event()
    threads: set[str] = set()

    class Streaming(Plain):
        def stream(self, request: ModelRequest) -> Iterator[str]:
            try:
                for start in range(0, len(ANSWER), 7):
                    threads.add(threading.current_thread().name)
                    yield ANSWER[start : start + 7]
            finally:
                closed.set()

    account = account_with(Streaming(), sample)
    for event in account.generate_stream("dns", count=1, repair=False):
        pass
    assert event.report is not None and closed.is_set()
    closed.clear()
    for event in account.generate_stream("dns", count=1, repair=False):
        if event.event == "growing":
            break
    assert closed.wait(10)
    assert "ghostwren-callbacks" not in threads and threads


@pytest.mark.parametrize("face", ["async", "sync"])
def test_a_model_that_knows_its_ghostwren_is_freed(sample: Path, face: str) -> None:
    async def run(model: Any) -> None:
        model.wren = Ghostwren(store=":memory:", model=model)
        model.account = await model.wren.user().open_account("main")
        await model.account.import_archive(sample)
        await model.account.generate("dns", count=1, repair=False)
        model.unread = model.account.generate_stream("dns")

    def make() -> weakref.ref[Any]:
        model: Any = Plain()
        if face == "async":
            asyncio.run(run(model))
        else:
            model.account = account_with(model, sample)
            model.account.generate("dns", count=1, repair=False)
            model.unread = model.account.generate_stream("dns")
        return weakref.ref(model)

    made = [make() for _ in range(3)]
    for _ in range(100):
        gc.collect()
        if not any(model() for model in made):
            break
        # The thread of the background lets its last task go.
        time.sleep(0.02)
    assert [model() for model in made] == [None] * 3


def test_a_collection_in_the_middle_takes_nothing_that_is_needed(sample: Path) -> None:
    async def run() -> None:
        class Collecting(Model):
            async def complete(self, request: ModelRequest) -> str:
                gc.collect()
                await asyncio.sleep(0.01)
                gc.collect()
                return ANSWER

        model: Any = Collecting()
        model.wren = Ghostwren(store=":memory:", model=model)
        account = await model.wren.user().open_account("main")
        del model
        gc.collect()
        await account.import_archive(sample)
        # Nothing but the call itself holds the model, the store and the account from here on.
        call = account.generate("dns", count=1, repair=False)
        stream = account.generate_stream("dns", count=1, repair=False)
        del account
        gc.collect()
        assert (await call).drafts
        *_, last = [event.event async for event in stream]
        assert last == "finished"

    asyncio.run(run())


def test_a_loop_that_is_closed_with_a_call_under_way_is_freed(tmp_path: Path) -> None:
    wren = Ghostwren(store=tmp_path / "a.db")
    account = asyncio.run(wren.user().open_account("main"))

    def make() -> weakref.ref[Any]:
        loop = asyncio.new_event_loop()
        pending: list[Any] = []

        async def begin() -> None:
            pending.append(asyncio.ensure_future(account.record()))
            await asyncio.sleep(0)

        loop.run_until_complete(begin())
        loop.close()
        # Or asyncio complains that it was destroyed while it was pending, as it was.
        pending[0]._log_destroy_pending = False
        return weakref.ref(loop)

    made = [make() for _ in range(5)]
    gc.collect()
    assert [loop() for loop in made] == [None] * 5
    # And the next loop works.
    assert asyncio.run(account.record()).id == account.id


class Counting(Store):
    """A store that wraps another one."""

    def __init__(self, inner: SqliteStore) -> None:
        self.inner = inner
        self.methods: list[str] = []

    async def call(self, method: str, owner: str, arguments: dict[str, Any]) -> Any:
        self.methods.append(method)
        if method == "spend":
            raise PermissionError("not today")
        return await self.inner.call(method, owner, arguments)


def test_a_store_of_the_application(sample: Path, tmp_path: Path) -> None:
    async def run() -> None:
        store = Counting(SqliteStore(tmp_path / "inner.db"))
        async with Ghostwren(store=store) as wren:
            account = await wren.user("ada").open_account("main")
            report = await account.import_archive(sample)
            assert report.end.kind == "complete"
            found = await account.tweets(limit=5)
            assert len(found) == 5
            assert {"open_account", "begin_import", "import_page", "finish_import", "tweets"} <= set(store.methods)
            with pytest.raises(errors.NotFoundError) as caught:
                await account.draft("01890000-0000-7000-8000-000000000000")
            assert caught.value.code == "store.no_draft"
            with pytest.raises(errors.StorageError, match="not today") as failed:
                await account.spend()
            assert isinstance(failed.value.__cause__, PermissionError)
        await store.inner.aclose()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"store": 3}, "store"),
        ({"store": ":memory:", "model": "gpt-4o"}, "model"),
        ({"store": ":memory:", "twitter": "id"}, "twitter"),
    ],
)
def test_wrong_settings_name_the_argument(arguments: dict[str, Any], name: str) -> None:
    with pytest.raises(TypeError, match=f"`{name}`"):
        Ghostwren(**arguments)


class Misspelt(Fixed):
    capabilities = {"context_token": 32_000}


@pytest.mark.parametrize(
    ("setting", "unknown", "known"),
    [
        ({"twitter": sync.TwitterApp("id", prices={"post_raed": 1})}, "post_raed", "post_read, user_read, owned_read,"),
        ({"twitter": sync.TwitterApp("id", prices={"po`st": 1})}, "po", "post_read, user_read, owned_read,"),
        (
            {"model": sync.OpenAI(api_key="x", price={"input": 1, "cached": 1, "output": 1, "per_token": 1})},
            "per_token",
            "input, cached, cache_write, output.",
        ),
        ({"model": Misspelt()}, "context_token", "context_tokens, max_output_tokens,"),
    ],
)
def test_a_name_within_a_setting_that_nobody_knows_is_refused_with_those_that_there_are(
    setting: dict[str, Any], unknown: str, known: str
) -> None:
    with pytest.raises(errors.ArgumentTypeError) as caught:
        sync.Ghostwren(store=":memory:", **setting).open()
    assert caught.value.code == "argument.unknown"
    assert f"unknown field `{unknown}`. Leave it out; there are {known}" in str(caught.value)


def test_writing_into_a_cache_costs_what_input_costs_unless_it_is_said(sample: Path) -> None:
    class Plain(Fixed):
        price = {"input": 1_000_000, "cached": 500_000, "output": 2_000_000}

    _, (run,) = asyncio.run(generate_with(Plain(), sample))
    assert run.cost_micros == 140


def test_a_setting_of_the_wrong_type_does_not_show_a_secret() -> None:
    async def run() -> None:
        with pytest.raises(errors.InvalidInputError) as caught:
            async with Ghostwren(store=":memory:", sealing_keys=["secret-value"]):  # type: ignore[arg-type]
                pass
        assert "secret-value" not in str(caught.value)

    asyncio.run(run())
