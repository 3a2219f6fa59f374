"""Mixpanel's four endpoints, as these settings address them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus, urlencode

from attrs import field, frozen

from analytics_mixpanel.compression import gzip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analytics_mixpanel_destination.sending.parcels import Parcels
    from analytics_mixpanel_destination.settings.settings import Settings

_JSON: Final = {"Content-Type": "application/json"}
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}


@frozen
class Route:
    """One endpoint.

    Attributes:
        endpoint: import, track, engage or groups.
        max_records: most records in a request.
        credential: the setting that Mixpanel checks there.
        form: send ``data=`` with the JSON, as the docs have it for identity verbs.
    """

    endpoint: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    max_records: int
    credential: str = "token"
    form: bool = False
    compress: bool = False

    def body(self, parcels: Parcels) -> bytes:
        """Join records that are already encoded."""
        if self.form:
            return self._form_body(parcels)
        joined = b"[" + b",".join([each.body for each in parcels]) + b"]"
        return gzip(joined) if self.compress else joined

    @staticmethod
    def _form_body(parcels: Parcels) -> bytes:
        joined = b",".join([each.body for each in parcels])
        # One record goes as the object that Segment sends, several as the list of Mixpanel's own libraries.
        document = joined if len(parcels) == 1 else b"[" + joined + b"]"
        return b"data=" + quote_plus(document).encode()


def routes(settings: Settings) -> tuple[Route, ...]:
    """The endpoints in the order of sending: who a user is comes before what is known of them."""
    base = settings.base_url
    ip = {"ip": "1" if settings.geolocate else "0"}
    answer = urlencode({"verbose": "1", **ip})
    return (
        Route("track", f"{base}/track?{answer}", _FORM, settings.max_events, form=True),
        _import_route(settings, ip),
        Route("engage", f"{base}/engage?{answer}", _JSON, settings.max_profiles),
        Route("groups", f"{base}/groups?{answer}", _JSON, settings.max_groups),
    )


def _import_route(settings: Settings, ip: Mapping[str, str]) -> Route:
    compress = settings.compress is not False
    headers = {**_JSON, "Authorization": settings.authorization}
    if compress:
        headers["Content-Encoding"] = "gzip"
    query = {"strict": "1", **ip} if settings.strict else {"strict": "0", "verbose": "1", **ip}
    if settings.username is not None and settings.project_id is not None:
        query["project_id"] = settings.project_id
    return Route(
        "import",
        f"{settings.base_url}/import?{urlencode(query)}",
        headers,
        settings.max_events,
        settings.credential,
        compress=compress,
    )
