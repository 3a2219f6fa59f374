"""Messages in Segment's wire form, as a command reads them: JSON lines from a file or standard input."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson
from attrs import frozen


@frozen
class Line:
    """One line of input.

    Attributes:
        number: counted from 1.
        message: what it holds, decoded; None where it is not JSON.
        error: why it is not, or "".
    """

    number: int
    message: Any = None
    error: str = ""


def add_file(parser: argparse.ArgumentParser, what: str) -> None:
    """Declare FILE."""
    parser.add_argument(
        "file", nargs="?", default="-", metavar="FILE", help=f"{what}; standard input if left out, or -"
    )


def read_lines(file: str) -> Iterator[Line]:
    """Decode the lines of a file; those of standard input as they come."""
    for number, line in enumerate(_lines(file), 1):
        try:
            yield Line(number, orjson.loads(line))
        except orjson.JSONDecodeError as error:
            yield Line(number, error=f"is not JSON: {error}")


def read_all(file: str) -> bytes:
    """The whole of a file, or of standard input."""
    return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()


def _lines(file: str) -> Iterable[bytes]:
    return sys.stdin.buffer if file == "-" else Path(file).read_bytes().splitlines()
