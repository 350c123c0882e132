from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "examples" / "rust" / "sample-archive"


class Sandbox:
    """The stand-ins as a process, and its control."""

    def __init__(self, addresses: dict[str, str]) -> None:
        self.addresses = addresses
        self.openai_url = addresses["openai_url"]
        self.key = addresses["key"]
        self.x_url = addresses["x_url"]

    def do(self, command: str, **arguments: Any) -> Any:
        body = json.dumps({"do": command, **arguments}).encode()
        request = urllib.request.Request(self.addresses["control_url"], data=body, method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    program = os.environ.get("GHOSTWREN_SANDBOX", str(ROOT / "target" / "debug" / "ghostwren-sandbox"))
    with subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdin is not None
        yield Sandbox(json.loads(process.stdout.readline()))
        process.stdin.close()
        process.wait(timeout=10)


@pytest.fixture()
def clean_sandbox(sandbox: Sandbox) -> Sandbox:
    sandbox.do("reset")
    return sandbox


@pytest.fixture(scope="session")
def sample() -> Path:
    return SAMPLE


START = datetime(2022, 3, 1, 12, tzinfo=timezone.utc)


def write_archive(folder: Path, tweets: int) -> Path:
    """An archive of so many tweets, as a folder."""
    data = folder / "data"
    data.mkdir(parents=True)
    account = [{"account": {"accountId": "7", "username": "wren", "accountDisplayName": "Wren", "email": "w@example.org"}}]
    (data / "account.js").write_text("window.YTD.account.part0 = " + json.dumps(account))
    entries = [
        {
            "tweet": {
                "id_str": str(1_500_000_000_000_000_000 + number * 1000),
                "full_text": f"tweet number {number} about the parser, dns and tea",
                "created_at": (START + timedelta(seconds=number)).strftime("%a %b %d %H:%M:%S +0000 %Y"),
                "favorite_count": str(number % 100),
                "retweet_count": "0",
                "lang": "en",
            }
        }
        for number in range(tweets)
    ]
    (data / "tweets.js").write_text("window.YTD.tweets.part0 = " + json.dumps(entries))
    return folder


@pytest.fixture(scope="session")
def big_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive that takes some seconds."""
    return write_archive(tmp_path_factory.mktemp("big") / "archive", 60_000)
