"""A document of mappings, as somebody types it: read, checked and kept, in Segment's JSON form."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from analytics_mixpanel.debugger.destination import destination
from analytics_mixpanel.errors import ConfigurationError

#: Characters of a document; a longer one is not looked at.
LONGEST: Final = 2_000_000
_NAME: Final = "mappings.json"


@frozen
class Problem:
    """Something that is wrong with a document.

    Attributes:
        line: counted from 1.
        column: likewise; where the member begins that is wrong.
        path: as ``/0/mapping/event``, or "" for the document as a whole.
        message: what is wrong, without the place.
    """

    line: int
    column: int
    path: str
    message: str


@frozen
class Checked:
    """A document after the check.

    Attributes:
        mappings: in Segment's JSON form, to use; empty where there are problems.
        count: how many mappings the document holds.
        problems: everything that is wrong, from top to bottom.
    """

    mappings: list[dict[str, Any]]
    count: int
    problems: list[Problem]

    @property
    def ok(self) -> bool:
        """Whether the mappings can work."""
        return not self.problems


def check(text: str) -> Checked:
    """Read a document of mappings and find everything that is wrong with it."""
    if len(text) > LONGEST:
        return Checked([], 0, [Problem(1, 1, "", f"is longer than {LONGEST} characters")])
    plugin = destination()
    count, errors = plugin.check_mappings(text.encode(errors="replace"), _NAME)
    if errors:
        return Checked([], count, [Problem(e.line, e.column, e.path, e.reason) for e in errors])
    return Checked(plugin.load_mappings(json.loads(text)), count, [])


def as_text(mappings: Sequence[Mapping[str, Any]]) -> str:
    """Write mappings as a document, indented for people."""
    return json.dumps(list(mappings), indent=2, ensure_ascii=False) + "\n"


def default_document() -> str:
    """Write the mappings that are in force where none are given, the additions to Segment's presets too."""
    plugin = destination()
    return as_text([*plugin.presets(), *plugin.additions()])


def load(file: str | os.PathLike[str]) -> str:
    """Read a file of mappings as it is, to be checked afterwards; raise ConfigurationError without one."""
    try:
        body = Path(file).read_bytes()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no path"
        raise ConfigurationError(f"mappings: the file {os.fspath(file)} cannot be read: {why}") from None
    return body.decode("utf-8-sig", errors="replace")


def save(file: str | os.PathLike[str], text: str) -> Checked:
    """Keep a document in a file, in one step: who reads it meanwhile has the old one or the new one.

    Nothing is written where it has problems; they are in the answer.

    Raises:
        ConfigurationError: the file cannot be written.
    """
    checked = check(text)
    if checked.ok:
        try:
            _replace(Path(file), text)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is no path"
            raise ConfigurationError(
                f"mappings: the file {os.fspath(file)} cannot be written: {why}"
            ) from None
    return checked


def _replace(file: Path, text: str) -> None:
    target = file.resolve()  # a link stays one
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
        beside.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o644)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
