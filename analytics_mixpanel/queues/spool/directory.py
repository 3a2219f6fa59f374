"""A spool's directory: reached by its descriptor, and refused where another user could tamper with it."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

from attrs import define

from analytics_mixpanel.errors import ConfigurationError

_PRIVATE: Final = 0o700
_FILE: Final = 0o600
_OTHERS_WRITE: Final = 0o022
_NOT_A_DIRECTORY: Final = (errno.ELOOP, errno.ENOTDIR, errno.EMLINK)
_DIRECTORY_FLAGS: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW_FLAGS: Final = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# Without O_NONBLOCK, opening a FIFO that somebody has put there would wait for its other end.
_OLD_FLAGS: Final = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class NotOurs(OSError):  # noqa: N818 - what it says of the file
    """A file of the spool is no plain file of this user's."""


@define(eq=False)
class Directory:
    """An open directory that belongs to this user and that nobody else may write to."""

    path: Path
    descriptor: int

    @classmethod
    def open(cls, root: Path, name: str) -> Directory:
        """Open ``root/name``, making what is missing.

        Raises:
            ConfigurationError: it is not safe to keep messages there.
            OSError: it cannot be made or opened.
        """
        _make(root)
        outer = _open_safe(root)
        try:
            try:
                os.mkdir(name, _PRIVATE, dir_fd=outer)
            except FileExistsError:
                pass
            return cls(root / name, _open_safe(root / name, name, outer))
        finally:
            os.close(outer)

    @classmethod
    def open_existing(cls, path: Path) -> Directory:
        """Open a directory as it is, to look into it or to work on it offline."""
        return cls(path, _open_safe(path))

    @property
    def identity(self) -> tuple[int, int]:
        """What tells it from every other directory, whatever path leads there."""
        found = os.fstat(self.descriptor)
        return found.st_dev, found.st_ino

    def names(self) -> list[str]:
        """The files in it, sorted: whose processes began earlier come first."""
        fresh = os.open(".", _DIRECTORY_FLAGS, dir_fd=self.descriptor)
        try:
            return sorted(os.listdir(fresh))  # noqa: PTH208 - by its descriptor
        finally:
            os.close(fresh)

    def create(self, name: str) -> int:
        """Open a new file that is read at any place and written at its end."""
        return os.open(name, _NEW_FLAGS, _FILE, dir_fd=self.descriptor)

    def open_file(self, name: str, *, write: bool = False, create: bool = False) -> int:
        """Open a file of the spool.

        Raises:
            NotOurs: it is a link, a device or another user's.
            OSError: it is not there, or cannot be opened.
        """
        flags = _OLD_FLAGS | (os.O_RDWR if write or create else os.O_RDONLY) | (os.O_CREAT if create else 0)
        try:
            descriptor = os.open(name, flags, _FILE, dir_fd=self.descriptor)
        except OSError as error:
            if error.errno in {errno.ELOOP, errno.EMLINK, errno.ENXIO}:
                raise NotOurs(error.errno, "not a plain file of this user's") from None
            raise
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid():
            os.close(descriptor)
            raise NotOurs(errno.EPERM, "not a plain file of this user's")
        return descriptor

    def is_file(self, name: str, descriptor: int) -> bool:
        """Whether this open file is still the one of that name."""
        try:
            found = os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)
        except OSError:
            return False
        return os.path.samestat(found, os.fstat(descriptor))

    def size(self, name: str) -> int:
        """Bytes of a file; 0 if it is not there."""
        try:
            return os.stat(name, dir_fd=self.descriptor, follow_symlinks=False).st_size
        except OSError:
            return 0

    def remove(self, name: str) -> None:
        """Remove a file, if it is there and can be removed."""
        try:
            os.unlink(name, dir_fd=self.descriptor)
        except OSError:
            pass

    def rename(self, name: str, to: str) -> None:
        """Give a file another name."""
        os.rename(name, to, src_dir_fd=self.descriptor, dst_dir_fd=self.descriptor)

    def sync(self) -> None:
        """Have the disk keep the names of new files."""
        os.fsync(self.descriptor)

    def close(self) -> None:
        """Let go of it; a number that is closed once is never closed again, when it may be another's."""
        descriptor, self.descriptor = self.descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def _make(path: Path) -> None:
    """Make a directory and what is missing above it, whatever the umask: for this user alone."""
    if not path.exists() and not path.is_symlink():
        _make(path.parent)
        try:
            path.mkdir(_PRIVATE)
        except FileExistsError:
            pass


def _open_safe(path: Path, name: str | None = None, within: int | None = None) -> int:
    try:
        descriptor = os.open(name or path, _DIRECTORY_FLAGS, dir_fd=within)
    except OSError as error:
        if error.errno in _NOT_A_DIRECTORY:
            raise _refusal(path, "is a link or no directory", "name a directory itself") from None
        raise
    found = os.fstat(descriptor)
    why = None
    if found.st_uid != os.geteuid():
        why = _refusal(path, "belongs to another user", "chown it to the user that the process runs as")
    elif stat.S_IMODE(found.st_mode) & _OTHERS_WRITE:
        why = _refusal(path, "may be written by other users", "chmod go-w, or name a directory within it")
    if why:
        os.close(descriptor)
        raise why
    return descriptor


def _refusal(path: Path, what: str, advice: str) -> ConfigurationError:
    return ConfigurationError(f"queue: the spool's directory {path} {what}; {advice}")
