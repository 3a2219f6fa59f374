"""What the measured processes run in."""

from __future__ import annotations

import os
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent

# Settings of the machine's own that would change what a client does, or where it sends to.
_UNWANTED: Final = ("ANALYTICS_MIXPANEL_", "MIXPANEL_", "POSTHOG_", "RUDDER", "SEGMENT_", "PYTHONDONTWRITE")


def child_environment() -> dict[str, str]:
    """This process's environment without what would make two machines' figures differ."""
    wanted = {name: value for name, value in os.environ.items() if not name.startswith(_UNWANTED)}
    return {**wanted, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}


def installed(distribution: str) -> str | None:
    """The version of a distribution, or None."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def machine() -> str:
    """The interpreter and the machine, in a line."""
    return (
        f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} CPUs, "
        f"{platform.system()} {platform.machine()}, isal {installed('isal') or 'not installed'}"
        f"{'' if sys.flags.optimize == 0 else ', -O'}"
    )
