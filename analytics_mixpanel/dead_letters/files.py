"""The files of dead letters in a spool's directory: ``dead-<instance>-<serial>.ndjson``.

An instance is one client in one process: only it appends, opening the file anew each time. Who reads them
may take any file away by renaming it.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from attrs import frozen

from analytics_mixpanel.dead_letters.letter import Letter

if TYPE_CHECKING:
    from analytics_mixpanel.queues.spool.directory import Directory

_NAME: Final = re.compile(r"dead-([0-9a-f]{24})-(\d{6})\.ndjson(\.taken)?")
_LONGEST_LINE: Final = 8 << 20
_TAKEN: Final = ".taken"


@frozen
class Found:
    """What a line of a file is.

    Attributes:
        letter: None where the line is damaged.
        line: as it is written.
    """

    letter: Letter | None
    line: bytes


def new_instance() -> str:
    """A name for an instance; those of later ones sort after those of earlier ones."""
    return f"{int(time.time() * 1000) & (1 << 48) - 1:012x}{secrets.token_hex(6)}"


def name_of(instance: str, serial: int) -> str:
    """The file of this number."""
    return f"dead-{instance}-{serial:06d}.ndjson"


def is_dead(name: str) -> bool:
    """Whether this is a file of dead letters."""
    return _NAME.fullmatch(name) is not None


def files(directory: Directory) -> list[str]:
    """The files there are, in the order in which they were last written to."""
    names = [name for name in directory.names() if is_dead(name)]
    return sorted(names, key=lambda name: (_written(directory, name), name))


def _written(directory: Directory, name: str) -> int:
    try:
        return os.stat(name, dir_fd=directory.descriptor, follow_symlinks=False).st_mtime_ns
    except OSError:
        return 0


def append(directory: Directory, name: str, data: bytes) -> int:
    """Append to a file, which is made if it is not there; its size then.

    Where the file was taken away meanwhile, its taker may not have seen this: it is written again.

    Raises:
        OSError: not all of it could be written.
    """
    while True:
        descriptor = os.open(
            name,
            os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK,
            0o600,
            dir_fd=directory.descriptor,
        )
        try:
            if os.write(descriptor, data) < len(data):
                raise OSError("a dead letter could not be written as a whole")
            if directory.is_file(name, descriptor):
                return os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)


def lines(directory: Directory, name: str) -> Iterator[Found]:
    """What is in a file, oldest first.

    Raises:
        OSError: it cannot be opened, or is not a plain file of this user's.
    """
    with open(directory.open_file(name), "rb") as file:  # noqa: PTH123 - by its descriptor
        while line := file.readline(_LONGEST_LINE):
            if line.strip():
                yield Found(_parsed(line), line)


def _parsed(line: bytes) -> Letter | None:
    try:
        return Letter.parse(line)
    except ValueError:
        return None


def take_away(directory: Directory, name: str) -> str:
    """Give a file a name under which nobody appends to it; what that is."""
    if name.endswith(_TAKEN):
        return name  # left over from one who was interrupted
    directory.rename(name, name + _TAKEN)
    return name + _TAKEN
