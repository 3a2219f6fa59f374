"""Segment's analytics-python API, delivered straight to Mixpanel.

    import analytics_mixpanel as analytics

    analytics.write_key = "MIXPANEL_PROJECT_TOKEN"
    analytics.track("user-1", "Order Completed", {"total": 42.5})

The settings below are read when the first call makes the client; each is described in ``Settings``. The
functions are the methods of that client.
"""

from __future__ import annotations

import inspect
import os
import threading
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from analytics_mixpanel.accounts import Stats
from analytics_mixpanel.client import Client
from analytics_mixpanel.delivery import Batch, Outcome, Rejection
from analytics_mixpanel.hookspecs import Drop, hookimpl
from analytics_mixpanel.message import Message
from analytics_mixpanel.scopes import Scope, current_scope, scope
from analytics_mixpanel.segment import install_as_segment
from analytics_mixpanel.version import VERSION

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

__version__ = VERSION

__all__ = [
    "Batch",
    "Client",
    "Drop",
    "Message",
    "Outcome",
    "Rejection",
    "Scope",
    "Stats",
    "alias",
    "current_scope",
    "enqueue",
    "flush",
    "group",
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
max_message_bytes: int = 1_000_000
flush_timeout: float = 30.0
shutdown_timeout: float = 5.0

default_client: Client | None = None

_SETTINGS = (
    *("write_key", "host", "debug", "max_queue_size", "send", "on_error", "gzip", "max_retries", "sync_mode"),
    *("timeout", "proxies", "thread", "upload_size", "upload_interval", "log_handler", "oauth_client_id"),
    *("oauth_client_key", "oauth_key_id", "oauth_auth_server", "oauth_scope", "max_total_backoff_duration"),
    *("max_rate_limit_duration", "disable", "discover", "library_name", "max_queue_bytes"),
    *("max_message_bytes", "flush_timeout", "shutdown_timeout"),
)
_plugins: list[object] = []
_encoders: dict[type, Callable[[Any], Any]] = {}
_making = threading.RLock()


def _client() -> Client:
    """The client of this module: made by the first call, and again by the first after a shutdown."""
    global default_client  # noqa: PLW0603 - analytics-python's own name for it
    client = default_client
    if client is None or client.closed:
        with _making:  # two threads that call at once share one client
            client = default_client
            if client is None or client.closed:
                settings = {name: globals()[name] for name in _SETTINGS}
                client = default_client = Client(**settings, plugins=_plugins, encoders=_encoders)
    return client


def _after_fork_in_child() -> None:
    global _making  # noqa: PLW0603 - a thread that is not in the child may have held it
    _making = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


def _of_the_client(method: Callable[Concatenate[Client, P], R]) -> Callable[P, R]:
    """A method of the module's client as a function."""
    name = method.__name__

    @wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        result: R = getattr(_client(), name)(*args, **kwargs)
        return result

    signature = inspect.signature(method)
    parameters = list(signature.parameters.values())[1:]
    call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return call


track = _of_the_client(Client.track)
identify = _of_the_client(Client.identify)
group = _of_the_client(Client.group)
alias = _of_the_client(Client.alias)
page = _of_the_client(Client.page)
screen = _of_the_client(Client.screen)
enqueue = _of_the_client(Client.enqueue)


def flush(timeout: float | None = None) -> int:
    """Wait until everything accepted before is settled; how many messages are not. See Client.flush."""
    return (default_client or _client()).flush(timeout)


def stats() -> Mapping[str, Stats]:
    """What became of the messages, by destination; after a shutdown still those of before."""
    return (default_client or _client()).stats()


def join() -> None:
    """Stop the threads once the queue is empty, as ``shutdown``."""
    shutdown()


def shutdown(timeout: float | None = None) -> int:
    """Flush and stop the module's client, if there is one; how many messages that lost."""
    return 0 if default_client is None else default_client.shutdown(timeout)


def register(plugin: object) -> None:
    """Add a plugin to the module's client, the present one and those made after a shutdown."""
    if default_client is not None and not default_client.closed:
        default_client.register(plugin)
    _plugins.append(plugin)


def register_encoder(kind: type[T], encode: Callable[[T], Any]) -> None:
    """Encode values of ``kind``, and of its subclasses, as what ``encode(value)`` returns."""
    _encoders[kind] = encode
    if default_client is not None:
        default_client.register_encoder(kind, encode)
