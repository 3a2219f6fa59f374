"""The command: ``python -m benchmarks``."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks import backlog, mapping, parts, plugins, report, runner
from benchmarks.environment import installed
from benchmarks.measures import MEASURES
from benchmarks.peers import PEERS

# Of our own way alone, in this process.
_OURS: Final[Mapping[str, Callable[[bool], Sequence[object]]]] = {
    "mapping": mapping.measured,
    "plugins": plugins.measured,
    "backlog": backlog.measured,
}
_NAMES: Final = (*MEASURES, "import", "parts", *_OURS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit status is 1 when a run failed."""
    options = _parser().parse_args(arguments)
    chosen = [name for name in _NAMES if name in options.only]
    peers = [name for name in options.peers if installed(PEERS[name].distribution)]
    for name in options.peers:
        if name not in peers:
            _tell(f"{PEERS[name].distribution} is not installed and is left out")
    beside_peers = [name for name in chosen if name in MEASURES or name == "import"]
    plan = runner.Plan(beside_peers, peers, options.quick, options.repeats)
    print(report.heading(), end="\n\n", flush=True)
    results = runner.run(plan, _tell)
    if plan.rows and peers:
        print(report.comparison(plan.rows, results), end="\n\n", flush=True)
    costs = parts.measured(options.quick) if "parts" in chosen else {}
    if costs:
        print(report.table([["part of ours", "µs"], *([name, f"{us:,.2f}"] for name, us in costs.items())]))
    figures = [
        str(each) for name, measured in _OURS.items() if name in chosen for each in measured(options.quick)
    ]
    for note in [*figures, *report.notes(results)]:
        print(f"- {note}")
    if options.json:
        options.json.write_text(json.dumps(report.as_json(results, costs), indent=2) + "\n")
    return 1 if any(samples.failures for samples in results.values()) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure us beside our peers.")
    parser.add_argument("--quick", action="store_true", help="few events, once: to see that it works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every sample")
    parser.add_argument("--only", type=_names(_NAMES), default=_NAMES, metavar="NAMES", help=",".join(_NAMES))
    parser.add_argument(
        "--peers", type=_names(PEERS), default=tuple(PEERS), metavar="NAMES", help=",".join(PEERS)
    )
    parser.add_argument("--repeats", type=int, metavar="N", help="runs of each measure and client")
    return parser


def _names(known: Collection[str]) -> Callable[[str], tuple[str, ...]]:
    def names(text: str) -> tuple[str, ...]:
        chosen = tuple(text.split(","))
        for name in chosen:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(known)}")
        return chosen

    return names


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
