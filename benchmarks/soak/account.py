"""Whether both sides add up: what calls returned True for, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import orjson
from attrs import frozen

from benchmarks.soak.arrivals import Arrivals, Call

#: Duplicates that are too many, as a part of what arrived.
MOST_DUPLICATES = 0.02


@frozen
class Account:
    """The sum.

    Attributes:
        accepted: calls that had returned True, as noted before any kill.
        refused: calls that had returned False: told to the caller, and nobody's loss.
        delivered: accepted events that arrived, each counted once.
        reported: accepted events that did not, and of which a dead letter tells, by reason.
        under_way: events that arrived though their call had not returned when the process was killed.
        unanswered: events that arrived again because the server had lost its answer.
        killed: events that arrived again because a process was killed before it had noted the answer.
        different: either that differ in event, user, time or ``$insert_id``.
    """

    accepted: int
    refused: int
    delivered: int
    reported: Mapping[str, int]
    under_way: int
    unanswered: int
    killed: int
    different: int

    @property
    def lost(self) -> int:
        """Accepted events of which nothing is known."""
        return self.accepted - self.delivered - sum(self.reported.values())

    @property
    def duplicates(self) -> int:
        """Events that arrived again."""
        return self.unanswered + self.killed

    @property
    def duplicates_part(self) -> float:
        """Duplicates as a part of the different events that arrived."""
        return self.duplicates / max(1, self.delivered)

    @property
    def adds_up(self) -> bool:
        """Whether nothing was lost, and every duplicate is one that Mixpanel recognizes."""
        return self.accepted > 0 and self.lost == 0 and self.different == 0


def account(
    accepted: Mapping[int, int], refused: int, arrivals: Arrivals, letters: Mapping[Call, str]
) -> Account:
    """Add up.

    Args:
        accepted: by life, how many calls had returned True; they were numbered from 0.
        refused: how many calls had returned False.
        arrivals: what reached the server.
        letters: the reason of each dead letter.
    """
    under_way = sum(1 for life, number in arrivals.calls() if number >= accepted.get(life, 0))
    reported = Counter(
        why
        for (life, number), why in letters.items()
        if not arrivals.has((life, number)) and number < accepted.get(life, 0)
    )
    return Account(
        accepted=sum(accepted.values()),
        refused=refused,
        delivered=arrivals.distinct - under_way,
        reported=reported,
        under_way=under_way,
        unanswered=arrivals.unanswered,
        killed=arrivals.killed,
        different=arrivals.different,
    )


def dead_letters(spool: Path) -> dict[Call, str]:
    """The dead letters in a spool: of which call each tells, and why it is dead."""
    return dict(_read(path.read_bytes().splitlines() for path in sorted(spool.glob("*/dead-*"))))


def _read(files: Iterable[Iterable[bytes]]) -> Iterable[tuple[Call, str]]:
    for lines in files:
        for line in lines:
            try:
                letter = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue  # torn by a kill: it is written again
            properties = letter["message"]["properties"]
            yield (properties["life"], properties["number"]), f"{letter['outcome']}: {letter['reason']}"
