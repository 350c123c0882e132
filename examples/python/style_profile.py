"""As in a notebook: what tells a style from others, as a picture.

    python examples/python/style_profile.py [path of your archive]

Each `# %%` is a cell. With matplotlib it draws `style.png`; without, it prints the bars.
"""

# %% The tweets
from __future__ import annotations

import sys
from pathlib import Path

from ghostwren.sync import Ghostwren

SAMPLE = Path(__file__).parent.parent / "rust" / "sample-archive"

wren = Ghostwren(store=":memory:")
account = wren.user().open_account("main")
account.import_archive(sys.argv[1] if len(sys.argv) > 1 else SAMPLE).show()

# %% The style; in a notebook the last line of this cell shows its bars
profile = account.analyze_style().profile
profile

# %% The same as a picture
summary = profile.summary()
habits = sorted(summary.characteristic_habits + summary.characteristic_words, key=lambda habit: habit.z)
try:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 0.3 * len(habits) + 1))
    axes.barh([habit.label for habit in habits], [habit.z for habit in habits])
    axes.set_xlabel("standard deviations from what others do")
    figure.tight_layout()
    figure.savefig("style.png")
    print("style.png")
except ImportError:
    for habit in habits:
        print(f"{habit.label:>32} {'+' if habit.z > 0 else '-'} {'█' * round(abs(habit.z) * 8)}")

# %% The tweets as a table, where pyarrow is installed
tweets = account.all_tweets()
try:
    import pyarrow

    print(pyarrow.table(tweets).group_by("kind").aggregate([("likes", "sum")]))
except ImportError:
    print(f"{len(tweets)} tweets")

wren.close()
