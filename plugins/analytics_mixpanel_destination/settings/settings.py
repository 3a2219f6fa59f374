"""What the destination is told, from code, from the client and from the environment."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import attrs
from attrs import field, frozen

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_destination.settings.checks import boolean, count, seconds, text
from analytics_mixpanel_destination.settings.host import REGIONS, checked_host, checked_region
from analytics_mixpanel_destination.settings.secret import Secret

Proxies: TypeAlias = str | Mapping[str, str]

#: Source: Mixpanel docs, Import Events. Of the two byte limits that the docs give, this is under both.
MAX_EVENTS: Final = 2_000
MAX_BYTES: Final = 2_000_000
MAX_PROFILES: Final = 2_000
#: The docs say 2,000; every tool that is known to work sends 200.
MAX_GROUPS: Final = 200
TIMEOUT: Final = 15.0


def _secret(value: object) -> Any:
    return Secret(value) if isinstance(value, str) else value


def _project_id(value: object) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


@frozen(kw_only=True)
class Settings:
    """The destination's settings; None stands for "not given"."""

    token: Secret | None = field(default=None, converter=_secret, validator=text)
    api_secret: Secret | None = field(default=None, converter=_secret, validator=text)
    username: str | None = field(default=None, validator=text, repr=False)
    secret: Secret | None = field(default=None, converter=_secret, validator=text)
    project_id: str | None = field(default=None, converter=_project_id, validator=text)
    region: str | None = field(default=None, validator=checked_region)
    api_host: str | None = field(default=None)
    source_name: str | None = field(default=None, validator=text)
    strict: bool = field(default=True, validator=boolean)
    group_key: str | None = field(default=None, validator=text)
    geolocate: bool = field(default=False, validator=boolean)
    compress: bool | None = field(default=None, validator=boolean)
    max_events: int = field(default=MAX_EVENTS, validator=count(MAX_EVENTS))
    max_bytes: int = field(default=MAX_BYTES, validator=count(10_000_000))
    max_profiles: int = field(default=MAX_PROFILES, validator=count(MAX_PROFILES))
    max_groups: int = field(default=MAX_GROUPS, validator=count(MAX_PROFILES))
    timeout: float | None = field(default=None, validator=seconds)
    proxies: Proxies | None = field(default=None, repr=False)
    allow_http: bool = field(default=False, validator=boolean)

    def __attrs_post_init__(self) -> None:
        if self.api_host is not None:
            checked_host(self.api_host, allow_http=self.allow_http)
        if self.proxies is not None and not isinstance(self.proxies, str | Mapping):
            raise ConfigurationError(
                "proxies must be a URL, or a dict such as {'https': 'http://proxy:3128'}."
            )
        if self.region is not None and self.api_host is not None:
            raise ConfigurationError(
                "region and api_host are both given: keep one (MIXPANEL_REGION, MIXPANEL_API_HOST)."
            )
        self._check_credentials()

    def _check_credentials(self) -> None:
        if self.api_secret is not None and (self.username is not None or self.secret is not None):
            raise ConfigurationError(
                "api_secret and a service account are both given: keep one "
                "(MIXPANEL_API_SECRET, MIXPANEL_SERVICE_ACCOUNT)."
            )
        if (self.username is None) != (self.secret is None):
            missing = "username" if self.username is None else "secret"
            raise ConfigurationError(f"A service account needs username and secret: {missing} is not given.")

    def check_complete(self) -> None:
        """Raise ConfigurationError where one setting needs another that nothing gave."""
        if self.username is not None and self.project_id is None:
            raise ConfigurationError("A service account needs project_id (MIXPANEL_PROJECT_ID).")

    def filled(self, **values: Any) -> Settings:
        """A copy in which these values stand where nothing was given."""
        missing = {
            name: value for name, value in values.items() if value is not None and getattr(self, name) is None
        }
        if self.region is not None:
            missing.pop("api_host", None)
        return attrs.evolve(self, **missing) if missing else self

    @property
    def base_url(self) -> str:
        """Where requests go, without a trailing slash."""
        return (self.api_host or REGIONS[(self.region or "us").lower()]).rstrip("/")

    @property
    def credential(self) -> str:
        """The setting that authenticates events: api_secret, service account or token."""
        if self.api_secret is not None:
            return "api_secret"
        return "token" if self.username is None else "service account"

    @property
    def authorization(self) -> str:
        """The Authorization header of ``/import``. Source: Mixpanel docs, Authentication."""
        if self.username is not None and self.secret is not None:
            pair = f"{self.username}:{self.secret.reveal()}"
        else:
            holder = self.api_secret or self.token
            pair = f"{holder.reveal() if holder else ''}:"
        return "Basic " + base64.b64encode(pair.encode()).decode()

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything that no text may hold."""
        held = [held.reveal() for held in (self.token, self.api_secret, self.secret) if held is not None]
        header = self.authorization.removeprefix("Basic ")
        return (*held, header, *([self.username] if self.username else []))
