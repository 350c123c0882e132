"""The examples run with no key."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, Sandbox

EXAMPLES = ROOT / "examples" / "python"


def run(name: str, folder: Path, **variables: str) -> str:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "TWITTER_", "GHOSTWREN_MODEL"))}
    command = [sys.executable, str(EXAMPLES / name)]
    done = subprocess.run(command, cwd=folder, env=environment | variables, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_quickstart(tmp_path: Path) -> None:
    output = run("quickstart.py", tmp_path)
    assert "247 tweets imported" in output and "[" in output


def test_quickstart_with_a_key(tmp_path: Path, clean_sandbox: Sandbox) -> None:
    variables = {"OPENAI_API_KEY": clean_sandbox.key, "OPENAI_BASE_URL": clean_sandbox.openai_url}
    assert "of 280]" in run("quickstart.py", tmp_path, **variables)
    assert any(request["path"] == "/v1/chat/completions" for request in clean_sandbox.do("requests"))


def test_style_profile(tmp_path: Path) -> None:
    run("style_profile.py", tmp_path)


def test_service(tmp_path: Path, clean_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, sample: Path) -> None:
    pytest.importorskip("fastapi")
    pytest.importorskip("httpx2")
    monkeypatch.setenv("OPENAI_API_KEY", clean_sandbox.key)
    monkeypatch.setenv("OPENAI_BASE_URL", clean_sandbox.openai_url)
    monkeypatch.setenv("GHOSTWREN_DB", str(tmp_path / "a.db"))
    monkeypatch.syspath_prepend(str(EXAMPLES))
    import service  # type: ignore[import-not-found, unused-ignore]
    from fastapi.testclient import TestClient

    with TestClient(service.app) as client:
        mine = {"x-owner": "ada"}
        assert client.get("/tweets").status_code == 401
        archive = Path(shutil.make_archive(str(tmp_path / "twitter"), "zip", sample))
        report = client.post("/import", content=archive.read_bytes(), headers=mine).json()
        assert report["counts"]["inserted"] == 247
        assert len(client.get("/tweets", params={"search": "the"}, headers=mine).json()["items"]) > 0
        assert client.get("/tweets", headers={"x-owner": "eve"}).json()["items"] == []
        refused = client.post("/import", content=b"not one", headers=mine)
        assert (refused.status_code, refused.json()["code"]) == (422, "archive.not_an_archive")
        with client.stream("POST", "/drafts", params={"topic": "dns"}, headers=mine) as answer:
            lines = [line for line in answer.iter_lines() if line]
        assert '"started"' in lines[0] and '"finished"' in lines[-1]
        # What goes wrong before the first event has a status; what does later is told in the answer, which has begun.
        failed = client.post("/drafts", params={"topic": "dns"}, headers={"x-owner": "eve"})
        assert (failed.status_code, failed.json()["code"]) == (422, "style.empty_corpus")
        clean_sandbox.do("openai_script", endpoint="chat", faults=["truncated"])
        broken = client.post("/drafts", params={"topic": "dns"}, headers=mine)
        lines = [line for line in broken.text.splitlines() if line]
        assert broken.status_code == 200 and '"started"' in lines[0]
        assert lines[-2] == "event: failed" and json.loads(lines[-1].removeprefix("data: "))["kind"] == "truncated"


def test_a_client_that_leaves_stops_the_service(tmp_path: Path, clean_sandbox: Sandbox, sample: Path) -> None:
    pytest.importorskip("uvicorn")
    variables = {
        "OPENAI_API_KEY": clean_sandbox.key,
        "OPENAI_BASE_URL": clean_sandbox.openai_url,
        "GHOSTWREN_DB": str(tmp_path / "a.db"),
    }
    command = [sys.executable, "-m", "uvicorn", "service:app", "--port", "0", "--app-dir", str(EXAMPLES)]
    service = subprocess.Popen(command, cwd=tmp_path, env=os.environ | variables, stderr=subprocess.PIPE, text=True)
    try:
        assert service.stderr is not None
        lines = iter(service.stderr.readline, "")
        port = next(int(found[1]) for line in lines if (found := re.search(r"running on http://127\.0\.0\.1:(\d+)", line)))

        def ask(path: str, body: bytes = b"") -> http.client.HTTPConnection:
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            client.request("POST", path, body, {"x-owner": "ada"})
            return client

        archive = Path(shutil.make_archive(str(tmp_path / "twitter"), "zip", sample))
        client = ask("/import", archive.read_bytes())
        with client.getresponse() as answer:
            assert answer.status == 200
        client.close()
        # Before there is an answer, and in it.
        for fault in ["hang", "slow-bytes=20"]:
            clean_sandbox.do("openai_script", endpoint="chat", faults=[fault])
            asked = len(clean_sandbox.do("requests")) + 1
            client = ask("/drafts?topic=dns")
            if fault != "hang":
                with client.getresponse() as answer:
                    assert answer.readline().startswith(b"data: ")
            while len(clean_sandbox.do("requests")) < asked:
                time.sleep(0.02)
            client.close()
            end = time.monotonic() + 20
            while not clean_sandbox.do("requests")[-1]["dropped"]:
                assert time.monotonic() < end, "the request to the model went on"
                time.sleep(0.02)
    finally:
        service.terminate()
        said = service.communicate(timeout=30)[1]
    assert "Traceback" not in said, said
