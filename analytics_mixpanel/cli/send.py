"""Send messages in Segment's wire form, and print what became of each: the test event."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from analytics_mixpanel.cli.destination import (
    add_destination,
    add_mappings,
    installed_destination,
    with_mappings,
)
from analytics_mixpanel.cli.fates import Fate, Fates, watched
from analytics_mixpanel.cli.messages import Line, add_file, read_lines
from analytics_mixpanel.cli.output import add_json, print_rows
from analytics_mixpanel.client import Client
from analytics_mixpanel.errors import ArgumentError
from analytics_mixpanel.journal import log

_COLUMNS = ("line", "type", "event", "status", "field", "reason")
_NOT_ROUTED = Fate("dropped", "its integrations leave this destination out")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_file(parser, "messages as JSON lines")
    add_mappings(parser)
    parser.add_argument(
        "--timeout",
        type=float,
        default=15.0,
        metavar="SECONDS",
        help="how long to wait for answers (default: %(default)s)",
    )
    add_destination(parser)
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print a row for each line of input; 1 unless all of it was delivered."""
    plugin = installed_destination(options.destination, "deliver")
    fates = Fates()
    destination = watched(plugin, fates)(**with_mappings(options.mappings))
    lines = list(read_lines(options.file))
    with _errors_only():
        client = Client(discover=False, plugins=[destination, fates], max_queue_size=len(lines) + 1)
        try:
            sent = [_send(client, line) for line in lines]
            client.hurry()
            fates.wait(_accepted(client), options.timeout)
            settled = [each if isinstance(each, Fate) else fates.take(each) for each in sent]
        finally:
            client.shutdown(0)
    rows = [_row(line, fate) for line, fate in zip(lines, settled, strict=True)]
    print_rows(rows, _COLUMNS, as_json=options.json)
    return int(any(fate.status != "delivered" for fate in settled))


@contextmanager
def _errors_only() -> Iterator[None]:
    """Keep out of the log what the rows say anyway; a wrong setting is still said there."""
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


def _send(client: Client, line: Line) -> Fate | str:
    """Hand one message to the client: its id, or what became of it at once."""
    if line.error:
        return Fate("invalid", line.error)
    before = _accepted(client)
    try:
        _, message = client.enqueue(line.message)
    except ArgumentError as error:
        return Fate("invalid", str(error))
    return str(message["messageId"]) if _accepted(client) > before else _NOT_ROUTED


def _accepted(client: Client) -> int:
    return sum(stats.accepted for stats in client.stats().values())


def _row(line: Line, fate: Fate) -> dict[str, Any]:
    message = line.message if isinstance(line.message, dict) else {}
    return {
        "line": line.number,
        "type": message.get("type"),
        "event": message.get("event") or message.get("name"),
        "status": fate.status,
        "field": fate.field,
        "reason": fate.reason,
    }
