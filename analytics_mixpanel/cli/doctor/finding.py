"""One finding, and the line that it is printed as."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any, Final, TypeAlias

#: ``check``: what was looked at. ``ok``: True, False, or None where it could not be found out, or means
#: nothing here. ``found``: what was seen. ``mend``: what to do about it, or "".
Finding: TypeAlias = dict[str, Any]

_MARKS: Final = {True: "✓", False: "✗", None: "–"}
_PLAIN_MARKS: Final = {True: "ok", False: "!!", None: "--"}
_INDENT: Final = 16
_WIDTH: Final = 100


def finding(check: str, ok: bool | None, found: str, mend: str = "") -> Finding:
    """Make a finding."""
    return {"check": check, "ok": ok, "found": found, "mend": mend}


def as_line(each: Finding, encoding: str) -> str:
    """Write a finding for people, its mend below it.

    Args:
        each: the finding.
        encoding: of the terminal; one that has no marks gets letters.
    """
    marks = _MARKS if encoding.lower().replace("-", "") in ("utf8", "utf16") else _PLAIN_MARKS
    lines = [f"{marks[each['ok']]} {each['check']:<{_INDENT - 3}} {each['found']}"]
    if each["mend"]:
        gap = " " * _INDENT
        lines.append(textwrap.fill(each["mend"], _WIDTH, initial_indent=gap, subsequent_indent=gap))
    return "\n".join(lines)


def outcome(findings: Sequence[Finding]) -> tuple[bool, str]:
    """Say whether nothing is wrong, and that in words."""
    wrong = sum(each["ok"] is False for each in findings)
    if not wrong:
        return True, "All is well."
    return False, f"{wrong} thing{' is' if wrong == 1 else 's are'} wrong."
