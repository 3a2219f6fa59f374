"""Sends records that others have made on to Mixpanel, with the credentials that came with them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Final

import orjson

from analytics_mixpanel.delivery import Batch, Outcome
from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_destination.sending.ledger import Ledger
from analytics_mixpanel_destination.sending.parcels import Parcel
from analytics_mixpanel_destination.sending.routes import routes
from analytics_mixpanel_destination.sending.sender import Sender
from analytics_mixpanel_destination.sending.transport import Transport
from analytics_mixpanel_destination.settings.host import REGIONS
from analytics_mixpanel_destination.settings.settings import Settings

_WITHIN: Final = 30.0


class Relay:
    """A way to one Mixpanel, for records of any project; keeps connections, and no credentials.

    Args:
        target: a region, as ``eu``, or an address.
    """

    def __init__(self, target: str) -> None:
        self.url = REGIONS.get(target.lower(), target).rstrip("/")
        if "://" not in self.url:
            raise ConfigurationError(
                f"forward must be one of {', '.join(REGIONS)}, or an address as https://api.mixpanel.com, "
                f"not {target!r}."
            )
        Settings(api_host=self.url)
        self._transport = Transport()

    def send(
        self,
        endpoint: str,
        records: Sequence[Any],
        user: str = "",
        password: str = "",
        project_id: str | None = None,
        *,
        geolocate: bool = False,
    ) -> Outcome:
        """Send records to an endpoint, and say which were refused or could not be sent, by their place.

        Args:
            endpoint: import, track, engage or groups.
            records: in Mixpanel's form.
            user: a token or a secret, or a service account's name; only ``import`` asks for it.
            password: of the service account, or "".
            project_id: of the service account.
            geolocate: let Mixpanel take this machine's address for the users' place.
        """
        settings = _settings(self.url, user, password, project_id, geolocate=geolocate)
        (route,) = (each for each in routes(settings) if each.endpoint == endpoint)
        batch = Batch(records, attempt=1, deadline=time.monotonic() + _WITHIN)
        parcels = [Parcel(place, endpoint, orjson.dumps(record)) for place, record in enumerate(records)]
        ledger = Ledger(batch)
        Sender(route, settings, self._transport).send(parcels, ledger)
        return ledger.outcome()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()


def _settings(url: str, user: str, password: str, project_id: str | None, *, geolocate: bool) -> Settings:
    if password:
        return Settings(
            api_host=url, username=user, secret=password, project_id=project_id, geolocate=geolocate
        )
    return Settings(api_host=url, token=user or None, geolocate=geolocate)
