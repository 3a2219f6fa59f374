"""The client: messages go in by its calls, pass the plugins, and are routed to their destinations."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

from analytics_mixpanel.calls import Calls, Result
from analytics_mixpanel.encoding import Encoder
from analytics_mixpanel.errors import ConfigurationError, QueueFull
from analytics_mixpanel.hooks import bare, finish, fold, redacted, tell
from analytics_mixpanel.insight import Insight
from analytics_mixpanel.journal import log, log_seldom, place_of
from analytics_mixpanel.lanes.courier import Pace
from analytics_mixpanel.message import Message, MessageIds, Timestamps
from analytics_mixpanel.plugins import Destination, Plugins, plugin_name
from analytics_mixpanel.process import lifecycle
from analytics_mixpanel.process.ending import Ending
from analytics_mixpanel.process.threads import kind_of_threads
from analytics_mixpanel.queues.choosing import QueueSettings
from analytics_mixpanel.queues.overflow import WhenFull
from analytics_mixpanel.router import Router, RouterSettings
from analytics_mixpanel.settings import Settings
from analytics_mixpanel.version import VERSION

T = TypeVar("T")


class Client(Settings, Calls, Ending, Insight):
    """Records what users do and delivers it in the background; its settings are those of Settings."""

    log = log

    def __attrs_post_init__(self) -> None:
        self.library = {"name": str(self.library_name), "version": VERSION}
        self.closed = False
        self._log()
        self._encoder = Encoder(self.encoders)
        self._ids = MessageIds()
        self._timestamps = Timestamps()
        self._plugins = Plugins(self, self.disable)
        self._destinations = self._register_all()
        self._report()
        self.begin_again()
        self._router.queue.check()
        if self._router.has_leftovers():
            self._watch()
            self._router.start()

    def __repr__(self) -> str:
        return f"Client(plugins={list(self._plugins.names)}, closed={self.closed})"

    def _log(self) -> None:
        if self.log_handler:
            self.log.addHandler(self.log_handler)
        if self.debug:
            self.log.setLevel(logging.DEBUG)
            if not self.log.handlers:
                self.log.addHandler(logging.StreamHandler())
        if self.oauth_client_id or self.oauth_client_key or self.oauth_key_id:
            self.log.warning("the oauth settings are Segment's and have no effect here")

    # -- plugins -----------------------------------------------------------------------------------

    def _register_all(self) -> list[Destination]:
        explicit = list(self.plugins)
        found = [self._plugins.register(plugin) for plugin in explicit]
        if self.discover:
            found += self._plugins.register_installed(taken=map(plugin_name, explicit))
        destinations = [destination for destination in found if destination]
        if not destinations:
            lacking = "; ".join(self._plugins.not_configured) or "give write_key, or a plugin that delivers"
            raise ConfigurationError(f"there is no destination: {lacking}")
        return destinations

    def register(self, plugin: object, name: str | None = None) -> None:
        """Add a plugin; a destination gets what is accepted from now on.

        It takes the place of an installed plugin of its name, which is flushed first.

        Raises:
            PluginError: it does not fit the hooks, or its name is taken.
            Exception: whatever its ``startup`` raised.
        """
        name = name or plugin_name(plugin)
        if self._plugins.unregister_installed(name):
            self._destinations = [each for each in self._destinations if each.name != name]
            self._router.remove(name, time.monotonic() + self.shutdown_timeout)
        destination = self._plugins.register(plugin, name)
        if destination:
            self._destinations.append(destination)
            self._router.add(destination)

    def register_encoder(self, kind: type[T], encode: Callable[[T], Any]) -> None:
        """Encode values of ``kind``, and of its subclasses, as what ``encode(value)`` returns.

        Raises:
            ArgumentError: ``kind`` is one of JSON's own types, which an encoder cannot change.
        """
        self._encoder.register(kind, encode)

    # -- messages ----------------------------------------------------------------------------------

    def _accept(self, message: Message) -> Result:
        try:
            plugins = self._plugins
            if plugins.capture or plugins.redact:
                answer = fold(plugins.capture, message)
                message, given_up = redacted(plugins.redact, answer, message, None)
                if given_up is not None:
                    self._router.drop(message, given_up)
                    return False, message
            if plugins.captured:
                tell(plugins.captured, message)
            body = self._encoder.encode(message)
            if self.log_payloads and self.log.isEnabledFor(logging.DEBUG):
                # ASCII: nothing in a payload can forge a line or steer a terminal.
                self.log.debug("accepted %s", json.dumps(json.loads(body)).replace("\x7f", "\\u007f"))
            if not self.send:
                return True, message
            if len(body) > self._longest:
                self._router.drop(message, f"longer than {self._longest} bytes")
                return False, message
            if not self._watched:
                self._watch()
            return self._router.accept(message, body), message
        except QueueFull:
            raise  # as it was asked for
        except Exception as error:  # noqa: BLE001 - analytics must not break the application
            log_seldom("accept", "a message was dropped: %s", place_of(error))
            # Whether it was redacted cannot be told.
            self._router.drop(bare(message) if self._plugins.redact else message, "error in the client")
            return False, message

    def _notice_fork(self) -> None:
        """Begin again in a child forked by C code, which runs none of Python's hooks."""
        if os.getpid() != self._process:
            self.begin_again()

    def _watch(self) -> None:
        if kind_of_threads() is not self._threads:
            self.begin_again()  # with locks of the kind that the threads will be
        self._watched = True
        lifecycle.watch(self)

    # -- ending ------------------------------------------------------------------------------------

    def hurry(self) -> None:
        """Let everything that waits be tried now, without waiting for it."""
        self._notice_fork()
        self._router.hurry()

    def flush(self, timeout: float | None = None) -> int:
        """Wait until everything accepted before is settled.

        Args:
            timeout: seconds to wait at most; else the setting ``flush_timeout``.

        Returns:
            How many messages are not settled yet: 0 unless the time was up.
        """
        self._notice_fork()
        deadline = time.monotonic() + (self.flush_timeout if timeout is None else timeout)
        left = self._router.flush(deadline)
        finish(self._plugins.flush, lambda: deadline - time.monotonic())
        return left

    def shutdown(self, timeout: float | None = None) -> int:
        """Flush, stop the threads and close the plugins; later messages are dropped.

        Args:
            timeout: seconds to take at most; else the setting ``shutdown_timeout``.

        Returns:
            How many messages were not delivered because the time was up: those that were only in memory are
            dropped, with the reason ``shutdown``; those in a spool are pending, for the next process.
        """
        if self.closed:
            return 0
        self.closed = True
        self._notice_fork()
        deadline = time.monotonic() + (self.shutdown_timeout if timeout is None else timeout)
        lost = self._router.close(deadline)
        finish(self._plugins.flush, lambda: deadline - time.monotonic())
        finish(self._plugins.shutdown, lambda: deadline - time.monotonic())
        lifecycle.forget(self)
        return lost

    def join(self) -> None:
        """Stop the threads once the queue is empty, as ``shutdown``."""
        self.shutdown()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()

    def begin_again(self) -> None:
        """Start with an empty queue, no threads and counts of zero: in a new client and in a forked child."""
        self._process = os.getpid()
        self._threads = kind_of_threads()
        self._watched = False
        self._ids.renew()
        pace = Pace(
            self.upload_size, self.batch_bytes, self.upload_interval, self.timeout, self.retry_policy()
        )
        when_full = WhenFull.parse(self.when_full)
        settings = RouterSettings(
            QueueSettings(
                self.queue_kind,
                self.max_queue_size,
                self.max_queue_bytes,
                self.thread,
                when_full.kind == "spill",
                self.spool_max_bytes,
                self.spool_max_age,
                self.spool_max_dead_bytes,
                self.spool_fsync,
            ),
            when_full,
            self.sync_mode,
            pace,
            self.on_error,
        )
        former = getattr(self, "_router", None)
        if former is not None:
            former.queue.abandon()
        self._router = Router(settings, self._plugins, self._destinations)
        self._router.closed = self.closed
        self._longest = min(self.max_message_bytes, self._router.queue.longest)
