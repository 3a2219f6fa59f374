"""Print what arrives at a running debugger, line by line."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any, Final

from analytics_mixpanel.cli.live import Follower
from analytics_mixpanel.cli.output import add_json, print_json
from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.reporting import VARIABLE, Address

Line = Mapping[str, Any]

_TOKEN_VARIABLE: Final = "ANALYTICS_MIXPANEL_DEBUGGER_TOKEN"  # noqa: S105 - a name, not a token
_FIELDS: Final = ("kind", "name", "user", "verdict", "type", "library", "project", "reason")
_COLOURS: Final = {"accepted": "32", "duplicate": "33", "not sent": "33", "rejected": "31"}
_WIDTHS: Final = {"user": 20, "name": 28}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("url", nargs="?", help=f"the debugger's address; else {VARIABLE}, or this machine")
    parser.add_argument("--token", help=f"the debugger's token; else {_TOKEN_VARIABLE}")
    parser.add_argument(
        "--filter",
        action="append",
        default=[],
        metavar="[FIELD=]TEXT",
        help=f"only lines with TEXT, where * stands for anything; FIELD is {', '.join(_FIELDS)}; "
        "of several, all must hold",
    )
    parser.add_argument("--last", type=int, default=0, metavar="N", help="begin with the last N lines")
    parser.add_argument("--count", type=int, default=0, metavar="N", help="end after N lines")
    add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Print lines until Ctrl-C, or until there were enough."""
    filters = [_filter(text) for text in options.filter]
    show = print_json if options.json else _printer()
    left = options.count or -1
    try:
        for line in _lines(options):
            if all(fits(line) for fits in filters):
                show(line)
                left -= 1
                if not left:
                    break
    except KeyboardInterrupt:
        pass
    return 0


def _lines(options: argparse.Namespace) -> Iterator[Line]:
    follower = Follower(_address(options), options.last, lambda: _say("the connection is lost; trying again"))
    for event in follower.events():
        if event.kind == "reload":
            _say("the debugger was emptied or started anew")
            continue
        if event.data.get("skipped"):
            _say(f"{event.data['skipped']:,} lines left out: they came too fast")
        yield from event.data.get("lines", ())


def _address(options: argparse.Namespace) -> Address:
    token = options.token or os.environ.get(_TOKEN_VARIABLE) or None
    set_ = os.environ.get(VARIABLE, "")
    url = options.url or (set_ if "://" in set_ else None)
    return Address(url, token) if url else Address(token=token)


def _say(text: str) -> None:
    print(f"analytics-mixpanel tail: {text}", file=sys.stderr, flush=True)


def _filter(text: str) -> Callable[[Line], bool]:
    """Make a test of lines.

    Raises:
        ConfigurationError: there is no such field.
    """
    field, separator, pattern = text.partition("=")
    if not separator:
        return lambda line: any(_fits(line.get(name), text) for name in _FIELDS)
    if field not in _FIELDS:
        raise ConfigurationError(f"--filter: there is no field {field!r}; there are {', '.join(_FIELDS)}")
    return lambda line: _fits(line.get(field), pattern)


def _fits(value: object, pattern: str) -> bool:
    text, pattern = str(value or "").lower(), pattern.lower().replace("[", "[[]")
    return fnmatchcase(text, pattern if "*" in pattern else f"*{pattern}*")


def _printer() -> Callable[[Line], None]:
    """Give what prints a line for people; in colours on a terminal that has them."""
    coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")

    def show(line: Line) -> None:
        print(shown(line, coloured=coloured), flush=True)

    return show


def shown(line: Line, *, coloured: bool = False) -> str:
    """Give a line as text: time, user, name, verdict, and the reason where there is one."""
    time = datetime.fromtimestamp(line["received"]).strftime("%H:%M:%S.%f")[:-3]
    cells = [f"{_plain(line[name]):<{width}}" for name, width in _WIDTHS.items()]
    verdict = str(line["verdict"])
    if coloured:
        verdict = f"\x1b[{_COLOURS.get(verdict, '0')}m{verdict}\x1b[0m"
    reason = f"  {_plain(line['reason'])}" if line.get("reason") else ""
    return f"{time}  {'  '.join(cells)}  {verdict}{reason}"


def _plain(value: object) -> str:
    """Give a text in which nothing can move the cursor, change colours or turn the writing round."""
    text = str(value)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
