"""The client's methods as functions of the package, and the client that they are called on."""

from __future__ import annotations

import inspect
import os
import threading
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import analytics_mixpanel as package
from analytics_mixpanel.accounts import Stats
from analytics_mixpanel.client import Client
from analytics_mixpanel.encoding import check_kind
from analytics_mixpanel.lanes.health import Health
from analytics_mixpanel.process import freezing

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

# The settings that the package has, by the names that it and a client have for them.
SETTINGS: Final = (
    *("write_key", "host", "debug", "max_queue_size", "send", "on_error", "gzip", "max_retries", "sync_mode"),
    *("timeout", "proxies", "thread", "upload_size", "upload_interval", "log_handler", "oauth_client_id"),
    *("oauth_client_key", "oauth_key_id", "oauth_auth_server", "oauth_scope", "max_total_backoff_duration"),
    *("max_rate_limit_duration", "disable", "discover", "library_name", "max_queue_bytes"),
    *("when_full", "max_message_bytes", "flush_timeout", "shutdown_timeout", "queue", "spool_max_bytes"),
    *("log_payloads", "spool_max_age", "spool_max_dead_bytes", "spool_fsync"),
)
# What register() and register_encoder() were given: for the client that is made, and those after a shutdown.
_plugins: list[object] = []
_encoders: dict[type, Callable[[Any], Any]] = {}
_making = threading.RLock()


def _client() -> Client:
    """The package's client: made by the first call, and again by the first after a shutdown."""
    client = package.default_client
    if client is None or client.closed:
        with _making:  # two threads that call at once share one client
            client = package.default_client
            if client is None or client.closed:
                settings = {name: getattr(package, name) for name in SETTINGS}
                client = Client(**settings, plugins=_plugins, encoders=_encoders)
                package.default_client = client
    return client


def _after_fork_in_child() -> None:
    global _making  # noqa: PLW0603 - a thread that is not in the child may have held it
    _making = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


def _of_the_client(method: Callable[Concatenate[Client, P], R]) -> Callable[P, R]:
    """A method of the package's client as a function."""
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
debugger = _of_the_client(Client.debugger)


def flush(timeout: float | None = None) -> int:
    """Wait until everything accepted before is settled; how many messages are not. See Client.flush."""
    return (package.default_client or _client()).flush(timeout)


def stats() -> Mapping[str, Stats]:
    """What became of the messages, by destination; after a shutdown still those of before."""
    return (package.default_client or _client()).stats()


def health() -> Mapping[str, Health]:
    """How each destination is doing. See Client.health."""
    return (package.default_client or _client()).health


async def aflush(timeout: float | None = None) -> int:
    """Flush without holding up the event loop; how many messages are not settled yet. See Client.aflush."""
    return await (package.default_client or _client()).aflush(timeout)


async def ashutdown(timeout: float | None = None) -> int:
    """Shut down without holding up the event loop; how many messages that lost. See Client.ashutdown."""
    return 0 if package.default_client is None else await package.default_client.ashutdown(timeout)


def flush_after(function: Callable[P, R]) -> Callable[P, R]:
    """Flush whenever this function, or coroutine function, has run. See Client.flush_after."""
    return freezing.flush_after(function, lambda: package.default_client)


def join() -> None:
    """Stop the threads once the queue is empty, as ``shutdown``."""
    shutdown()


def shutdown(timeout: float | None = None) -> int:
    """Flush and stop the package's client, if there is one; how many messages that lost."""
    return 0 if package.default_client is None else package.default_client.shutdown(timeout)


def register(plugin: object) -> None:
    """Add a plugin to the package's client, the present one and those made after a shutdown."""
    if package.default_client is not None and not package.default_client.closed:
        package.default_client.register(plugin)
    _plugins.append(plugin)


def register_encoder(kind: type[T], encode: Callable[[T], Any]) -> None:
    """Encode values of ``kind``, and of its subclasses, as what ``encode(value)`` returns.

    Raises:
        ArgumentError: ``kind`` is one of JSON's own types, which an encoder cannot change.
    """
    check_kind(kind)
    _encoders[kind] = encode
    if package.default_client is not None:
        package.default_client.register_encoder(kind, encode)
