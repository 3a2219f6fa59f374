"""Which queue: memory, or ``spool:`` and a directory."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import field, frozen

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.queues import Queue
from analytics_mixpanel.queues.memory import MemoryQueue
from analytics_mixpanel.queues.overflow.spilling import SpillQueue

if TYPE_CHECKING:
    from analytics_mixpanel.queues.spool.syncing import Fsync

QUEUE_VARIABLE: Final = "ANALYTICS_MIXPANEL_QUEUE"

_MEMORY: Final = "memory"
_SPOOL: Final = "spool"


@frozen
class QueueSettings:
    """What a queue is made from.

    Attributes:
        kind: ``memory``, ``spool`` or ``spool:DIRECTORY``.
        maxsize: messages a destination may have pending in memory.
        max_bytes: bytes of them.
        shards: lines for each destination.
        spill: memory comes first, the spool when that is full.
        spool_max_bytes: bytes that a spool's files may take.
        spool_max_age: seconds that a message is kept in a spool.
        spool_max_dead_bytes: bytes that dead letters may take there.
        spool_fsync: when the disk itself is told to keep what was written.
        project_keys: what tells one project's messages from another's, of each destination that has it.
    """

    kind: str
    maxsize: int
    max_bytes: int
    shards: int
    spill: bool = False
    spool_max_bytes: int = 1_000_000_000
    spool_max_age: float = 30 * 86_400.0
    spool_max_dead_bytes: int = 100_000_000
    spool_fsync: Fsync = None
    project_keys: Iterable[str] = field(default=())


def queue_kind(given: str | None) -> str:
    """The setting, else the environment's, else memory.

    Raises:
        ConfigurationError: there is no such queue.
    """
    kind = given or os.environ.get(QUEUE_VARIABLE, "").strip() or _MEMORY
    if kind not in {_MEMORY, _SPOOL} and not (kind.startswith("spool:") and kind != "spool:"):
        raise ConfigurationError("queue must be 'memory', 'spool' or 'spool:DIRECTORY'")
    return kind


def is_durable(kind: str) -> bool:
    """Whether what is in such a queue outlives its process."""
    return kind != _MEMORY


def make_queue(settings: QueueSettings) -> Queue:
    """The queue that was chosen; a spool opens nothing yet.

    Raises:
        ConfigurationError: this system has no locks for a spool, or there is nothing to spill to.
    """
    memory = MemoryQueue(settings.maxsize, settings.max_bytes, settings.shards)
    if is_durable(settings.kind):
        spool = _make_spool(settings)
        return SpillQueue(memory, spool) if settings.spill else spool
    if settings.spill:
        raise ConfigurationError("when_full: 'spill' needs a directory to spill to: queue='spool:DIRECTORY'")
    return memory


def _make_spool(settings: QueueSettings) -> Queue:
    try:
        from analytics_mixpanel.queues.spool import SpoolQueue, SpoolSettings  # noqa: PLC0415 - needs fcntl
    except ImportError:
        raise ConfigurationError(
            "queue: a spool needs the file locks of Linux, macOS or another Unix; use queue='memory' here"
        ) from None
    return SpoolQueue(
        SpoolSettings(
            root=spool_root(settings.kind),
            name=project_name(settings.project_keys),
            max_bytes=settings.spool_max_bytes,
            max_age=settings.spool_max_age,
            max_dead_bytes=settings.spool_max_dead_bytes,
            fsync=settings.spool_fsync,
            maxsize=settings.maxsize,
            memory_bytes=settings.max_bytes,
            shards=settings.shards,
        )
    )


def spool_root(kind: str) -> Path:
    """The directory of a spool; where none is named, the one that the system has for such things.

    Never a shared one such as /tmp. Sources: systemd.exec, StateDirectory; XDG Base Directory Specification.
    """
    _, _, named = kind.partition(":")
    if named:
        return Path(named).expanduser().absolute()
    state = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    home = os.environ.get("XDG_STATE_HOME", "")
    return (Path(state) if state else Path(home or "~/.local/state").expanduser()) / "analytics-mixpanel"


def project_name(project_keys: Iterable[str]) -> str:
    """The directory, within a spool's, of everything that goes to these projects; tells no key."""
    return hashlib.sha256("\n".join(sorted(project_keys)).encode()).hexdigest()[:16]
