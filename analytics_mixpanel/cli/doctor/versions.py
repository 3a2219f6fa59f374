"""The versions of Python, of this package, and of what it needs."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Final

from analytics_mixpanel.cli.doctor.finding import Finding, finding
from analytics_mixpanel.version import VERSION

_NAME: Final = "analytics-mixpanel"
_REQUIREMENT: Final = re.compile(r"([A-Za-z0-9._-]+)\s*>=\s*([\d.]+)")
_SHOWN: Final = ("orjson", "requests")


def check_versions() -> Finding:
    """Check that everything that is needed is there, and new enough."""
    found = f"analytics-mixpanel {VERSION}, Python {platform.python_version()}"
    wrong = [words for name, least in _requirements() if (words := _problem(name, least))]
    if wrong:
        mend = f"pip install --upgrade {_NAME}"
        return finding("versions", False, f"{found}; {'; '.join(wrong)}", mend)
    present = ", ".join(f"{name} {version(name)}" for name in _SHOWN)
    return finding("versions", True, f"{found}, {present}")


def _requirements() -> Iterator[tuple[str, str]]:
    """Read what the installed package says that it needs, extras left aside."""
    try:
        declared = requires(_NAME) or []
    except PackageNotFoundError:
        return  # run from its source
    for each in declared:
        if "extra ==" not in each and (match := _REQUIREMENT.match(each)):
            yield match[1], match[2]


def _problem(name: str, least: str) -> str:
    try:
        present = version(name)
    except PackageNotFoundError:
        return f"{name} is missing"
    return f"{name} {present} is older than {least}" if _numbers(present) < _numbers(least) else ""


def _numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)[:3]]
