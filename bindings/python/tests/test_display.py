"""Notebooks: bars, and texts that are escaped."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import ghostwren
from ghostwren import Ghostwren, StyleProfile, sync
from ghostwren.records import Event, ImportProgress, Progress
from ghostwren.store import StoredSession

PROGRESS = {
    "counts": {"inserted": 900, "updated": 0, "unchanged": 100, "malformed": 0},
    "total": 4000,
    "per_second": 5000.0,
    "remaining": {"secs": 1, "nanos": 500_000_000},
    "cost_micros": 0,
}


def test_a_profile_shows_its_bars_and_escapes_its_words() -> None:
    texts = [f"<img src=x onerror=alert({n})> <b>WOW</b> & so on!!! 🎉" for n in range(200)]
    html = StyleProfile.from_texts(texts)._repr_html_()
    assert "width:" in html and html.count("<tr>") > 5
    assert "<img" not in html and "<b>WOW" not in html
    ElementTree.fromstring(html.replace("<br>", "<br/>"))


def test_what_is_rare_is_told_apart_from_what_is_rarer() -> None:
    profile = StyleProfile.from_texts([f"ok so number {n}, i said honestly it was tea" for n in range(200)])
    features = profile.summary().characteristic_habits + profile.summary().characteristic_words
    rare = next(feature for feature in features if feature.background is not None and 0 < feature.background < 0.005)
    assert f"<td>{rare.background:.2g}</td>" in profile._repr_html_()


@pytest.mark.parametrize("of", [Event, *Event.__subclasses__()])
def test_an_event_is_shown_with_its_name_first(of: type[Event]) -> None:
    event = of({"data": {"text": "x" * 500}, "event": "finished"})
    assert repr(event).startswith(f"{of.__name__}(event='finished', data={{'text': 'xxx") and len(repr(event)) < 120
    assert list(event.to_dict()) == ["event", "data"]
    assert event == of({"event": "finished", "data": {"text": "x" * 500}})


def test_progress_shows_a_bar() -> None:
    progress = Progress(PROGRESS)
    assert progress.remaining is not None and progress.remaining.total_seconds() == 1.5
    html = ImportProgress({"event": "progress", "data": PROGRESS})._repr_html_()
    assert "width:60px" in html and "1,000 of 4,000 tweets" in html


def test_show_writes_lines_outside_of_notebooks(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def run() -> None:
        async with Ghostwren(store=":memory:") as wren:
            account = await wren.user().open_account("main")
            report = await account.import_archive(sample).show()
            assert report.end.kind in ("complete", "incomplete")

    asyncio.run(run())
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1].startswith("complete: ") or lines[-1].startswith("incomplete: ")
    assert any("tweets" in line for line in lines)


def test_what_one_gets_in_hand_can_be_read_and_no_secret_with_it() -> None:
    address = "https://name:hidden-word@example.org/v1?key=hidden-word"
    wren = sync.Ghostwren(store=":memory:", twitter=sync.TwitterApp("id", client_secret="hidden-word"))
    account = wren.user().open_account("main")

    class Mine(ghostwren.Store):
        pass

    shown = {
        "<Ghostwren on ':memory:'>": wren,
        "<Ghostwren on SqliteStore('a.db')>": ghostwren.Ghostwren(store=ghostwren.SqliteStore("a.db")),
        "<Ghostwren on Mine>": ghostwren.Ghostwren(store=Mine()),
        "<User 'local'>": wren.user(),
        "<User of a token>": wren.user(token="hidden-word"),
        "<Connect 'second'>": wren.user().connect("second"),
        f"<Account {account.id}>": account,
        f"<Connect '{account.id}'>": account.connect(),
        "<Import, which begins when it is read>": account.import_archive("a.zip"),
        "<Generating, which begins when it is read>": account.generate_stream("tea"),
        "<Events, which begins when it is read>": account.export(),
        "OpenAI(base_url='https://…@example.org/v1', model=None)": ghostwren.OpenAI(api_key="hidden-word", base_url=address),
        "OpenAI(base_url='http://127.0.0.1:9/v1', model='a')": ghostwren.OpenAI(base_url="http://127.0.0.1:9/v1", model="a"),
        "SupabaseStore('https://…@example.org/v1')": ghostwren.SupabaseStore(address, "sb_publishable_x"),
        "SupabaseStore(None)": ghostwren.SupabaseStore(),
        "Supabase('https://…@example.org/v1')": ghostwren.Supabase(address, "sb_publishable_x", secret_key="hidden-word"),
        "SqliteStore(':memory:')": ghostwren.SqliteStore(":memory:"),
        "StoredSession('supabase')": StoredSession("a.db", sealing_keys="hidden-word"),
    }
    assert {text: repr(value) for text, value in shown.items()} == {text: text for text in shown}
    wren.close()
    assert repr(wren) == "<Ghostwren on ':memory:', closed>"


def test_in_a_cell_of_ipython(sample: Path) -> None:
    pytest.importorskip("IPython")
    code = f"""
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
result = shell.run_cell('''
from ghostwren import Ghostwren
wren = Ghostwren(store=":memory:")
account = await wren.user().open_account("main")
await account.import_archive({str(sample)!r})
report = await account.analyze_style()
report
''')
assert result.success, result
assert '<table>' in result.result._repr_html_()
print("shown")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert "shown" in done.stdout, done.stderr
