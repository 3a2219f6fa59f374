"""The command: ``python -m benchmarks.soak``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping

from attrs import evolve

from benchmarks.environment import machine
from benchmarks.soak.account import MOST_DUPLICATES
from benchmarks.soak.plan import Plan
from benchmarks.soak.run import Result, soak


def main() -> int:
    """Soak and print; 1 when something was lost, or repeated too often or in another form."""
    options = _parser().parse_args()
    plan = Plan.of_minutes(options.minutes, options.seed)
    if options.kills is not None:
        plan = evolve(plan, kills=options.kills)
    print(machine(), flush=True)
    result = soak(plan, _tell)
    print(*lines(result), sep="\n")
    total = result.account
    good = total.adds_up and not result.left and not result.failed
    return int(not good or total.duplicates_part >= MOST_DUPLICATES)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.soak", description="Kill the writers of a spool again and again; add up."
    )
    parser.add_argument("--minutes", type=float, default=3.0, help="of writing (default: %(default)s)")
    parser.add_argument("--kills", type=int, help="how many (default: 170 a minute)")
    parser.add_argument("--seed", type=int, default=1, help="of what is left to chance")
    return parser


def lines(result: Result) -> list[str]:
    """What came of it, for people."""
    total = result.account
    figures = {
        "killed": f"{result.kills:,} processes in {result.seconds:.0f} s",
        "accepted": f"{total.accepted:,}, {total.accepted / result.seconds:,.0f} a second; "
        f"refused by the call: {total.refused:,}",
        "delivered": f"{total.delivered:,}, each once; and {total.under_way:,} whose calls kills ended",
        "reported": _counts(total.reported),
        "lost": f"{total.lost:,}",
        "duplicates": f"{total.duplicates_part:.2%}; {total.killed:,} by kills, {total.unanswered:,} by lost "
        f"answers; not identical: {total.different:,}",
        "the rest": f"delivered in {result.drained_in:.1f} s; messages left: {result.left}; "
        f"writers that failed: {result.failed}",
        "requests": _counts(result.answers),
    }
    return [f"- {name}: {text}" for name, text in figures.items()] + [
        f"- {each}" for each in result.gauges.all
    ]


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items())) or "none"


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
