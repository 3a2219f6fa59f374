"""How much arrived when: the bars of the chart, and the words for them."""

from __future__ import annotations

import math
from typing import Any, Final

from analytics_mixpanel.debugger.lookups import Arrivals, Filters
from analytics_mixpanel.debugger.views.shown.moments import clock

BARS: Final = 60
HEIGHT: Final = 56
_VERDICTS: Final = ("accepted", "duplicate", "rejected", "not sent")
# Seconds that a bar stands for; sixty of them are 1 minute to 14 days.
_STEPS: Final = (1, 2, 5, 10, 30, 60, 300, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400)
_WORDS: Final = {60: "minute", 3_600: "hour", 86_400: "day"}


def chart(arrivals: Arrivals, filters: Filters, now: float) -> dict[str, Any]:
    """Give the bars of what the filters let through, the newest last.

    Returns:
        ``bars``, each with ``place``, ``label``, and ``parts`` of ``verdict count y height``; ``most``, the
        highest bar; ``span``, in words; ``step`` in seconds.
    """
    span = arrivals.span()
    step = _step(now - span[0] if span else 0.0)
    # Bars stand still while time goes on: their edges are multiples of the step.
    since = (math.floor(now / step) - BARS + 1) * step
    counts: dict[int, dict[str, int]] = {}
    for place, verdict, total in arrivals.volume(filters, since, step, BARS):
        counts.setdefault(place, {})[verdict] = total
    most = max((sum(each.values()) for each in counts.values()), default=0)
    bars = [_bar(place, counts.get(place, {}), most, since + place * step, step) for place in range(BARS)]
    return {"bars": bars, "most": most, "step": step, "span": _in_words(step * BARS).removeprefix("1 ")}


def _step(passed: float) -> int:
    return next((step for step in _STEPS if step * (BARS - 1) >= passed), _STEPS[-1])


def _bar(place: int, counts: dict[str, int], most: int, start: float, step: int) -> dict[str, Any]:
    parts, bottom = [], float(HEIGHT)
    for verdict in _VERDICTS:
        if count := counts.get(verdict, 0):
            # The least is a pixel: one refusal among thousands must be seen.
            height = max(1.0, round(count / most * HEIGHT, 1))
            bottom = max(0.0, bottom - height)
            parts.append({"verdict": verdict, "count": count, "y": round(bottom, 1), "height": height})
    said = ", ".join(f"{part['count']:,} {part['verdict']}" for part in parts) or "nothing"
    return {"place": place, "parts": parts, "label": f"{clock(start)[:-4]}, {_in_words(step)}: {said}"}


def _in_words(seconds: int) -> str:
    for size, word in sorted(_WORDS.items(), reverse=True):
        if seconds >= size:
            count = seconds / size
            shown = f"{count:.0f}" if count == int(count) else f"{count:.1f}"
            return f"{shown} {word}" + ("" if count == 1 else "s")
    return f"{seconds} s"
