"""A destination at work: messages are translated, sent, and what became of them is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analytics_mixpanel_destination.preview import preview
from analytics_mixpanel_destination.segment_settings import endpoints
from analytics_mixpanel_destination.sending.ledger import Ledger
from analytics_mixpanel_destination.sending.order import ready
from analytics_mixpanel_destination.sending.packing import pack
from analytics_mixpanel_destination.sending.routes import routes
from analytics_mixpanel_destination.sending.sender import Sender
from analytics_mixpanel_destination.sending.transport import Transport
from analytics_mixpanel_destination.translators import translator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analytics_mixpanel.delivery import Batch, Outcome
    from analytics_mixpanel.message import Message
    from analytics_mixpanel_destination.framework import Framework
    from analytics_mixpanel_destination.sending.parcels import Parcels
    from analytics_mixpanel_destination.settings.settings import Settings


class Delivery:
    """Delivers to one project."""

    def __init__(self, framework: Framework, settings: Settings) -> None:
        self._settings = settings
        self._translator = translator(framework, settings)
        self._transport = Transport(settings.proxies)
        self._senders = tuple(Sender(route, settings, self._transport) for route in routes(settings))

    def deliver(self, batch: Batch) -> Outcome:
        """Send a batch: each record once, each endpoint by itself."""
        ledger = Ledger(batch)
        packed = pack(self._translator, ledger, self._settings.max_bytes)
        for sender in self._senders:
            parcels: Parcels = packed.get(sender.route.endpoint, ())
            if sender.route.endpoint == "engage" and ledger.left:
                parcels = ready(parcels, ledger)
            sender.send(parcels, ledger)
        return ledger.outcome()

    def preview(self, message: Message) -> dict[str, Any]:
        """Show what would be sent for a message in wire form, without sending."""
        strict = "1" if self._settings.strict else "0"
        return preview(self._translator, message, endpoints(self._settings.base_url, strict))

    def checkup(self, timeout: float) -> Iterator[dict[str, Any]]:
        """Find out what is wrong between the settings and Mixpanel."""
        from analytics_mixpanel_destination.checkup import checkup  # noqa: PLC0415 - seldom needed

        return checkup(self._settings, self._transport, timeout)

    def close(self) -> None:
        """Close the connections; a later batch opens them anew."""
        self._transport.close()
