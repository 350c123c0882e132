from __future__ import annotations

import copy
import pickle
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
        with pytest.raises(errors.ConfigError):
            account.preview("generate", "dns", facts=["1987"], repair=False)
        with pytest.raises(errors.ArgumentTypeError, match="format"):
            account.preview("generate", "dns", format="sonnet")  # type: ignore[arg-type]
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


def test_records_never_change_and_are_equal_by_their_data(sample: Path) -> None:
    with sync.Ghostwren(store=":memory:") as wren:
        account = wren.user().open_account("main")
        *_, finished = account.import_archive(sample)
        learned = account.analyze_style()
        for one in (finished, finished.report, finished.report.run, account.record(), account.totals(), learned.record):
            before = copy.deepcopy(one.to_dict())
            for again in (pickle.loads(pickle.dumps(one)), copy.copy(one), copy.deepcopy(one), type(one)(one.to_dict())):
                assert again == one and not again != one and type(again) is type(one) and repr(again) == repr(one)
            assert one != object() and one != before
            with pytest.raises(AttributeError, match="never changes"):
                one.id = "x"
            with pytest.raises(AttributeError, match="has no field 'idd'"):
                one.idd
            with pytest.raises(TypeError, match="unhashable"):
                hash(one)
            # Neither what it gives as plain data nor the value of a field leads back into it.
            one.to_dict().clear()
            for name, value in one.to_dict().items():
                for found in (value, getattr(one, name)):
                    if isinstance(found, dict):
                        found["more"] = 1
                        found.update(dict.fromkeys(found, "changed"))
                    elif isinstance(found, list):
                        found.append("more")
            assert one.to_dict() == before
