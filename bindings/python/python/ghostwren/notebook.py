"""Progress on the screen: a bar that moves in a notebook, lines elsewhere."""

from __future__ import annotations

import sys

from .records import ImportFinished, ImportProgress, ImportWarning

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .records import Event

__all__ = ["Display"]


class Display:
    """Shows the events of an import, one in the place of the other."""

    def __init__(self) -> None:
        self._handle: Any = None
        self._rich = "IPython" in sys.modules and _in_notebook()

    def show(self, event: Event) -> None:
        """Shows an event; those without words for people are left out."""
        if isinstance(event, ImportProgress) and self._rich:
            from IPython.display import display  # type: ignore[import-not-found, unused-ignore]

            if self._handle is None:
                self._handle = display(event, display_id=True)  # type: ignore[no-untyped-call, unused-ignore]
            else:
                self._handle.update(event)
        elif isinstance(event, (ImportProgress, ImportWarning, ImportFinished)):
            sys.stderr.write(_line(event) + "\n")


def _line(event: Event) -> str:
    from .text import escape_controls

    if isinstance(event, ImportProgress):
        progress = event.progress
        of = f" of {progress.total:,}" if progress.total else ""
        return f"{progress.counts.read:,}{of} tweets, {progress.per_second:,.0f} a second"
    if isinstance(event, ImportWarning):
        return escape_controls(event.text)
    if isinstance(event, ImportFinished):
        counts = event.report.counts
        return f"{event.report.end.kind}: {counts.inserted:,} new, {counts.updated:,} changed, {counts.unchanged:,} unchanged"
    return event.event


def _in_notebook() -> bool:
    shell = sys.modules["IPython"].get_ipython()
    return shell is not None and shell.__class__.__name__ == "ZMQInteractiveShell"
