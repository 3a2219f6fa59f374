"""Every error of this package, and below them those of the plugins that come with it.

AnalyticsError
├── ArgumentError             a call's argument has the wrong type (also an AssertionError and a ValueError)
├── ConfigurationError        a setting is missing or wrong (also an AssertionError and a ValueError)
│   └── NotConfigured         a plugin has not what it needs to start
├── QueueFull                 a call found no room, and ``when_full`` is ``raise`` (also a queue.Full)
├── PluginError               a plugin does not fit the hooks
├── MappingError              a mapping cannot be compiled, or fails on a payload (also a ValueError)
│   ├── ConditionError        a mapping's condition cannot be compiled
│   └── MappingFileError      Mixpanel's: a file of mappings is wrong, at this line
├── LossError                 messages that will not reach a destination; what ``on_error`` is given
│   ├── RejectedError         the destination refused them
│   └── DroppedError          the client gave them up
├── PayloadError              Mixpanel's: what a mapping makes of a message does not fit the action
└── ActionError               Mixpanel's: it does, and the action cannot use it; both end as rejections

A text names the field and what to do. It never holds a token, a secret or a value of the application.
"""

from __future__ import annotations

import queue
from collections.abc import Sequence


class AnalyticsError(Exception):
    """The base of every error raised by this package."""


class ArgumentError(AnalyticsError, AssertionError, ValueError):
    """A call was given an argument of the wrong type or value.

    It is an AssertionError too, because that is what analytics-python raises.
    """


class ConfigurationError(AnalyticsError, AssertionError, ValueError):
    """A setting is missing or wrong."""


class NotConfigured(ConfigurationError):  # noqa: N818 - a state, and the word its users know
    """A plugin has not what it needs; raised from ``startup`` to be left out."""


class QueueFull(AnalyticsError, queue.Full):  # noqa: N818 - as Python's own is called
    """A message found no room in the queue; raised where the setting ``when_full`` is ``raise``.

    Attributes:
        destinations: the names of those that do not get it; others may.
    """

    def __init__(self, destinations: Sequence[str]) -> None:
        super().__init__(f"the queue is full for {', '.join(destinations)}; the message was dropped there")
        self.destinations = tuple(destinations)


class PluginError(AnalyticsError):
    """A plugin does not fit the hooks, or its name is taken."""


class MappingError(AnalyticsError, ValueError):
    """A mapping cannot be compiled, or cannot be resolved against a payload.

    Attributes:
        path: where in the mapping, as ``/mapping/properties/@if``.
    """

    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path = path


class ConditionError(MappingError):
    """A condition cannot be compiled.

    Attributes:
        position: index of the offending character in the condition's text.
    """

    def __init__(self, message: str, position: int = 0, path: str = "") -> None:
        super().__init__(f"{message} (at character {position})", path)
        self.position = position


class LossError(AnalyticsError):
    """Messages will not reach a destination.

    Attributes:
        destination: the destination's name.
        reason: why, in words.
    """

    def __init__(self, destination: str, reason: str) -> None:
        super().__init__(f"{destination}: {reason}")
        self.destination = destination
        self.reason = reason


class RejectedError(LossError):
    """A destination refused messages.

    Attributes:
        field: the field at fault as the destination names it, or "".
    """

    def __init__(self, destination: str, reason: str, field: str = "") -> None:
        super().__init__(destination, reason)
        self.field = field


class DroppedError(LossError):
    """The client gave messages up: queue full, retries exhausted, shutdown, a plugin's Drop."""
