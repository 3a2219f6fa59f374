"""Looking into a client: what it counts, how it is doing, what it is made of."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

from analytics_mixpanel.process.late_imports import late_import

if TYPE_CHECKING:
    from analytics_mixpanel.accounts import Stats
    from analytics_mixpanel.encoding import Encoder
    from analytics_mixpanel.lanes.health import Health
    from analytics_mixpanel.message import Message
    from analytics_mixpanel.plugins import Plugins
    from analytics_mixpanel.queues import Queue
    from analytics_mixpanel.router import Router


class Insight:
    """What a client tells of itself."""

    _router: Router
    _plugins: Plugins
    _encoder: Encoder

    def _notice_fork(self) -> None:
        """Begin again in a child forked by C code."""
        raise NotImplementedError

    def stats(self) -> Mapping[str, Stats]:
        """What became of the messages, by destination; each adds up at any time."""
        self._notice_fork()
        return self._router.stats()

    @property
    def pending(self) -> int:
        """How many messages are not settled, over all destinations."""
        self._notice_fork()
        return sum(lane.pending for lane in self._router.lanes)

    @property
    def health(self) -> Mapping[str, Health]:
        """How each destination is doing, in words: delivering, retrying, paused (and why), or closed."""
        self._notice_fork()
        return {lane.destination.name: lane.breaker.health() for lane in self._router.lanes}

    @property
    def queue(self) -> Queue:
        """Where messages wait."""
        return self._router.queue

    @property
    def consumers(self) -> list[threading.Thread]:
        """The threads that deliver; they are started when there is something to deliver."""
        return [thread for lane in self._router.lanes for thread in lane.threads]

    @property
    def ready(self) -> bool:
        """Whether it is made: plugins start before it is."""
        return hasattr(self, "_router")

    def registered(self) -> Mapping[str, str]:
        """The plugins in their order: by name, the module and class of each."""
        return self._plugins.types()

    def hooks(self) -> Mapping[str, list[str]]:
        """For each hook, the names of the plugins that it calls, in that order."""
        return self._plugins.order()

    def encoded(self, message: Message) -> bytes:
        """A message as the queue keeps it."""
        return self._encoder.encode(message)

    # -- to a debugger -----------------------------------------------------------------------------

    def debugger(self, url: str | None = None, token: str | None = None) -> None:
        """Tell a running debugger about this client from now on; a second call changes nothing.

        Args:
            url: its address; else ``http://127.0.0.1:8765``.
            token: its token, which a debugger on another machine needs.

        Raises:
            ConfigurationError: the address is none, or another machine's without a token.
        """
        with late_import():
            from analytics_mixpanel.reporting import Address, Reporter  # noqa: PLC0415 - seldom wanted

        address = Address(url, token) if url else Address(token=token)
        if Reporter.name not in self._plugins.names:
            self._plugins.register(Reporter(address))

    def _report(self) -> None:
        if not os.environ.get("ANALYTICS_MIXPANEL_DEBUGGER"):
            return
        with late_import():
            from analytics_mixpanel.reporting import reporter_from_environment  # noqa: PLC0415

        if reporter := reporter_from_environment():
            self._plugins.register(reporter)
