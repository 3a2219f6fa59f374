"""Clearing away what nobody owns: files that deaths, failures and hands have left behind."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from analytics_mixpanel.queues.spool.age import Age
from analytics_mixpanel.queues.spool.directory import Directory
from analytics_mixpanel.queues.spool.locks import instances, lock_file
from analytics_mixpanel.queues.spool.segment import SegmentName

CORRUPT: Final = ".corrupt"
_ACKS: Final = ".ack"
# Seconds that a file must have lain still: a list of files is not made in one moment.
_STILL: Final = 60.0


def tidy(directory: Directory, names: Sequence[str], age: Age) -> list[str]:
    """Remove ack files without a segment, and what was set aside too long ago.

    Returns:
        Instances that had lost their lock files, and have new ones now.
    """
    there = set(names)
    for name in names:
        lone = name.endswith(_ACKS) and name.removesuffix(_ACKS) + ".seg" not in there
        limit = _STILL if lone else age.most
        if (lone or name.endswith(CORRUPT)) and _lain_still(directory, name, age) > limit:
            directory.remove(name)
    locked = set(instances(list(names)))
    strays = {
        segment.instance
        for name in names
        if (segment := SegmentName.parse(name)) is not None
        and segment.instance not in locked
        and _lain_still(directory, name, age) > _STILL
    }
    for instance in strays:
        with suppress(FileExistsError):
            os.close(directory.create(lock_file(instance)))
    return sorted(strays)


def _lain_still(directory: Directory, name: str, age: Age) -> float:
    """Seconds since a file was written to; 0 if it is not there."""
    try:
        found = os.stat(name, dir_fd=directory.descriptor, follow_symlinks=False)
    except OSError:
        return 0.0
    return age.clock() - found.st_mtime
