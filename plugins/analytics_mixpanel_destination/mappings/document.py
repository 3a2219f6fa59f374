"""A file of mappings, of which every error names the line."""

from __future__ import annotations

import json
from typing import Any

from attrs import frozen

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel_destination.mappings.checking import find_errors
from analytics_mixpanel_destination.mappings.form import opened
from analytics_mixpanel_destination.mappings.places import place_of


class MappingFileError(MappingError):
    """Something is wrong at a place of a file.

    Attributes:
        file: its name.
        line: counted from 1.
        column: likewise; where the member or item begins that is wrong.
        reason: what is wrong, without file, line and path.
    """

    def __init__(self, error: MappingError, file: str, line: int, column: int = 1) -> None:
        super().__init__(f"{file}:{line}: {error}")
        self.path = error.path
        self.file = file
        self.line = line
        self.column = column
        self.reason = str(error).removeprefix(f"{error.path}: ")


@frozen
class Document:
    """A file of mappings, read.

    Attributes:
        name: of the file, for errors.
        content: what it holds, decoded.
    """

    name: str
    text: str
    content: Any

    @classmethod
    def of(cls, body: bytes, name: str) -> Document:
        """Decode the file's bytes; raise MappingFileError where they are no JSON."""
        try:
            text = body.decode("utf-8-sig")
            return cls(name, text, json.loads(text))
        except UnicodeDecodeError as error:
            problem, line, column = "is not UTF-8", body.count(b"\n", 0, error.start) + 1, 1
        except json.JSONDecodeError as error:
            problem = f"is not JSON: {error.msg} (column {error.colno})"
            line, column = error.lineno, error.colno
        except RecursionError:
            problem, line, column = "is nested too deeply", 1, 1
        raise MappingFileError(MappingError(problem), name, line, column)

    @property
    def count(self) -> int:
        """How many mappings it holds."""
        mappings, _ = opened(self.content)
        return len(mappings) if isinstance(mappings, list) else 0

    def errors(self) -> list[MappingFileError]:
        """Find everything that is wrong with its mappings, from top to bottom."""
        found = [
            MappingFileError(error, self.name, *place_of(self.text, error.path))
            for error in find_errors(self.content)
        ]
        return sorted(found, key=lambda error: (error.line, error.column))
