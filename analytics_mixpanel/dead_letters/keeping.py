"""Keeping dead letters, in a bounded space, whatever the disk says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from attrs import define, field

from analytics_mixpanel.dead_letters.files import append, files, lines, name_of, new_instance
from analytics_mixpanel.dead_letters.letter import Letter
from analytics_mixpanel.journal import log_seldom, place_of

if TYPE_CHECKING:
    from analytics_mixpanel.queues.spool.directory import Directory

# The bound is kept by removing whole files, so one is an eighth of it; it is looked at twice as often.
_FILE: Final = 8
_LOOK: Final = 16


@define(eq=False)
class DeadLetters:
    """Writes one process's dead letters; never raises.

    Attributes:
        directory: where, as it is at the moment.
        max_bytes: what all files of the directory may have together; the oldest is removed first.
        kept: letters written.
        discarded: letters removed to make room.
        failed: letters that could not be written.
    """

    directory: Callable[[], Directory]
    max_bytes: int
    instance: str = field(factory=new_instance)
    kept: int = 0
    discarded: int = 0
    failed: int = 0
    _serial: int = 0
    _unseen: int = field(default=1 << 62)  # bytes written since the bound was looked at
    _torn: bool = False

    def keep(self, letters: Sequence[Letter]) -> None:
        """Write letters down."""
        if not letters:
            return
        data = b"".join([letter.line for letter in letters])
        try:
            directory = self.directory()
            size = append(directory, name_of(self.instance, self._serial), b"\n" * self._torn + data)
            self._torn = False
            self.kept += len(letters)
            self._unseen += len(data)
            if size >= self.max_bytes // _FILE:
                self._serial += 1
            if self._unseen >= self.max_bytes // _LOOK:
                self._make_room(directory)
        except Exception as error:  # noqa: BLE001 - a full disk, say: delivery goes on
            self._torn = True
            self.failed += len(letters)
            log_seldom("dead letters", "dead letters could not be written: %s", place_of(error))

    def _make_room(self, directory: Directory) -> None:
        self._unseen = 0
        names = files(directory)
        sizes = [directory.size(name) for name in names]
        surplus = sum(sizes) + self.max_bytes // _LOOK - self.max_bytes
        for name, size in zip(names, sizes, strict=True):
            if surplus <= 0:
                break
            count = sum(1 for _ in lines(directory, name))
            directory.remove(name)
            surplus -= size
            self.discarded += count
            log_seldom("dead letters full", "the oldest dead letters were removed: %d, then more", count)
