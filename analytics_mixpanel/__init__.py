"""Segment's analytics-python API, delivered straight to Mixpanel.

    import analytics_mixpanel as analytics

    analytics.write_key = "MIXPANEL_PROJECT_TOKEN"
    analytics.track("user-1", "Order Completed", {"total": 42.5})

The settings below are read when the first call makes the client; each is described in ``Settings``. The
functions are the methods of that client. All that is offered here is imported with the first use of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal

from analytics_mixpanel.process.late_imports import late_import
from analytics_mixpanel.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analytics_mixpanel.accounts import Stats
    from analytics_mixpanel.client import Client
    from analytics_mixpanel.delivery import Batch, Outcome, Rejection
    from analytics_mixpanel.functions import (
        aflush,
        alias,
        ashutdown,
        debugger,
        enqueue,
        flush,
        flush_after,
        group,
        health,
        identify,
        join,
        page,
        register,
        register_encoder,
        screen,
        shutdown,
        stats,
        track,
    )
    from analytics_mixpanel.hookspecs import Drop, hookimpl
    from analytics_mixpanel.lanes.health import Health
    from analytics_mixpanel.lanes.retry import RetryPolicy
    from analytics_mixpanel.message import Message
    from analytics_mixpanel.process.signals import flush_on_signals
    from analytics_mixpanel.scopes import Scope, current_scope, scope
    from analytics_mixpanel.segment import install_as_segment

__version__ = VERSION

__all__ = [
    "Batch",
    "Client",
    "Drop",
    "Health",
    "Message",
    "Outcome",
    "Rejection",
    "RetryPolicy",
    "Scope",
    "Stats",
    "aflush",
    "alias",
    "ashutdown",
    "current_scope",
    "debugger",
    "enqueue",
    "flush",
    "flush_after",
    "flush_on_signals",
    "group",
    "health",
    "hookimpl",
    "identify",
    "install_as_segment",
    "join",
    "page",
    "register",
    "register_encoder",
    "scope",
    "screen",
    "shutdown",
    "stats",
    "track",
]

write_key: str | None = None
host: str | None = None
debug: bool = False
max_queue_size: int = 100_000
send: bool = True
on_error: Callable[[Any, Any], Any] | None = None
gzip: bool = True
max_retries: int = 10
sync_mode: bool = False
timeout: float = 15
proxies: Mapping[str, str] | None = None
thread: int = 1
upload_size: int = 2_000
upload_interval: float = 0.5
log_handler: Any = None
oauth_client_id: str | None = None
oauth_client_key: str | None = None
oauth_key_id: str | None = None
oauth_auth_server: str = "https://oauth2.segment.io"
oauth_scope: str = "tracking_api:write"
max_total_backoff_duration: float = 43_200
max_rate_limit_duration: float = 1_800

disable: tuple[str, ...] = ()
discover: bool = True
library_name: str | None = None
max_queue_bytes: int = 64_000_000
queue: str | None = None
spool_max_bytes: int = 1_000_000_000
spool_max_age: float = 30 * 86_400.0
spool_max_dead_bytes: int = 100_000_000
spool_fsync: float | Literal["always"] | None = None
when_full: str | None = None
max_message_bytes: int = 1_000_000
flush_timeout: float = 30.0
shutdown_timeout: float = 5.0
log_payloads: bool = False

default_client: Client | None = None

# The module of each name above, as the type checkers' imports have it.
_HOMES: Final = {
    "accounts": ("Stats",),
    "client": ("Client",),
    "delivery": ("Batch", "Outcome", "Rejection"),
    "functions": (
        *("aflush", "alias", "ashutdown", "debugger", "enqueue", "flush", "flush_after", "group", "health"),
        *("identify", "join", "page", "register", "register_encoder", "screen", "shutdown", "stats", "track"),
    ),
    "lanes.health": ("Health",),
    "lanes.retry": ("RetryPolicy",),
    "hookspecs": ("Drop", "hookimpl"),
    "message": ("Message",),
    "scopes": ("Scope", "current_scope", "scope"),
    "segment": ("install_as_segment",),
    "process.signals": ("flush_on_signals",),
}


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


if not TYPE_CHECKING:  # type checkers would take any name for one that is here

    def __getattr__(name: str) -> Any:
        for home, names in _HOMES.items():
            if name in names:
                with late_import():
                    globals()[name] = getattr(import_module(f"{__name__}.{home}"), name)
                return globals()[name]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
