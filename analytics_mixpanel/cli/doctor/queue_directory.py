"""The directory in which messages wait, where the environment says that they wait on disk."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Final

from analytics_mixpanel.cli.doctor.finding import Finding, finding
from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.queues.choosing import QUEUE_VARIABLE, is_durable, queue_kind, spool_root

_LITTLE: Final = 100_000_000


def check_queue() -> Finding:
    """Check that messages can be written where they are to wait."""
    try:
        kind = queue_kind(None)
    except ConfigurationError as error:
        return finding("queue", False, str(error), f"Mend {QUEUE_VARIABLE}.")
    if not is_durable(kind):
        return finding("queue", True, f"in memory; {QUEUE_VARIABLE}=spool keeps them on disk")
    directory = spool_root(kind)
    try:
        free = _try(directory)
    except OSError as error:
        found = f"{directory}: {error.strerror or type(error).__name__}"
        mend = f"Make it a directory that this user may write to, or name another in {QUEUE_VARIABLE}."
        return finding("queue", False, found, mend)
    if free < _LITTLE:
        found = f"{directory} has {free // 1_000_000} MB left"
        return finding("queue", False, found, "Make room: with none, messages are kept in memory only.")
    return finding("queue", True, f"{directory}, {free // 1_000_000_000} GB free")


def _try(directory: Path) -> int:
    """Write something there, or in the nearest directory above that exists; the bytes that are free."""
    place = directory
    while not place.exists() and place != place.parent:
        place = place.parent
    with tempfile.TemporaryFile(dir=place) as file:
        file.write(b"x")
    return shutil.disk_usage(place).free
