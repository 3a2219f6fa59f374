"""List dead letters: messages that were rejected or given up, with the reasons."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from analytics_mixpanel.cli.output import add_json, print_json, print_rows
from analytics_mixpanel.cli.queue.choice import add_choice, is_chosen
from analytics_mixpanel.cli.queue.spools import spools

_COLUMNS = ("last", "destination", "why", "message", "user")


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
        print_rows(map(orjson.loads, chosen), _COLUMNS, as_json=False, shown=_shown)
        print(f"{len(chosen)} dead letters; --json shows all of each")
    else:
        print("there are none")
    if damaged:
        print(f"{damaged} damaged lines are left out", file=sys.stderr)
    return int(bool(chosen))


def _shown(letter: Mapping[str, Any]) -> dict[str, Any]:
    """A row as people read it."""
    message = letter["message"]
    field = f" ({letter['field']})" if letter["field"] not in letter["reason"] else ""
    return {
        "last": f"{datetime.fromisoformat(letter['last']).astimezone():%Y-%m-%d %H:%M}",
        "destination": letter["destination"],
        "why": f"{letter['outcome']}: {letter['reason']}{field}",
        "message": message.get("event") or message.get("name") or message.get("type"),
        "user": message.get("userId") or message.get("anonymousId"),
    }
