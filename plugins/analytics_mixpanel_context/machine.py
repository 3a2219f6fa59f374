"""Facts of this process and the machine it runs on; each is None, or empty, where it cannot be told."""

from __future__ import annotations

import locale as locales
import os
import platform
import re
import socket
import time
from pathlib import Path
from typing import Final

_LOCALTIME: Final = Path("/etc/localtime")
_ZONE: Final = re.compile(r"UTC|[A-Z][A-Za-z]+(/[A-Za-z0-9_+-]+)+")
_LOCALE: Final = re.compile(r"[a-z]{2,3}(_[A-Za-z0-9]+)*")


def runtime() -> dict[str, str]:
    """The Python that runs, as ``{"name": "CPython", "version": "3.13.1"}``."""
    return {"name": platform.python_implementation(), "version": platform.python_version()}


def operating_system() -> dict[str, str]:
    """The system that this machine runs, as ``{"name": "Linux", "version": "6.8.0"}``."""
    name, version = platform.system(), platform.release()
    if name == "Darwin":
        name, version = "macOS", platform.mac_ver()[0]
    return {field: value for field, value in {"name": name, "version": version}.items() if value}


def host() -> dict[str, str]:
    """The machine's name."""
    return {"name": socket.gethostname()}


def locale() -> str | None:
    """The process's language and country, as ``en-US``; None for the C locale."""
    language = locales.getlocale(locales.LC_CTYPE)[0] or ""
    return language.replace("_", "-") if _LOCALE.fullmatch(language) else None


def timezone(localtime: Path = _LOCALTIME) -> str | None:
    """The machine's IANA timezone: of ``TZ``, of the file that /etc/localtime is, or else UTC where it is."""
    given = os.environ.get("TZ", "").lstrip(":")
    if given:
        return given if _ZONE.fullmatch(given) else None
    zone = os.path.realpath(localtime).partition("zoneinfo/")[2].removeprefix("Etc/")
    if _ZONE.fullmatch(zone):
        return zone
    return "UTC" if time.tzname == ("UTC", "UTC") else None
