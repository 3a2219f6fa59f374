"""Print what a destination would send for messages in Segment's wire form, without sending it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from analytics_mixpanel.cli.destination import (
    add_destination,
    add_mappings,
    installed_destination,
    with_mappings,
)
from analytics_mixpanel.cli.messages import Line, add_file, read_lines
from analytics_mixpanel.cli.output import add_json, print_json, print_rows

_NO_TOKEN = "MIXPANEL_TOKEN"  # noqa: S105 - what stands for it in a preview without one
_COLUMNS = ("line", "preset", "action", "url", "body", "error")

Answer = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    add_file(parser, "messages as JSON lines")
    add_mappings(parser)
    parser.add_argument("--token", help="project token to show in the records; else MIXPANEL_TOKEN")
    add_destination(parser)
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--event-only",
        action="store_true",
        help="print only the records, one list for each message; errors go to stderr",
    )
    form.add_argument("--table", action="store_true", help="print a table in place of JSON lines")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print one JSON line for each line of input; 1 if one of them has errors."""
    token = options.token or os.environ.get("MIXPANEL_TOKEN") or _NO_TOKEN
    plugin = installed_destination(options.destination, "preview")
    destination = plugin(**with_mappings(options.mappings, token=token))
    answers = (_preview(destination, line) for line in read_lines(options.file))
    if options.table and not options.json:
        return _print_table(answers)
    failed = False
    for number, answer in enumerate(answers, 1):
        failed = failed or bool(answer["errors"])
        if options.event_only:
            _print_records(number, answer)
        else:
            print_json(answer)
    return int(failed)


def _preview(destination: Any, line: Line) -> Answer:
    if line.error:
        message = f"line {line.number} {line.error}"
        return {"requests": [], "errors": [{"line": line.number, "message": message}]}
    answer: Answer = destination.preview(line.message)
    for entry in answer["errors"]:
        entry["line"] = line.number
    return answer


def _print_records(number: int, answer: Answer) -> None:
    print_json([body for request in answer["requests"] for body in _bodies(request)])
    for error in answer["errors"]:
        line = f"line {number}: " if "preset" in error else ""  # what is no JSON names its line itself
        source = f"{error['preset']}: " if error.get("preset") else ""
        print(f"{line}{source}{error['message']}", file=sys.stderr)


def _bodies(request: dict[str, Any]) -> list[Any]:
    body = request["json"] if "json" in request else request["data"]
    return body if isinstance(body, list) else [body]


def _print_table(answers: Iterable[Answer]) -> int:
    rows = [row for number, answer in enumerate(answers, 1) for row in _rows(number, answer)]
    print_rows(rows, _COLUMNS, as_json=False)
    return int(any("error" in row for row in rows))


def _rows(number: int, answer: Answer) -> Iterator[dict[str, Any]]:
    if not answer["requests"] and not answer["errors"]:
        yield {"line": number, "body": "nothing is sent"}
    for request in answer["requests"]:
        source = {key: request[key] for key in ("preset", "action", "url")}
        for body in _bodies(request):
            yield {"line": number, **source, "body": body}
    for error in answer["errors"]:
        source = {key: error.get(key) for key in ("preset", "action")}
        yield {"line": number, **source, "error": error["message"]}
