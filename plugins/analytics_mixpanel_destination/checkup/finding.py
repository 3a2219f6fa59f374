"""One finding of a checkup, as a plain object that a command prints."""

from __future__ import annotations

from typing import Any, TypeAlias

#: ``check``: what was looked at. ``ok``: True, False, or None where it could not be found out, or means
#: nothing here. ``found``: what was seen. ``mend``: what to do about it, or "".
Finding: TypeAlias = dict[str, Any]


def good(check: str, found: str) -> Finding:
    """Say that something is as it should be."""
    return {"check": check, "ok": True, "found": found, "mend": ""}


def bad(check: str, found: str, mend: str) -> Finding:
    """Say what is wrong, and how to mend it."""
    return {"check": check, "ok": False, "found": found, "mend": mend}


def open_(check: str, found: str) -> Finding:
    """Say why something is neither."""
    return {"check": check, "ok": None, "found": found, "mend": ""}
