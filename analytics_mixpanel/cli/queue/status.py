"""Show what is in a spool: whose it is, how much of it waits for whom, and what went wrong."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from analytics_mixpanel.cli.output import add_json, print_rows, size_in_words, time_in_words
from analytics_mixpanel.cli.queue.spools import Instance, Spool, began_at, counted, seconds_since, spools

_COLUMNS = ("spool", "what", "began", "waiting", "oldest", "size")

Row = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print a row for each process, for damaged files and for dead letters.

    Returns:
        1 if there is something that no living process will deliver: orphaned messages, damaged files, dead
        letters.
    """
    with spools(options.directory) as found:
        rows = [row for spool in found for row in _rows(spool)]
    if rows or options.json:
        one = len({row["spool"] for row in rows}) == 1
        print_rows(rows, _COLUMNS[one:], as_json=options.json, shown=_shown)
    else:
        print("nothing waits")
    return int(any(row["what"] != "alive" and (row["messages"] or row["what"] == "corrupt") for row in rows))


def _rows(spool: Spool) -> Iterator[Row]:
    for instance in spool.instances():
        yield {"spool": spool.name, **_instance(instance)}
    if corrupt := spool.corrupt():
        size = sum(map(spool.directory.size, corrupt))
        yield {"spool": spool.name, "what": "corrupt", "files": len(corrupt), "bytes": size, "messages": None}
    if dead := spool.dead():
        letters = [found.letter for found in spool.letters() if found.letter]
        yield {
            "spool": spool.name,
            "what": "dead letters",
            "files": len(dead),
            "bytes": sum(map(spool.directory.size, dead)),
            "messages": len(letters),
            "destinations": dict(Counter(letter.destination for letter in letters)),
        }


def _shown(row: Mapping[str, Any]) -> Row:
    """A row as people read it."""
    oldest, began = row.get("oldest_seconds"), began_at(row.get("name", ""))
    return {
        "spool": row["spool"],
        "what": row["what"],
        "began": began and f"{datetime.fromtimestamp(began):%Y-%m-%d %H:%M}",
        "waiting": ", ".join(f"{name} {count}" for name, count in (row.get("destinations") or {}).items()),
        "oldest": None if oldest is None else time_in_words(oldest),
        "size": size_in_words(row["bytes"]),
    }


def _instance(instance: Instance) -> Row:
    counts, oldest = counted(instance.pending())
    return {
        "what": "alive" if instance.alive else "orphan",
        "name": instance.name,
        "files": len(instance.segments),
        "bytes": instance.size,
        "messages": max(counts.values(), default=0),
        "destinations": dict(counts),
        "oldest_seconds": instance.bounded(seconds_since(oldest)),
    }
