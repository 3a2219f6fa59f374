"""What turns messages into records: the translator of each framework."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from analytics_mixpanel_destination.classic.call import Project
from analytics_mixpanel_destination.classic.translator import ClassicTranslator
from analytics_mixpanel_destination.framework import Framework
from analytics_mixpanel_destination.record import Translation
from analytics_mixpanel_destination.settings.settings import Settings
from analytics_mixpanel_destination.times.clock import now
from analytics_mixpanel_destination.translate import Translator


class Translates(Protocol):
    """What turns messages into records."""

    def translate(self, message: Mapping[str, Any]) -> Translation:
        """Translate a message to what is sent."""

    def as_segment(self, message: Mapping[str, Any]) -> Translation:
        """Translate a message to just what Segment would send."""


def translator(framework: Framework, settings: Settings) -> Translates:
    """Make what translates messages for a project."""
    token = settings.token.reveal() if settings.token else ""
    if framework.classic is not None:
        project = Project(token, now, settings.source_name, framework.merge, framework.reserved)
        return ClassicTranslator(framework.classic, project)
    return Translator(
        token=token,
        source_name=settings.source_name,
        group_key=settings.group_key,
        mappings=framework.mappings,
        merge=framework.merge,
        reserved=framework.reserved,
    )
