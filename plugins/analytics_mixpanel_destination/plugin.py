"""The destination: Mixpanel."""

from __future__ import annotations

import hashlib
import logging
import os
from typing import TYPE_CHECKING, Any, ClassVar, Final, NoReturn

from analytics_mixpanel.errors import NotConfigured
from analytics_mixpanel.hookspecs import hookimpl
from analytics_mixpanel.process.late_imports import late_import
from analytics_mixpanel_destination.classic import ClassicOptions, classic_settings
from analytics_mixpanel_destination.framework import Framework
from analytics_mixpanel_destination.merge import checked_merge
from analytics_mixpanel_destination.settings.environment import completed
from analytics_mixpanel_destination.settings.settings import (
    MAX_BYTES,
    MAX_EVENTS,
    MAX_GROUPS,
    MAX_PROFILES,
    Proxies,
    Settings,
)
from analytics_mixpanel_destination.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Unpack

    from analytics_mixpanel.client import Client
    from analytics_mixpanel.delivery import Batch, Outcome
    from analytics_mixpanel.message import Message
    from analytics_mixpanel_destination.delivery import Delivery
    from analytics_mixpanel_destination.mappings.loading import Given

_LOG: Final = logging.getLogger("analytics_mixpanel")


class Mixpanel(Workbench):
    """Deliver to Mixpanel as Segment's "Mixpanel (Actions)" destination does.

    What is not given here is taken from the client, then from the environment.

    Args:
        token: the project token; else the client's ``write_key``, else ``MIXPANEL_TOKEN``.
        api_secret: the project's API secret (``MIXPANEL_API_SECRET``).
        username: of a service account, with ``secret`` (``MIXPANEL_SERVICE_ACCOUNT``, as user:secret).
        secret: of the service account.
        project_id: of the service account's project (``MIXPANEL_PROJECT_ID``).
        region: us, eu or in (``MIXPANEL_REGION``).
        api_host: an address in place of a region's; else the client's ``host``, else ``MIXPANEL_API_HOST``.
        source_name: sent as ``segment_source_name``.
        strict: have Mixpanel check every event and say what is wrong with it.
        group_key: the group key for ``group`` calls; else ``$group_id``.
        geolocate: let Mixpanel take the sender's address, which is this machine's, for the user's place.
        compress: gzip events; else the client's ``gzip``, else on.
        max_events: most events in a request.
        max_bytes: most bytes in a request, before compression.
        max_profiles: most user profile updates in a request.
        max_groups: most group profile updates in a request.
        timeout: seconds for a whole request; else the client's, else 15.
        proxies: a proxy's URL, or scheme → URL; else the client's, else ``HTTPS_PROXY``.
        allow_http: permit plain http to a machine other than this one.
        mappings: what becomes of which message, in place of Segment's presets and aliases: a list in
            Segment's JSON form, or the path of a JSON file of it.
        framework: ``actions``, or ``classic`` for what Segment's Classic destination does.
        merge: the project's ID merge, ``original`` or ``simplified``; None sends what does for both.
        classic: the settings of the Classic framework, as ``people=True``; see ``Classic``.

    Raises:
        ConfigurationError: a setting is wrong, or two exclude each other.
        MappingError: a mapping cannot work; the error says where.
    """

    name: ClassVar[str] = "Mixpanel"
    integration_names: ClassVar[tuple[str, ...]] = ("Mixpanel", "Mixpanel (Actions)", "Actions Mixpanel")

    def __init__(
        self,
        *,
        token: str | None = None,
        api_secret: str | None = None,
        username: str | None = None,
        secret: str | None = None,
        project_id: str | int | None = None,
        region: str | None = None,
        api_host: str | None = None,
        source_name: str | None = None,
        strict: bool = True,
        group_key: str | None = None,
        geolocate: bool = False,
        compress: bool | None = None,
        max_events: int = MAX_EVENTS,
        max_bytes: int = MAX_BYTES,
        max_profiles: int = MAX_PROFILES,
        max_groups: int = MAX_GROUPS,
        timeout: float | None = None,
        proxies: Proxies | None = None,
        allow_http: bool = False,
        mappings: Given = None,
        framework: str = "actions",
        merge: str | None = None,
        **classic: Unpack[ClassicOptions],
    ) -> None:
        self._given = Settings(
            token=token,
            api_secret=api_secret,
            username=username,
            secret=secret,
            project_id=project_id,
            region=region,
            api_host=api_host,
            source_name=source_name,
            strict=strict,
            group_key=group_key,
            geolocate=geolocate,
            compress=compress,
            max_events=max_events,
            max_bytes=max_bytes,
            max_profiles=max_profiles,
            max_groups=max_groups,
            timeout=timeout,
            proxies=proxies,
            allow_http=allow_http,
        )
        self._framework = Framework(
            classic_settings(framework, classic), _loaded(mappings), checked_merge(merge)
        )
        self._framework.check(self._given)
        self._use(completed(self._given, os.environ))

    def __repr__(self) -> str:
        return f"Mixpanel(host={self._settings.base_url!r}, token={self._settings.token!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A Mixpanel plugin holds credentials and is not pickled: make it where it is needed.")

    def _use(self, settings: Settings) -> None:
        self._settings = settings
        self._deliveries: list[Delivery] = []

    def _delivery(self) -> Delivery:
        """What delivers; made when first needed, since making a client is to cost little."""
        if not self._deliveries:
            with late_import():
                from analytics_mixpanel_destination.delivery import Delivery  # noqa: PLC0415

                self._deliveries.append(Delivery(self._framework, self._settings))
        return self._deliveries[0]  # of two threads, both use what the first has made

    @hookimpl
    def startup(self, client: Client) -> None:
        """Take from the client what was not given.

        Raises:
            NotConfigured: there is no token.
        """
        filled = self._given.filled(
            token=client.write_key,
            api_host=client.host,
            compress=client.gzip,
            timeout=client.timeout,
            proxies=client.proxies,
        )
        settings = completed(filled, os.environ)
        if settings.token is None:
            raise NotConfigured(
                "Mixpanel needs a project token: set write_key, Mixpanel(token=...) or MIXPANEL_TOKEN."
            )
        self._use(settings)
        for warning in self._framework.warnings():
            _LOG.warning("Mixpanel: %s.", warning)

    @hookimpl
    def deliver(self, batch: Batch) -> Outcome:
        """Send a batch: each record once, each endpoint by itself."""
        return self._delivery().deliver(batch)

    @hookimpl
    def shutdown(self) -> None:
        """Close the connections."""
        for delivery in self._deliveries:
            delivery.close()

    @property
    def project_key(self) -> str:
        """Tells this project from others, as a directory's name may; the token cannot be read from it."""
        token = self._settings.token
        project = f"{self._settings.base_url} {token.reveal() if token else ''}"
        return hashlib.sha256(project.encode()).hexdigest()

    @property
    def reserved_properties(self) -> dict[str, int]:
        """How many event properties were dropped for a reserved name, by name."""
        return self._framework.reserved.counts()

    def preview(self, message: Message) -> dict[str, Any]:
        """Show what would be sent for a message in wire form, without sending; needs no client."""
        return self._delivery().preview(message)

    def checkup(self, timeout: float) -> Iterator[dict[str, Any]]:
        """Find out what is wrong between these settings and Mixpanel; nothing is stored there.

        Args:
            timeout: seconds for each request.

        Returns:
            Findings, each with ``check``, ``ok`` (None where it has no answer), ``found`` and ``mend``.
        """
        return self._delivery().checkup(timeout)


def _loaded(mappings: Given) -> list[dict[str, Any]] | None:
    """Check mappings and bring them into one form; None where none are given, as usual."""
    return None if mappings is None else Workbench.load_mappings(mappings)
