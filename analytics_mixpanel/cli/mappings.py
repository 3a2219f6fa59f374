"""Check a file of mappings, or print the mappings to start from."""

from __future__ import annotations

import argparse
import json
from typing import Any

from analytics_mixpanel.cli.destination import add_destination, installed_destination
from analytics_mixpanel.cli.messages import add_file, read_all
from analytics_mixpanel.cli.output import add_json, print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of ``check`` and ``preset``."""
    commands = parser.add_subparsers(dest="mappings_command", required=True, metavar="check|preset")
    check = commands.add_parser("check", help="print everything that is wrong with a file of mappings")
    add_file(check, "mappings in Segment's JSON form")
    preset = commands.add_parser("preset", help="print the mappings to start from, as JSON")
    for command in (check, preset):
        add_destination(command)
        add_json(command)


def run(options: argparse.Namespace) -> int:
    """Run ``check`` or ``preset``; 1 if the file that was checked has errors."""
    if options.mappings_command == "preset":
        plugin = installed_destination(options.destination, "presets")
        return _preset(plugin.presets(), as_json=options.json)
    plugin = installed_destination(options.destination, "check_mappings")
    name = "<stdin>" if options.file == "-" else options.file
    count, errors = plugin.check_mappings(read_all(options.file), name)
    return _report(count, errors, as_json=options.json)


def _preset(mappings: list[dict[str, Any]], *, as_json: bool) -> int:
    if as_json:
        for mapping in mappings:
            print_json(mapping)
    else:
        print(json.dumps(mappings, indent=2, ensure_ascii=False))
    return 0


def _report(count: int, errors: list[Any], *, as_json: bool) -> int:
    """Print one line for each error as compilers do, so that editors lead to it; then the sum."""
    for error in errors:
        if as_json:
            print_json({"file": error.file, "line": error.line, "path": error.path, "message": error.reason})
        else:
            print(error)
    if as_json:
        print_json({"mappings": count, "errors": len(errors)})
    else:
        print(f"{_counted(count, 'mapping')}, {_counted(len(errors), 'error')}")
    return int(bool(errors))


def _counted(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"
