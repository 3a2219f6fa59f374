"""What passes between a lane and a destination: a batch goes in, an outcome comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

if TYPE_CHECKING:
    from analytics_mixpanel.message import Message


@frozen
class Rejection:
    """Why a destination refused one message.

    Attributes:
        reason: the destination's words, or ours where it gave none.
        field: the field at fault as the destination names it, e.g. ``properties.time``, or "".
    """

    reason: str
    field: str = ""


@define(eq=False)
class Batch:
    """Messages for one destination, oldest first; its own copies, free to be changed.

    Attributes:
        messages: in Segment's wire form. Decoded as they are looked at: a large batch of small objects all at
            once costs the garbage collector more than the decoding.
        attempt: 1 for the first delivery of these messages, then counting up.
        deadline: ``time.monotonic()`` after which ``deliver`` should have returned.
        notes: the destination's own, by place in the batch: what it has to know of a message at the next
            attempt, so that this sends only what is still missing. The places are renewed with the batch.
        by_parts: ``deliver`` had better return when a part is done, with the rest under ``later``: the part
            is noted as done before the rest is sent, and is not sent again if the process dies meanwhile.
    """

    messages: Sequence[Message]
    attempt: int
    deadline: float
    notes: dict[int, Any] = field(factory=dict)
    by_parts: bool = False


@frozen
class Outcome:
    """What became of a batch; a message that is in none of the mappings was delivered.

    Attributes:
        rejected: index in the batch → why; refused by the destination, never sent again.
        dropped: index in the batch → why; not for this destination (no mapping matches), never sent.
        retry: index in the batch → why; sent again after the back-off.
        retry_after: seconds the destination asked to wait, or None.
        paused: a setting is wrong (credentials, address): what, and how to mend it. It is logged, once. The
            messages under ``retry`` are kept, and one of them is tried now and then, until it is mended.
        later: indices of messages that nothing stands in the way of: they are sent at once, when the others
            are settled. At least one message has to be none of them.
    """

    rejected: Mapping[int, Rejection] = field(factory=dict)
    dropped: Mapping[int, str] = field(factory=dict)
    retry: Mapping[int, str] = field(factory=dict)
    retry_after: float | None = None
    paused: str | None = None
    later: Sequence[int] = ()


DELIVERED = Outcome()
