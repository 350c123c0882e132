"""The programs of the documentation, word for word: those that need no server are run, and all of them have the types they say."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Sandbox

import ghostwren

PAGES = [ROOT / "docs" / "python.md", ROOT / "bindings" / "python" / "README.md", ROOT / "README.md"]
BLOCKS = [
    pytest.param(textwrap.dedent(block), id=f"{page.parent.name}/{page.name}-{number}")
    for page in PAGES
    for number, block in enumerate(re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
]


def block_with(words: str, page: Path = PAGES[0]) -> str:
    found = [textwrap.dedent(b) for b in re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL) if words in b]
    assert len(found) == 1, words
    return found[0]


@pytest.fixture()
def where(tmp_path: Path, sample: Path, monkeypatch: pytest.MonkeyPatch, clean_sandbox: Sandbox) -> Path:
    """A folder with the archives that the programs name, and a server behind the key of the environment."""
    for name in ("twitter", "twitter-archive"):
        shutil.make_archive(str(tmp_path / name), "zip", sample)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", clean_sandbox.key)
    monkeypatch.setenv("OPENAI_BASE_URL", clean_sandbox.openai_url)
    return tmp_path


def run(code: str, where: Path) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=where, capture_output=True, text=True, timeout=120, env=os.environ)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("page", PAGES[:2], ids=["docs", "package"])
def test_the_whole_job(page: Path, where: Path) -> None:
    shown = run(block_with("asyncio.run(main())", page), where)
    assert "ImportFinished(" in shown
    shown = run("async def main():\n" + textwrap.indent(IMPORTS + JOB, "    ") + "\nimport asyncio\nasyncio.run(main())", where)
    assert len(shown.splitlines()) > 0


IMPORTS = "from ghostwren import Ghostwren, OpenAI\n"
JOB = block_with("account.analyze_style()", ROOT / "README.md")


def test_without_async(where: Path) -> None:
    assert run(block_with("ghostwren.sync import") + "\nprint(report.counts.inserted)", where) == "247\n"


def test_tweets_as_tables(sample: Path) -> None:
    duckdb, polars, pyarrow = (pytest.importorskip(name) for name in ("duckdb", "polars", "pyarrow"))

    async def job() -> dict[str, Any]:
        async with ghostwren.Ghostwren(store=":memory:") as wren:
            account = await wren.user().open_account("main")
            await account.import_archive(sample)
            space: dict[str, Any] = {"account": account, "polars": polars, "pyarrow": pyarrow, "duckdb": duckdb}
            *lines, last = block_with("polars.DataFrame(tweets)").strip().splitlines()
            last, after = last.split("   # after ")
            body = "\n".join([*lines, after, f"found = {last}.fetchall()", "return tweets, found"])
            exec(f"async def program():\n{textwrap.indent(body, '    ')}", space)
            tweets, found = await space["program"]()
            assert sum(likes for _, likes in found) == sum(tweet.likes or 0 for tweet in await account.all_tweets())
            return dict(found)

    assert asyncio.run(job())["original"] > 0


def test_a_model_of_your_own(sample: Path) -> None:
    async def my_server(messages: list[Any]) -> str:
        return '{"tweets": ["dns again!! of course it is dns"]}'

    space: dict[str, Any] = {"ghostwren": ghostwren, "my_server": my_server}
    exec(block_with("class Mine"), space)

    async def job() -> str:
        async with ghostwren.Ghostwren(store=":memory:", model=space["Mine"]()) as wren:
            account = await wren.user().open_account("main")
            await account.import_archive(sample)
            return (await account.generate("dns", count=1, repair=False)).generation.model

    assert asyncio.run(job()) == "mine"


# What stands around the programs, and is the reader's own.
NAMES = (
    "wren: Ghostwren, account: Account, signed_in: SignedIn, me: User, my_server: Callable[..., Any], url: str, "
    "publishable_key: str, secret_key: str, keys: str, token: str, user_token: str, user_id: str, callback_url: str"
)


@pytest.mark.parametrize("block", BLOCKS)
def test_a_program_has_the_types_that_it_says(block: str, tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    program = (
        "from __future__ import annotations\nimport duckdb, ghostwren, polars, pyarrow\nfrom collections.abc import Callable\n"
        "from typing import Any\nfrom ghostwren import Account, Ghostwren, OpenAI, Supabase, Twitter, User\n"
        "from ghostwren.records import SignedIn\n"
        f"async def program({NAMES}) -> None:\n{textwrap.indent(block, '    ')}"
    )
    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    checks = ["--check-untyped-defs", "--ignore-missing-imports", "--disable-error-code=no-redef", "--config-file="]
    cache = ["--cache-dir", str(ROOT / "target" / "python" / "mypy")]
    command = [sys.executable, "-m", "mypy", *checks, *cache, "--allow-redefinition", "program.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{done.stdout}\n{block}"
