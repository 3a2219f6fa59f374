"""What a command prints: JSON lines for programs, a table for people."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import orjson


def add_json(parser: argparse.ArgumentParser) -> None:
    """Declare ``--json``."""
    parser.add_argument("--json", action="store_true", help="print JSON lines")


def print_json(value: Any) -> None:
    """Print one JSON line."""
    sys.stdout.buffer.write(orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()


def print_rows(
    rows: Iterable[Mapping[str, Any]],
    columns: Sequence[str],
    *,
    as_json: bool,
    shown: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda row: row,
) -> None:
    """Print rows as JSON lines or as a table; without rich, which draws tables, as JSON lines too.

    Args:
        rows: as programs want them.
        columns: of the table.
        as_json: whether a program asks.
        shown: a row as people read it.
    """
    if as_json or not _has_rich():
        for row in rows:
            print_json(row)
        return
    from rich.console import Console  # noqa: PLC0415 - from the extra `debugger`
    from rich.table import Table  # noqa: PLC0415 - likewise
    from rich.text import Text  # noqa: PLC0415 - likewise

    table = Table()
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in map(shown, rows):
        # As text: what was tracked may look like markup.
        table.add_row(*(Text(_cell(row.get(column))) for column in columns))
    Console().print(table)


def size_in_words(count: int) -> str:
    """A number of bytes, to be read at a glance."""
    size = float(count)
    for unit in ("bytes", "kB", "MB"):
        if size < 1_000:
            return f"{size:.3g} {unit}"
        size /= 1_000
    return f"{size:.3g} GB"


def time_in_words(seconds: float) -> str:
    """A number of seconds, to be read at a glance."""
    for length, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds / length:.3g} {unit}"
    return f"{seconds:.3g} s"


def _has_rich() -> bool:
    try:
        import rich  # noqa: F401, PLC0415 - from the extra `debugger`
    except ImportError:
        print('JSON lines, since tables need: pip install "analytics-mixpanel[debugger]"', file=sys.stderr)
        return False
    return True


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()
