"""What became of each message of a batch, while its records are being sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field, frozen

from analytics_mixpanel.delivery import Batch, Outcome, Rejection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analytics_mixpanel_destination.sending.parcels import Parcel


@frozen
class Unfinished:
    """A message of which something is still to be sent; kept in the batch's notes.

    Attributes:
        parcels: its records that are neither delivered nor refused.
        rejection: why another of its records was refused.
    """

    parcels: list[Parcel]
    rejection: Rejection | None = None


@frozen
class WrongSetting:
    """Why an endpoint takes nothing.

    Attributes:
        happened: what the answer was; its words may differ each time.
        advice: which setting to look at; the same text for the same cause.
    """

    happened: str
    advice: str

    def __str__(self) -> str:
        return f"{self.happened}. {self.advice}"


@define(eq=False)
class Ledger:
    """Takes down what is refused, dropped or left; of what is delivered there is nothing to write.

    A message is settled when its last record is: refused if one of them was, else delivered.
    """

    batch: Batch
    rejected: dict[int, Rejection] = field(factory=dict)
    dropped: dict[int, str] = field(factory=dict)
    left: dict[int, list[Parcel]] = field(factory=dict)
    _why: dict[int, str] = field(factory=dict)
    _later: set[int] = field(factory=set)
    _retry_after: float | None = None
    paused: dict[str, WrongSetting] = field(factory=dict)

    def reject(self, index: int, rejection: Rejection) -> None:
        """Note that a record of this message is refused; the first reason is the one reported."""
        self.rejected.setdefault(index, rejection)

    def drop(self, index: int, reason: str) -> None:
        """Note that this message is not for Mixpanel."""
        self.dropped[index] = reason

    def keep(self, parcels: Iterable[Parcel], why: str, after: float | None = None) -> None:
        """Leave records for the next attempt."""
        for each in parcels:
            self.left.setdefault(each.index, []).append(each)
            self._why.setdefault(each.index, why)
        if after is not None:
            self._retry_after = max(after, self._retry_after or 0.0)

    def put_off(self, parcels: Iterable[Parcel]) -> None:
        """Leave records until what was done so far is settled."""
        for each in parcels:
            self.left.setdefault(each.index, []).append(each)
            self._later.add(each.index)

    def pause(self, endpoint: str, wrong: WrongSetting) -> None:
        """Note that an endpoint takes nothing until a setting is mended."""
        self.paused[endpoint] = wrong

    def outcome(self) -> Outcome:
        """Close the ledger; what is left goes into the batch's notes."""
        notes = self.batch.notes
        for index, parcels in self.left.items():
            notes[index] = Unfinished(parcels, self.rejected.pop(index, None))
        return Outcome(
            rejected=self.rejected,
            dropped=self.dropped,
            retry=self._why,
            retry_after=self._retry_after,
            paused=" ".join({wrong.advice: str(wrong) for wrong in self.paused.values()}.values()) or None,
            later=tuple(sorted(self._later - self._why.keys())),
        )
