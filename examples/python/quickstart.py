"""The whole job: import an archive, learn the style, draft tweets.

    pip install ./bindings/python
    python examples/python/quickstart.py [path of your archive] [topic]

Without a key in `OPENAI_API_KEY` a model of six lines takes the place of GPT-4o, so that it runs at once; without an
archive it takes the sample beside the Rust example.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

from ghostwren import Ghostwren, Model, ModelRequest, OpenAI
from ghostwren.records import ImportProgress

SAMPLE = Path(__file__).parent.parent / "rust" / "sample-archive"


class Parrot(Model):
    """A stand-in for a model, which says what the topic is in a few ways."""

    name = "parrot"

    async def complete(self, request: ModelRequest) -> str:
        ways = ["honestly: {}", "ok so, {}", "{}. that's the tweet", "things nobody tells you about this: {}"]
        return json.dumps({"tweets": [way.format(TOPIC) for way in ways]})


ARCHIVE = sys.argv[1] if len(sys.argv) > 1 else SAMPLE
TOPIC = sys.argv[2] if len(sys.argv) > 2 else "why the build is slow again"


async def main() -> None:
    model = OpenAI() if "OPENAI_API_KEY" in os.environ else Parrot()
    with tempfile.TemporaryDirectory() as folder:
        async with Ghostwren(store=Path(folder) / "ghostwren.db", model=model) as wren:
            account = await wren.user().open_account("main")

            work = account.import_archive(ARCHIVE)
            async for event in work:
                if isinstance(event, ImportProgress):
                    print(f"{event.progress.counts.inserted} tweets imported")

            style = await account.analyze_style(ask_model=isinstance(model, OpenAI))
            print(style.profile.sufficiency.message)
            for habit in style.profile.summary().characteristic_habits[:5]:
                print(f"  {habit.label}: {habit.value:.2f} ({'more' if habit.z > 0 else 'less'} than others)")

            report = await account.generate(TOPIC, count=3)
            for draft in report:
                print(f"- {draft.text}  [{draft.weighted_length} of 280]")
            for rejected in report.generation.rejected[:3]:
                print(f"x {rejected.text!r}: {rejected.reason}")


asyncio.run(main())
