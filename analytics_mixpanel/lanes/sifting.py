"""What of a load goes on to its destination, and what is dropped on the way."""

from __future__ import annotations

from attrs import frozen

from analytics_mixpanel.hooks import Hook, fold
from analytics_mixpanel.hookspecs import Drop
from analytics_mixpanel.lanes.load import Load, decoded
from analytics_mixpanel.message import Message

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


def enriched(load: Load, hooks: tuple[Hook, ...], destination: str) -> Sifted:
    """Let plugins enrich a destination's own copies, or drop them."""
    originals = list(load.messages)
    answers = [fold(hooks, message, destination) for message in originals]
    drops = {i: answer.reason for i, answer in enumerate(answers) if isinstance(answer, Drop)}
    kept = [i for i in range(len(load)) if i not in drops]
    rest = Load([load.bodies[i] for i in kept], [answers[i] for i in kept])  # type: ignore[misc]
    return Sifted(rest, [originals[i] for i in drops], list(drops.values()), enriched=True)


def readable(load: Load) -> Sifted:
    """Part with what is no message; only who can write to a spool's files can have put it there."""
    kept = [i for i, body in enumerate(load.bodies) if decoded(body) is not None]
    gone = len(load) - len(kept)
    return Sifted(load.only(kept) if gone else load, [Message()] * gone, [DAMAGED] * gone)
