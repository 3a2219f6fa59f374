"""The result as a table in Markdown, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from benchmarks.environment import installed, machine
from benchmarks.measures import MEASURES, Row
from benchmarks.peers import BASELINE, PEERS
from benchmarks.runner import Samples

_NONE: Final = "–"


def table(rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with its columns aligned; the first row is the heading."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    rule = "|" + "|".join("-" * (width + 1) + (":" if at else "-") for at, width in enumerate(widths)) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    cells = [first[0].ljust(first[1]), *(text.rjust(width) for text, width in others)]
    return "| " + " | ".join(cells) + " |"


def comparison(rows: Sequence[Row], results: Mapping[str, Samples]) -> str:
    """Each row's median for each client and, in brackets, as a multiple of the baseline's."""
    heading = ["", *(f"{peer} {installed(PEERS[peer].distribution)}" for peer in results)]
    lines = [[row.label, *(_cell(row, peer, results) for peer in results)] for row in rows]
    return table([heading, *lines])


def _cell(row: Row, peer: str, results: Mapping[str, Samples]) -> str:
    value = results[peer].median(row.key)
    if value is None:
        return _NONE
    base = results[BASELINE].median(row.key) if BASELINE in results else None
    ratio = f" ({_short(value / base)}×)" if base else ""
    return f"{value:,.{row.decimals}f}{ratio}{_lost(results[peer].lost.get(_measure_of(row), 0))}"


def _short(ratio: float) -> str:
    return f"{ratio:.3f}" if ratio < 0.1 else f"{ratio:.2f}"


def _lost(lost: int) -> str:
    """What the server did not have of the events that were sent, or had more than once."""
    if lost > 0:
        return f", lost {lost:,}"
    return f", {-lost:,} twice" if lost else ""


def _measure_of(row: Row) -> str:
    return next((name for name, measure in MEASURES.items() if row in measure.rows), "import")


def notes(results: Mapping[str, Samples]) -> list[str]:
    """Why figures are missing."""
    return [
        f"{peer}, {name}: {why}"
        for peer, samples in results.items()
        for name, why in (samples.skipped | samples.failures).items()
    ]


def heading() -> str:
    """What the figures are of."""
    return f"{machine()}. Medians; in brackets as a multiple of {PEERS[BASELINE].distribution}'s."


def as_json(results: Mapping[str, Samples], parts: Mapping[str, float]) -> dict[str, Any]:
    """Everything that was measured, every sample of it."""
    return {
        "machine": machine(),
        "versions": {peer: installed(PEERS[peer].distribution) for peer in results},
        "samples": {peer: dict(samples.values) for peer, samples in results.items()},
        "lost": {peer: dict(samples.lost) for peer, samples in results.items()},
        "failures": {peer: samples.failures for peer, samples in results.items()},
        "parts": dict(parts),
    }
