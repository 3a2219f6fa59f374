"""A client as JSON: what it is made of and how it is doing, without its secrets."""

from __future__ import annotations

import os
import platform
import socket
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import attrs

from analytics_mixpanel.reporting.text import sendable
from analytics_mixpanel.version import VERSION

if TYPE_CHECKING:
    from analytics_mixpanel.accounts import Stats
    from analytics_mixpanel.client import Client
    from analytics_mixpanel.reporting.mailbox import Mailbox

_PACKAGES: Final = ("attrs", "backoff", "orjson", "pluggy", "requests", "isal")
# Settings that are shown as they are; of the others it is said at most that they are given.
_SHOWN: Final = (
    *("debug", "send", "gzip", "sync_mode", "max_queue_size", "max_queue_bytes", "max_message_bytes"),
    *("upload_size", "upload_interval", "batch_bytes", "thread", "timeout", "flush_timeout"),
    *("shutdown_timeout", "max_retries", "max_total_backoff_duration", "max_rate_limit_duration"),
    *("discover", "library_name", "queue_kind", "when_full", "spool_max_bytes", "spool_max_age"),
)
_GIVEN: Final = ("write_key", "on_error", "proxies", "log_handler", "retry", "encoders")


def snapshot(client: Client, number: int, mailbox: Mailbox) -> dict[str, Any]:
    """Describe a client now.

    Args:
        client: of this process.
        number: tells it from the other clients of the process.
        mailbox: what is still to be reported.
    """
    return {
        "process": {**_process(), "started": mailbox.since},
        "client": number,
        "closed": client.closed,
        "plugins": _plugins(client),
        "hooks": client.hooks(),
        "settings": _settings(client),
        "queue": _queue(client),
        "lanes": list(_lanes(client)),
        "losses": list(mailbox.losses),
        "missed": mailbox.missed,
    }


def _process() -> dict[str, Any]:
    return {
        "pid": os.getpid(),
        "host": sendable(socket.gethostname()),
        "program": sendable(sys.argv[0] if sys.argv else ""),
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": sys.platform,
        "versions": {"analytics-mixpanel": VERSION, **_versions()},
    }


@cache
def _versions() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _plugins(client: Client) -> list[dict[str, Any]]:
    hooks = client.hooks()
    return [
        {"name": name, "type": kind, "hooks": [hook for hook, names in hooks.items() if name in names]}
        for name, kind in client.registered().items()
    ]


def _settings(client: Client) -> dict[str, Any]:
    shown = {name: getattr(client, name) for name in _SHOWN}
    given = {name: "given" if getattr(client, name) else "not given" for name in _GIVEN}
    return {**shown, **given, "host": _host(client.host)}


def _host(host: str | None) -> str:
    """Give an address without what may be secret in it."""
    if not host:
        return "not given"
    try:
        parts = urlsplit(host)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "given"
    return f"{parts.scheme}://{parts.hostname or ''}{port}" if parts.hostname else "given"


def _queue(client: Client) -> dict[str, Any]:
    queue = client.queue
    pending = max((stats.pending for stats in client.stats().values()), default=0)
    return {"type": type(queue).__name__, "pending": pending, "most": client.max_queue_size}


def _lanes(client: Client) -> Iterator[dict[str, Any]]:
    health = client.health
    for name, stats in client.stats().items():
        own = f"analytics-mixpanel {name} "
        threads = [thread for thread in client.consumers if thread.name.startswith(own)]
        yield {
            "destination": name,
            "threads": [{"name": thread.name, "alive": thread.is_alive()} for thread in threads],
            "pending": stats.pending,
            "stats": _stats(stats),
            "health": attrs.asdict(health[name]) if name in health else None,
        }


def _stats(stats: Stats) -> dict[str, Any]:
    return {
        "accepted": stats.accepted,
        "delivered": stats.delivered,
        "rejected": stats.rejected,
        "dropped": dict(stats.dropped),
        "retried": stats.retried,
        "pending": stats.pending,
    }
