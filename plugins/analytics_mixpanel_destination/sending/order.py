"""A profile update waits until Mixpanel knows who the user is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analytics_mixpanel_destination.sending.ledger import Ledger
    from analytics_mixpanel_destination.sending.parcels import Parcel, Parcels


def ready(updates: Parcels, ledger: Ledger) -> Parcels:
    """The updates that may be sent; the others are kept in the ledger.

    Where the ``$identify`` of a message is still to be sent, Segment does not send its profile either. The
    same user's later updates wait with it, so that an older value does not overwrite a newer one.
    """
    users = {
        _user(ledger, each)
        for parcels in ledger.left.values()
        for each in parcels
        if each.endpoint == "track"
    }
    if not users:
        return updates
    ledger.keep(
        (each for each in updates if _user(ledger, each) in users),
        "not sent, since who the user is has to be sent again",
    )
    return [each for each in updates if _user(ledger, each) not in users]


def _user(ledger: Ledger, parcel: Parcel) -> Any:
    message = ledger.batch.messages[parcel.index]
    return str(message.get("userId") or message.get("anonymousId"))
