"""Who owns the files of an instance: whoever holds the lock on its lock file.

The kernel lets go of the lock when a process ends, however it ends. These locks are a process's, not a
descriptor's: a second one on the same file would be granted, and closing either would end both. So the
process notes which it holds, and never opens one of those again. A forked child inherits none of them.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import time
from typing import Final

from attrs import define

from analytics_mixpanel.queues.spool.directory import Directory, NotOurs

_FILE: Final = re.compile(r"([0-9a-f]{24})\.lock")

# Process, directory and instance → the lock. Only single steps, each of which no other thread can divide.
_held: dict[tuple[int, tuple[int, int], str], object] = {}


@define(eq=False)
class InstanceLock:
    """A lock that is held: the instance's files are this process's to write and to remove."""

    directory: Directory
    instance: str
    _key: tuple[int, tuple[int, int], str]
    _descriptor: int

    @classmethod
    def begin(cls, directory: Directory) -> InstanceLock:
        """Begin an instance of this process's own; names of later ones sort after those of earlier ones.

        Raises:
            OSError: the lock file cannot be written.
        """
        while True:
            instance = f"{int(time.time() * 1000) & (1 << 48) - 1:012x}{secrets.token_hex(6)}"
            os.close(directory.create(lock_file(instance)))
            try:
                lock = cls.take(directory, instance)
            except FileNotFoundError:
                continue  # somebody took it for left over, and removed it
            if lock is not None:
                return lock

    @classmethod
    def take(cls, directory: Directory, instance: str) -> InstanceLock | None:
        """Take the lock of an instance; None while it is held, by this process or another.

        Raises:
            OSError: the lock file is not there, cannot be opened or cannot be locked on this file system.
        """
        key = (os.getpid(), directory.identity, instance)
        claim = object()
        if _held.setdefault(key, claim) is not claim:
            return None
        try:
            descriptor = _locked(directory, instance)
        except BaseException:
            _held.pop(key, None)
            raise
        if descriptor is None:
            _held.pop(key, None)
            return None
        return cls(directory, instance, key, descriptor)

    @property
    def is_whole(self) -> bool:
        """Whether the lock file is still there: nobody has removed it or the directory."""
        return self._descriptor >= 0 and self.directory.is_file(lock_file(self.instance), self._descriptor)

    def remove(self) -> None:
        """End the instance, nothing of which is left."""
        self.directory.remove(lock_file(self.instance))
        self.release()

    def release(self) -> None:
        """Let another process, or this one, have what is left."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)
        _held.pop(self._key, None)


def _locked(directory: Directory, instance: str) -> int | None:
    file = lock_file(instance)
    descriptor = directory.open_file(file, write=True)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if error.errno in {errno.EACCES, errno.EAGAIN}:
            return None
        raise
    if not directory.is_file(file, descriptor):  # its last owner removed it before letting go
        os.close(descriptor)
        return None
    return descriptor


def lock_file(instance: str) -> str:
    """The lock file of an instance."""
    return f"{instance}.lock"


def instances(names: list[str]) -> list[str]:
    """The instances whose lock files are among these files, oldest first."""
    return sorted(match[1] for name in names if (match := _FILE.fullmatch(name)))


def is_held(directory: Directory, instance: str) -> bool:
    """Whether a living process, this one included, has the instance; no other notices the question."""
    key = (os.getpid(), directory.identity, instance)
    claim = object()  # closing the file below would end a lock of this process's own
    if _held.setdefault(key, claim) is not claim:
        return True
    try:
        return _is_locked(directory, lock_file(instance))
    except (NotOurs, FileNotFoundError):
        return False
    finally:
        _held.pop(key, None)


def _is_locked(directory: Directory, file: str) -> bool:
    descriptor = directory.open_file(file)
    try:
        os.lockf(descriptor, os.F_TEST, 0)
    except OSError as error:
        if error.errno in {errno.EACCES, errno.EAGAIN}:
            return True
        raise
    finally:
        os.close(descriptor)
    return False
