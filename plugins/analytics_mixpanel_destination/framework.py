"""Which of Segment's two destinations is followed: "Mixpanel (Actions)" or the Classic one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_destination.classic import Classic
from analytics_mixpanel_destination.merge import Merge
from analytics_mixpanel_destination.reserved import ReservedProperties
from analytics_mixpanel_destination.settings.settings import Settings


@frozen
class Framework:
    """How messages are translated, whatever the project is.

    Attributes:
        classic: the settings of the Classic framework; None for the Actions.
        mappings: of the Actions; None for Segment's presets.
        merge: how the project merges ids; None for what Segment sends, which does for both.
        reserved: counts the properties that are dropped.

    Raises:
        ConfigurationError: mappings are given for the Classic framework, which has none.
    """

    classic: Classic | None = None
    mappings: Sequence[Mapping[str, Any]] | None = None
    merge: Merge | None = None
    reserved: ReservedProperties = field(factory=ReservedProperties)

    def __attrs_post_init__(self) -> None:
        if self.classic is not None and self.mappings is not None:
            raise ConfigurationError("mappings are for the Actions framework: leave them or framework out.")

    def check(self, settings: Settings) -> None:
        """Raise ConfigurationError for a setting that this framework does not look at."""
        if self.classic is not None and settings.group_key is not None:
            raise ConfigurationError("group_key is for the Actions framework: give group_identifier_traits.")

    def warnings(self) -> list[str]:
        """Say which settings are given and change nothing."""
        return list(self.classic.without_effect()) if self.classic is not None else []
