"""What of a load goes on to its destination, and what is dropped on the way."""

from __future__ import annotations

from attrs import frozen

from analytics_mixpanel.hooks import Fate, fold, redacted
from analytics_mixpanel.lanes.load import Load, decoded
from analytics_mixpanel.message import Message
from analytics_mixpanel.plugins import Plugins

DAMAGED = "damaged on disk"


@frozen
class Sifted:
    """A load, parted.

    Attributes:
        load: what goes on.
        dropped: messages that do not.
        reasons: why, for each of them.
        enriched: whether plugins have had it.
    """

    load: Load
    dropped: list[Message]
    reasons: list[str]
    enriched: bool = False


def enriched(load: Load, plugins: Plugins, destination: str) -> Sifted:
    """Let plugins enrich a destination's own copies, or drop them."""
    fates: list[Fate] = []
    for message, body in zip(load.messages, load.bodies, strict=True):
        answer = fold(plugins.enrich, message, destination)
        seen = decoded(body) if plugins.redact else None
        fates.append(redacted(plugins.redact, answer, message, seen))
    kept = [i for i, (_, given_up) in enumerate(fates) if given_up is None]
    dropped = {i: given_up for i, (_, given_up) in enumerate(fates) if given_up is not None}
    rest = Load([load.bodies[i] for i in kept], [fates[i][0] for i in kept])
    return Sifted(rest, [fates[i][0] for i in dropped], list(dropped.values()), enriched=True)


def readable(load: Load) -> Sifted:
    """Part with what is no message; only who can write to a spool's files can have put it there."""
    kept = [i for i, body in enumerate(load.bodies) if decoded(body) is not None]
    gone = len(load) - len(kept)
    return Sifted(load.only(kept) if gone else load, [Message()] * gone, [DAMAGED] * gone)
