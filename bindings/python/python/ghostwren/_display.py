"""How records look in a notebook. Every text is escaped: tweets and names are data wherever they go."""

from __future__ import annotations

from html import escape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .records import Progress
    from .style import StyleProfile

_BAR = (
    '<div style="background:#8883;width:{width}px;display:inline-block;vertical-align:middle">'
    '<div style="background:{colour};height:10px;width:{part:.0f}px"></div></div>'
)


def _bar(share: float, width: int = 160, colour: str = "#1d9bf0") -> str:
    return _BAR.format(width=width, colour=colour, part=max(0.0, min(1.0, share)) * width)


def _number(value: float) -> str:
    """Two digits that say something: what is rare is told apart too."""
    return f"{value:.2g}" if abs(value) < 99.5 else f"{value:.0f}"


def _shown(text: str) -> str:
    from .text import escape_controls

    return escape(escape_controls(text))


def progress_html(progress: Progress) -> str:
    """A bar with the counts of an import."""
    counts = progress.counts
    done = counts.read + counts.malformed
    total = progress.total
    bar = _bar(done / total, 240) if total else ""
    words = f"{done:,} of {total:,} tweets" if total else f"{done:,} tweets"
    return f"<div>{bar} {words}, {counts.inserted:,} new, {progress.per_second:,.0f} a second</div>"


def profile_html(profile: StyleProfile) -> str:
    """The habits that tell this style from others, each with a bar of how far apart they are."""
    sufficiency = profile.sufficiency
    summary = profile.summary()
    rows = []
    for feature in summary.characteristic_habits + summary.characteristic_words:
        more = feature.z >= 0
        usual = "" if feature.background is None else _number(feature.background)
        rows.append(
            f"<tr><td>{_shown(feature.label)}</td>"
            f"<td>{_bar(abs(feature.z) / 4, colour='#1d9bf0' if more else '#f4212e')}</td>"
            f"<td>{'more' if more else 'less'}</td><td>{_number(feature.value)}</td><td>{usual}</td></tr>"
        )
    claims = ""
    if profile.analysis is not None:
        # A model may say the same of several numbers.
        words = dict.fromkeys(claim.words for claim in profile.analysis.claims)
        claims = "<ul>" + "".join(f"<li>{_shown(text)}</li>" for text in words) + "</ul>"
    languages = ", ".join(f"{_shown(use.language)} {use.share:.0%}" for use in summary.languages)
    return (
        f"<div><b>Style profile</b>: {_shown(sufficiency.message)}; {languages}<br>"
        f"{summary.words:.1f} words, {summary.emoji:.2f} emoji, {summary.exclamation_marks:.2f} exclamation marks per "
        f"tweet{claims}<table><thead><tr><th>habit</th><th colspan=\"2\">than others</th><th>here</th>"
        f"<th>others</th></tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
