"""Every hook of a plugin, on one page.

A plugin is an object whose methods carry ``@hookimpl`` and have these names; a method may leave out
arguments that it does not need. ``None`` always means "no opinion": a forgotten ``return`` loses nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pluggy
from attrs import frozen

if TYPE_CHECKING:
    from analytics_mixpanel.client import Client
    from analytics_mixpanel.delivery import Batch, Outcome, Rejection
    from analytics_mixpanel.message import Message

PROJECT: Final = "analytics_mixpanel"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@frozen
class Drop:
    """Returned by ``capture`` or ``enrich``: give this message up, for this reason."""

    reason: str


@hookspec(historic=True)
def startup(client: Client) -> None:
    """Get ready; called once, while registering. Raise to be left out."""


@hookspec
def capture(message: Message) -> Message | Drop | None:
    """Change a new message before it is queued; on the caller's thread, so it must not block.

    The message is the plugin's to change in place, its properties, traits and context too; what is inside
    those may still be the caller's.
    """


@hookspec
def redact(message: Message, seen: Message | None) -> Message | Drop | None:
    """Take out of a message what nobody may see; on the caller's thread or, after ``enrich``, the lane's.

    It comes after every ``capture``, for messages too that one of them gave up, with ``seen`` None; and
    after ``enrich``, with the message as it was before that, which has been redacted already. One that
    raises costs the message, whose content nobody is told.
    """


@hookspec
def captured(message: Message) -> None:
    """Observe a new message as it is going to be queued; on the caller's thread, so it must not block."""


@hookspec
def enrich(message: Message, destination: str) -> Message | Drop | None:
    """Change one destination's own copy of a message before delivery; on the lane's thread, may be slow."""


@hookspec
def deliver(batch: Batch) -> Outcome | None:
    """Send a batch and say what became of it; on the lane's thread. A plugin with it is a destination."""


@hookspec
def delivered(message: Message, destination: str) -> None:
    """Observe a message that its destination took; on the lane's thread."""


@hookspec
def rejected(message: Message, destination: str, reason: Rejection) -> None:
    """Observe a message that its destination refused; on the lane's thread."""


@hookspec
def dropped(message: Message, destination: str, reason: str) -> None:
    """Observe a message that the client gave up; on whichever thread gave it up."""


@hookspec
def flush(timeout: float) -> None:
    """Write out private buffers within ``timeout`` seconds; on the caller's thread, after the lanes."""


@hookspec
def shutdown(timeout: float) -> None:
    """Close private resources within ``timeout`` seconds; on the caller's thread, after the lanes."""
