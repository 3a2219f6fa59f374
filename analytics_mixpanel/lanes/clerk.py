"""A clerk: shows a batch to the plugins, and enters what became of it everywhere that it is known."""

from __future__ import annotations

from analytics_mixpanel.accounts import Account
from analytics_mixpanel.delivery import Batch, Outcome
from analytics_mixpanel.hooks import tell
from analytics_mixpanel.lanes.sifting import Sifted, enriched, readable
from analytics_mixpanel.lanes.trip import Trip
from analytics_mixpanel.losses import Losses
from analytics_mixpanel.plugins import Plugins
from analytics_mixpanel.queues import Reader


class Clerk:
    """Keeps the queue, the accounts, the dead letters and the hooks in step with a courier's batches."""

    def __init__(self, destination: str, reader: Reader, plugins: Plugins, losses: Losses) -> None:
        self._destination = destination
        self._reader = reader
        self._plugins = plugins
        self._losses = losses

    def enrich(self, trip: Trip) -> None:
        """Let plugins enrich this destination's own copies, or drop them."""
        if self._plugins.enrich:
            self._go_on_with(trip, enriched(trip.load, self._plugins, self._destination))

    def sort_out(self, trip: Trip) -> None:
        """Part with what is no message: something of the batch made somebody raise."""
        self._go_on_with(trip, readable(trip.load))

    def _go_on_with(self, trip: Trip, sifted: Sifted) -> None:
        outcome = Outcome(dropped=dict(enumerate(sifted.reasons)))
        is_open = not outcome.dropped or self._reader.settle(sifted.load.bodies)
        trip.load, trip.whole = sifted.load, trip.whole and not outcome.dropped
        trip.enriched = trip.enriched or sifted.enriched
        if is_open:
            self._losses.account.settle(Account.tally(0, outcome))
            self._losses.tell(sifted.dropped, outcome)

    def settle(self, trip: Trip, batch: Batch, outcome: Outcome) -> bool:
        """Account for an attempt; False when the reader was closed meanwhile."""
        load, tried = trip.load, len(batch.messages)
        load.notes = {**{i: note for i, note in load.notes.items() if i >= tried}, **batch.notes}
        unsettled = {*outcome.retry, *outcome.later}
        otherwise = {*unsettled, *outcome.rejected, *outcome.dropped}
        rest = load.only([*sorted(unsettled), *range(tried, len(load))])
        counts = Account.tally(tried - len(otherwise), outcome)
        # First of all: whoever is killed between the two reports a message twice, and never loses it.
        self._losses.keep_rejected(load.bodies, outcome.rejected, trip.tries)
        if not self._reader.settle(rest.bodies):
            return False
        trip.load = rest
        self._losses.account.settle(counts)
        if outcome.later and not outcome.retry:
            trip.attempts -= 1  # of what is left, nothing was tried
        trip.whole = trip.whole and not (outcome.rejected or outcome.dropped)
        self._losses.tell(load.messages, outcome)
        for i in range(tried) if self._plugins.delivered else ():
            if i not in otherwise:
                tell(self._plugins.delivered, load.messages[i], self._destination)
        return True

    def give_up(self, trip: Trip, reason: str) -> None:
        """Account for the rest of a batch, which nobody tries to deliver any more."""
        if trip.load:
            self._losses.keep_given_up(trip.load.bodies, reason, trip.tries)
            if self._reader.settle():
                self._losses.drop_encoded(trip.load.bodies, reason)
