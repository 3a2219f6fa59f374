"""List dead letters: messages that were rejected or given up, with the reasons."""

from __future__ import annotations

import argparse
import sys
from typing import Any

import orjson

from analytics_mixpanel.cli.output import add_json, print_json, print_rows
from analytics_mixpanel.cli.queue.choice import add_choice, is_chosen
from analytics_mixpanel.cli.queue.spools import spools

_COLUMNS = (
    *("last", "destination", "outcome", "reason", "field", "attempts", "type", "event", "messageId"),
    "userId",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_choice(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print a row for each letter, or each as it is kept; 1 if there are any."""
    with spools(options.directory) as found:
        letters = [each for spool in found for each in spool.letters()]
    chosen = [each.line for each in letters if each.letter and is_chosen(each.letter, options)]
    damaged = sum(each.letter is None for each in letters)
    if options.json:
        for line in chosen:
            print_json(orjson.loads(line))
    elif chosen:
        print_rows(map(_row, chosen), _COLUMNS, as_json=False)
    if damaged:
        print(f"{damaged} damaged lines are left out", file=sys.stderr)
    return int(bool(chosen))


def _row(line: bytes) -> dict[str, Any]:
    letter = orjson.loads(line)
    return {**letter["message"], **letter}
