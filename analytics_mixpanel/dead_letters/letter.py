"""A dead letter: a message with what became of it, as one line of JSON."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Final

import orjson
from attrs import frozen

GIVEN_UP: Final = "given up"
REFUSED: Final = "rejected"


@frozen
class Tries:
    """How often something was tried.

    Attributes:
        attempts: how many deliveries.
        first: when the first began, in seconds since the epoch.
        last: when the last ended.
    """

    attempts: int
    first: float
    last: float


@frozen
class Letter:
    """A message that a destination will not get.

    Attributes:
        body: the message, encoded, as the queue had it.
        destination: which.
        outcome: ``rejected`` by the destination or ``given up`` by the client.
        reason: the destination's words, or the client's.
        field: the field at fault as the destination names it, or "".
        tries: how often it was tried, and when.
    """

    body: bytes
    destination: str
    outcome: str
    reason: str
    field: str
    tries: Tries

    @property
    def line(self) -> bytes:
        """As it is kept, with its newline."""
        letter = {
            "destination": self.destination,
            "outcome": self.outcome,
            "reason": self.reason,
            "field": self.field,
            "attempts": self.tries.attempts,
            "first": _text(self.tries.first),
            "last": _text(self.tries.last),
            "message": orjson.Fragment(self.body),
        }
        return orjson.dumps(letter, option=orjson.OPT_APPEND_NEWLINE)

    @classmethod
    def parse(cls, line: bytes) -> Letter:
        """Read a line.

        Raises:
            ValueError: it is no dead letter: torn, damaged or somebody else's.
        """
        try:
            value: dict[str, Any] = orjson.loads(line)
            body = orjson.dumps({**value["message"]})
            what = [str(value[key]) for key in ("destination", "outcome", "reason", "field")]
            tries = Tries(int(value["attempts"]), _seconds(value["first"]), _seconds(value["last"]))
        except (KeyError, TypeError) as error:
            raise ValueError("not a dead letter") from error
        return cls(body, what[0], what[1], what[2], what[3], tries)


def _text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds")


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
