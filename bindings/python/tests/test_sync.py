from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ghostwren import errors, sync

SCRIPTS = Path(__file__).resolve().parents[1] / "scripts"


def test_the_synchronous_face_is_made_from_the_other_one() -> None:
    done = subprocess.run([sys.executable, str(SCRIPTS / "make_sync.py"), "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_whole_workflow(sample: Path, tmp_path: Path) -> None:
    with sync.Ghostwren(store=tmp_path / "a.db") as wren:
        account = wren.user().open_account("main")
        events = [event.event for event in account.import_archive(sample)]
        assert events[0] == "started" and events[-1] == "finished"
        ids = [tweet.id for tweet in account.tweets(kinds=["original"], limit=2)]
        assert account.mark_tweets(ids, add_labels=["best"]) == 2
        assert account.count_tweets(label="best") == 2
        assert account.exclude_tweets(ids[:1]) == 1
        report = account.analyze_style()
        assert not report.cached and account.analyze_style().cached
        assert report.profile.fingerprint.texts == len(report.record.tweet_ids)
        stored = account.style_profile()
        assert stored is not None and stored.id == report.record.id
        with pytest.raises(errors.ConfigError) as caught:
            account.generate("dns")
        assert caught.value.code == "workflow.no_model"
        lines = account.export_to(tmp_path / "export.jsonl")
        exported = list(account.export())
        assert len(exported) == lines and exported[-1]["type"] == "end"
        assert account.preview("analyze_style").affordable
        assert account.erase().tweets > 0
        with pytest.raises(errors.NotFoundError):
            account.record()
    with pytest.raises(errors.ConflictError, match="closed"):
        wren.user().accounts()


def test_threads_share_one_ghostwren(tmp_path: Path) -> None:
    with sync.Ghostwren(store=tmp_path / "a.db") as wren:
        found: list[str] = []
        work = [threading.Thread(target=lambda: found.append(wren.user().open_account("main").id)) for _ in range(16)]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join(30)
        assert len(found) == 16 and len(set(found)) == 1
