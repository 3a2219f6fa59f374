"""Finding the records that Mixpanel refuses when it does not say which they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import define, field

if TYPE_CHECKING:
    from analytics_mixpanel_destination.sending.parcels import Parcel, Parcels


@define(eq=False)
class Search:
    """Halves what was refused together, in order, until the culprits are alone.

    Where the first half is taken whole the culprit is in the second, which is halved without being asked
    for. So one culprit among n costs log2 n requests and, whatever there is, a search ends after twice as
    many: the rest is kept for the next attempt, so that a batch never burns the rate limit.

    Attributes:
        requests: how many it may still cost.
    """

    requests: int
    _pieces: list[Parcels] = field(factory=list)  # the next one is the last
    _first_half: bool = False  # whether the piece that is being tried is one, its second half being next

    @classmethod
    def among(cls, count: int) -> Search:
        """A search among so many records."""
        return cls(2 * max(count - 1, 0).bit_length())

    def next(self) -> Parcels | None:
        """The piece to be sent next; None when all is found, or the requests are used up."""
        if not self._pieces or self.requests <= 0:
            return None
        self.requests -= 1
        return self._pieces.pop()

    def refused(self, piece: Parcels) -> None:
        """Look into several records that were refused together."""
        middle = len(piece) // 2
        self._pieces += [piece[middle:], piece[:middle]]
        self._first_half = True

    def taken(self, *, whole: bool) -> None:
        """A piece is done with, and whether all of it was taken."""
        culprits = whole and self._first_half and len(self._pieces[-1]) > 1
        self._first_half = False
        if culprits:
            self.refused(self._pieces.pop())

    def rest(self) -> list[Parcel]:
        """Stop here: what was not tried, in order; next time each piece is a request by itself."""
        pieces, self._pieces = self._pieces[::-1], []
        for piece in pieces:
            for each in piece:
                each.among = len(piece)
        return [each for piece in pieces for each in piece]
