"""The client's settings: analytics-python's names in its order, and a few of our own."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal

from attrs import Attribute, define, field

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel.lanes.retry import RetryPolicy
from analytics_mixpanel.losses import OnError
from analytics_mixpanel.queues.choosing import queue_kind
from analytics_mixpanel.queues.overflow.policy import chosen

LIBRARY_VARIABLE: Final = "ANALYTICS_MIXPANEL_LIBRARY"

_Check = Callable[[Any, "Attribute[Any]", Any], None]


def _at_least(least: float) -> _Check:
    def check(_: Any, attribute: Attribute[Any], value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= least:
            raise ConfigurationError(f"{attribute.name} must be a number, at least {least}")

    return check


def _text_or_none(_: Any, attribute: Attribute[Any], value: Any) -> None:
    if value is not None and not isinstance(value, str):
        raise ConfigurationError(f"{attribute.name} must be a str, not {type(value).__name__}")


def _callable_or_none(_: Any, attribute: Attribute[Any], value: Any) -> None:
    if value and not callable(value):
        raise ConfigurationError(f"{attribute.name} must be a function, not {type(value).__name__}")


def _fsync(_: Any, attribute: Attribute[Any], value: Any) -> None:
    if value is not None and value != "always":
        _at_least(0.001)(_, attribute, value)


def _library_name(given: str | None) -> str:
    return given or os.environ.get(LIBRARY_VARIABLE) or "analytics-mixpanel"


@define(eq=False, slots=False, repr=False)
class Settings:
    """What a client is told; up to ``max_rate_limit_duration``, analytics-python's parameters.

    Attributes:
        write_key: the Mixpanel project token; else MIXPANEL_TOKEN.
        host: the API host, as ``https://api-eu.mixpanel.com``; else MIXPANEL_API_HOST, else the US.
        debug: log at DEBUG level, to stderr unless there is a ``log_handler``.
        max_queue_size: messages that may wait for each destination; see ``when_full``.
        send: False builds and returns messages, and keeps none.
        on_error: called with an error and the list of messages that it lost.
        gzip: compress requests.
        max_retries: attempts after the first.
        sync_mode: deliver within each call, for ``timeout`` seconds at most; what is not delivered then is
            dropped, or kept in the spool if there is one, and what follows it queues up behind it.
        timeout: seconds for one request.
        proxies: as requests takes them.
        thread: threads for each destination; the messages of a user stay in order.
        upload_size: messages a batch.
        upload_interval: seconds a message may wait for its batch to fill.
        log_handler: added to the logger ``analytics_mixpanel``.
        oauth_client_id: Segment's, without effect, as the four that follow.
        max_total_backoff_duration: seconds until a batch that keeps failing is given up.
        max_rate_limit_duration: seconds a batch may wait because the destination said how long.
        plugins: registered before the installed ones; an installed one of the same name is not used.
        disable: names of plugins never to register, besides those in ANALYTICS_MIXPANEL_DISABLE.
        discover: whether installed plugins (entry points in the group ``analytics_mixpanel``) register.
        library_name: ``context.library.name``; else ANALYTICS_MIXPANEL_LIBRARY, else analytics-mixpanel.
        max_queue_bytes: bytes that may wait for each destination.
        queue: where messages wait: ``memory``, ``spool:DIRECTORY`` on disk, or ``spool`` for a directory in
            the user's state directory; else ANALYTICS_MIXPANEL_QUEUE, else ``memory``.
        spool_max_bytes: bytes that the files of a spool may take, all processes together.
        spool_max_age: seconds that a message is kept in a spool; before that, none is given up for having
            been tried in vain.
        spool_max_dead_bytes: bytes that dead letters may take beside a spool: messages that were rejected or
            given up, with the reasons.
        spool_fsync: seconds after which the disk itself has what was written, or ``always`` for before a call
            returns; else the system decides, and a machine that fails may lose the last seconds.
        when_full: what gives way when no more may wait: ``drop-new``, ``drop-old``, ``block:SECONDS``,
            ``raise`` or ``spill``; else ANALYTICS_MIXPANEL_WHEN_FULL, else ``drop-new``.
        max_message_bytes: a longer message is dropped; Mixpanel takes events of up to one megabyte. A spool
            keeps none that is longer than 1,048,576.
        batch_bytes: bytes of encoded messages a batch; a destination splits by its own limits again.
        flush_timeout: seconds that ``flush`` waits when it is not told.
        shutdown_timeout: seconds that ``shutdown``, or the end of the process, waits when it is not told.
        retry: how failed batches are tried again; else as the three settings above say.
        log_payloads: log each message that is accepted, as JSON, at DEBUG level; otherwise no line of the log
            has a value of the application's.
        encoders: further types, and functions from their values to what is encoded.
    """

    write_key: str | None = field(default=None, validator=_text_or_none)
    host: str | None = field(default=None, validator=_text_or_none)
    debug: bool = False
    max_queue_size: int = field(default=100_000, validator=_at_least(1))
    send: bool = True
    on_error: OnError | None = field(default=None, validator=_callable_or_none)
    gzip: bool = True
    max_retries: int = field(default=10, validator=_at_least(0))
    sync_mode: bool = False
    timeout: float = field(default=15, validator=_at_least(0.001))
    proxies: Mapping[str, str] | None = None
    thread: int = field(default=1, validator=_at_least(1))
    upload_size: int = field(default=2_000, validator=_at_least(1))
    upload_interval: float = field(default=0.5, validator=_at_least(0))
    log_handler: logging.Handler | None = None
    oauth_client_id: str | None = None
    oauth_client_key: str | None = None
    oauth_key_id: str | None = None
    oauth_auth_server: str = "https://oauth2.segment.io"
    oauth_scope: str = "tracking_api:write"
    max_total_backoff_duration: float = field(default=43_200, validator=_at_least(0))
    max_rate_limit_duration: float = field(default=1_800, validator=_at_least(0))

    plugins: Iterable[object] = field(default=(), kw_only=True)
    disable: Iterable[str] = field(default=(), kw_only=True)
    discover: bool = field(default=True, kw_only=True)
    library_name: str | None = field(default=None, kw_only=True, converter=_library_name)
    max_queue_bytes: int = field(default=64_000_000, kw_only=True, validator=_at_least(1))
    queue_kind: str = field(default=None, kw_only=True, converter=queue_kind, alias="queue")
    spool_max_bytes: int = field(default=1_000_000_000, kw_only=True, validator=_at_least(1))
    spool_max_age: float = field(default=30 * 86_400.0, kw_only=True, validator=_at_least(1))
    spool_max_dead_bytes: int = field(default=100_000_000, kw_only=True, validator=_at_least(1))
    spool_fsync: float | Literal["always"] | None = field(default=None, kw_only=True, validator=_fsync)
    when_full: str = field(default=None, kw_only=True, converter=chosen)
    max_message_bytes: int = field(default=1_000_000, kw_only=True, validator=_at_least(1))
    batch_bytes: int = field(default=4_000_000, kw_only=True, validator=_at_least(1))
    flush_timeout: float = field(default=30.0, kw_only=True, validator=_at_least(0))
    shutdown_timeout: float = field(default=5.0, kw_only=True, validator=_at_least(0))
    retry: RetryPolicy | None = field(default=None, kw_only=True)
    log_payloads: bool = field(default=False, kw_only=True)
    encoders: Mapping[type, Callable[[Any], Any]] = field(factory=dict, kw_only=True)

    def __attrs_post_init__(self) -> None:
        """Begin, all settings being right; a client does."""

    def retry_policy(self) -> RetryPolicy:
        """When a failed batch is tried again, and given up."""
        return self.retry or RetryPolicy(
            self.max_retries, self.max_total_backoff_duration, self.max_rate_limit_duration
        )
