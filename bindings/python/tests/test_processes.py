"""Forks, Ctrl-C and the end of the interpreter: what has hung other libraries."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
import traceback
from pathlib import Path
from typing import Any

import pytest

import ghostwren
from ghostwren import Ghostwren, ModelRequest, SqliteStore, Store, sync

fork_only = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
# A process of Windows can send none to another alone.
ctrl_c = pytest.mark.skipif(sys.platform == "win32", reason="no Ctrl-C from another process on this system")


def in_child(code: object) -> int:
    """Runs the function in a forked child, and gives its exit code; a child that hangs is an error."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            code()  # type: ignore[operator]
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    for _ in range(200):
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise AssertionError("the child hung")


@fork_only
def test_a_handle_of_the_parent_works_in_the_child(tmp_path: Path) -> None:
    wren = Ghostwren(store=tmp_path / "a.db")
    account = asyncio.run(wren.user().open_account("main"))

    def child() -> None:
        assert asyncio.run(account.record()).id == account.id
        assert asyncio.run(wren.user().open_account("child")).id != account.id

    assert in_child(child) == 0
    assert len(asyncio.run(wren.user().accounts())) == 2
    assert in_child(child) == 0


@fork_only
def test_a_fork_while_calls_are_under_way(tmp_path: Path, big_archive: Path) -> None:
    async def run() -> None:
        async with Ghostwren(store=tmp_path / "a.db") as wren:
            account = await wren.user().open_account("main")
            task = asyncio.ensure_future(account.import_archive(big_archive).report())
            while not await account.count_tweets():
                await asyncio.sleep(0.01)

            def child() -> None:
                # A thread without a loop: the loop of the parent is not ours.
                asyncio.set_event_loop(None)
                asyncio._set_running_loop(None)
                with sync.Ghostwren(store=tmp_path / "a.db") as mine:
                    assert mine.user().open_account("main").id == account.id

            assert in_child(child) == 0
            assert (await task).end.kind == "complete"

    asyncio.run(run())


class Plain:
    name = "plain"

    def complete(self, request: ModelRequest) -> str:
        return '{"tweets": ["dns again!! of course it is dns"]}'


class Passing(Store):
    """A store of the application that passes everything on."""

    def __init__(self, path: Path) -> None:
        self.inner = SqliteStore(path)

    async def call(self, method: str, owner: str, arguments: dict[str, Any]) -> Any:
        return await self.inner.call(method, owner, arguments)


@fork_only
def test_a_model_and_a_store_of_the_application_work_in_the_child(tmp_path: Path, sample: Path) -> None:
    # Without `async`, whose loop runs on a thread that the child does not have.
    wren = sync.Ghostwren(store=Passing(tmp_path / "a.db"), model=Plain())
    account = wren.user().open_account("main")
    account.import_archive(sample).report()
    assert account.generate("dns", count=1, repair=False).generation.model == "plain"

    def child() -> None:
        assert account.record().label == "main"
        assert account.generate("dns", count=1, repair=False).generation.model == "plain"

        def grandchild() -> None:
            assert account.generate("dns", count=1, repair=False).generation.model == "plain"

        assert in_child(grandchild) == 0

    assert [in_child(child) for _ in range(2)] == [0, 0]
    assert account.generate("dns", count=1, repair=False).generation.model == "plain"


def _square(path: str) -> str:
    with sync.Ghostwren(store=path) as wren:
        return wren.user().open_account("main").id


@fork_only
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_pool_of_forks(tmp_path: Path) -> None:
    path = str(tmp_path / "a.db")
    own = _square(path)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map_async(_square, [path] * 6).get(60) == [own] * 6


@fork_only
def test_workers_that_fork_from_a_loaded_app(tmp_path: Path, sample: Path) -> None:
    # As gunicorn does with `preload_app`: the app is made once, each worker has its own loop.
    wren = Ghostwren(store=tmp_path / "a.db")
    asyncio.run(wren.open())

    def worker() -> None:
        async def serve() -> None:
            account = await wren.user().open_account(str(os.getpid()))
            await account.import_archive(sample)
            assert await account.count_tweets() > 0

        asyncio.run(serve())

    assert [in_child(worker) for _ in range(3)] == [0, 0, 0]


def run_script(code: str, *arguments: object, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    script = textwrap.dedent(code)
    command = [sys.executable, "-X", "faulthandler", "-c", script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=timeout)


@ctrl_c
def test_ctrl_c_stops_a_call_of_the_synchronous_face(tmp_path: Path, big_archive: Path) -> None:
    script = textwrap.dedent("""
        import signal, sys, time
        # A shell that starts something in the background has it ignore Ctrl-C, and Python takes that over.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        from ghostwren.sync import Ghostwren
        with Ghostwren(store=sys.argv[1]) as wren:
            account = wren.user().open_account("main")
            try:
                for number, event in enumerate(account.import_archive(sys.argv[2])):
                    if number == 0:
                        print("goes on", flush=True)
            except KeyboardInterrupt:
                print("stopped", flush=True)
            for _ in range(100):
                run, = account.imports()
                if run.end is not None:
                    break
                time.sleep(0.05)
            print(run.end.kind, flush=True)
    """)
    command = [sys.executable, "-c", script, str(tmp_path / "a.db"), str(big_archive)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        # The whole of it takes less than a second.
        assert process.stdout.readline() == "goes on\n"
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "stopped\n"
        assert time.monotonic() - began < 0.5
        assert process.stdout.readline() == "cancelled\n"
        assert process.wait(20) == 0


@ctrl_c
def test_ctrl_c_stops_a_call_that_waits_for_nothing(tmp_path: Path, sample: Path) -> None:
    script = textwrap.dedent("""
        import signal, sys, time
        # A shell that starts something in the background has it ignore Ctrl-C, and Python takes that over.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        from ghostwren.sync import Ghostwren
        class Slow:
            def complete(self, request):
                raise NotImplementedError
            async def stream(self, request):
                yield "x"
        class Endless:
            async def complete(self, request):
                import asyncio
                await asyncio.sleep(60)
        with Ghostwren(store=":memory:", model=Endless()) as wren:
            account = wren.user().open_account("main")
            account.import_archive(sys.argv[1]).report()
            try:
                print("begins", flush=True)
                account.generate("dns")
            except KeyboardInterrupt:
                print("stopped", flush=True)
    """)
    with subprocess.Popen([sys.executable, "-c", script, str(sample)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        time.sleep(0.5)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "stopped\n"
        assert time.monotonic() - began < 0.5
        assert process.wait(20) == 0


@pytest.mark.parametrize("end", ["sys.exit(0)", "raise SystemExit(0)", "return", "loop.stop()"])
def test_the_interpreter_ends_in_the_middle_of_an_import(tmp_path: Path, big_archive: Path, end: str) -> None:
    code = f"""
        import asyncio, sys
        from ghostwren import Ghostwren
        async def main():
            loop = asyncio.get_running_loop()
            wren = Ghostwren(store=sys.argv[1], lease=2)
            account = await wren.user().open_account("main")
            task = asyncio.create_task(account.import_archive(sys.argv[2]).report())
            while not await account.count_tweets():
                await asyncio.sleep(0.01)
            {end}
            await asyncio.sleep(60)
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(main())
        except RuntimeError:
            pass
    """
    done = run_script(code, tmp_path / "a.db", big_archive)
    assert done.returncode == 0, done.stderr
    assert "Fatal" not in done.stderr and "panicked" not in done.stderr, done.stderr

    async def resume() -> None:
        async with Ghostwren(store=tmp_path / "a.db", lease=1) as wren:
            account = await wren.user().open_account("main")
            stored = await account.count_tweets()
            assert 0 < stored
            report = await account.import_archive(big_archive)
            assert report.end.kind == "complete"
            assert await account.count_tweets() == 60_000

    asyncio.run(resume())


def test_a_thread_that_still_waits_does_not_keep_the_interpreter(tmp_path: Path, sample: Path) -> None:
    code = """
        import sys, threading, time
        from ghostwren.sync import Ghostwren
        class Endless:
            async def complete(self, request):
                import asyncio
                await asyncio.sleep(60)
        wren = Ghostwren(store=":memory:", model=Endless())
        account = wren.user().open_account("main")
        account.import_archive(sys.argv[1]).report()
        threading.Thread(target=lambda: account.generate("dns"), daemon=True).start()
        time.sleep(0.5)
    """
    done = run_script(code, sample, timeout=30)
    assert done.returncode == 0, done.stderr


def test_the_version_is_one() -> None:
    tomllib = pytest.importorskip("tomllib")

    cargo = tomllib.loads((Path(__file__).resolve().parents[3] / "Cargo.toml").read_text())
    assert ghostwren.__version__ == cargo["workspace"]["package"]["version"]
