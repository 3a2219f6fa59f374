"""A message in Segment's wire form to Mixpanel's records, as Segment's Classic destination makes them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any, Final

from analytics_mixpanel_destination.classic.call import (
    Call,
    NothingToSendError,
    Part,
    Project,
    UnusableError,
)
from analytics_mixpanel_destination.classic.event import RESERVED, event
from analytics_mixpanel_destination.classic.group import grouped, membership
from analytics_mixpanel_destination.classic.identity import aliased, identified
from analytics_mixpanel_destination.classic.inversion import inverted
from analytics_mixpanel_destination.classic.pages import page_event
from analytics_mixpanel_destination.classic.people import activity, profile
from analytics_mixpanel_destination.classic.settings import Classic
from analytics_mixpanel_destination.record import Record, Refusal, Translation

_LOG: Final = logging.getLogger("analytics_mixpanel")


class ClassicTranslator:
    """Translates messages for one project."""

    def __init__(self, settings: Classic, project: Project) -> None:
        self._settings = settings
        self._project = project
        self._said_people_off = False
        self._calls = {
            "track": self._track,
            "page": self._page,
            "screen": self._page,
            "identify": self._identify,
            "group": self._group,
            "alias": self._alias,
        }

    def translate(self, message: Mapping[str, Any]) -> Translation:
        """Translate a message; it is left as it is, and the records may share its unchanged parts."""
        if not isinstance(message, dict):
            error = UnusableError(f"a message must be an object, not {type(message).__name__}", "")
            return _refused("", error)
        kind = message.get("type")
        make = self._calls.get(kind) if isinstance(kind, str) else None
        if make is None:
            return Translation()
        try:
            parts = list(make(Call.of(message, self._project.now)))
        except NothingToSendError as reason:
            return Translation(matched=True, dropped=str(reason))
        except UnusableError as error:
            return _refused(str(kind), error)
        records = [Record(endpoint, body, "Classic", str(kind)) for endpoint, body in parts]
        return Translation(records, matched=True)

    #: For a preview: there is nothing here that Segment's does not send.
    as_segment = translate

    def _track(self, call: Call) -> Iterable[Part]:
        name = call.message.get("event")
        if not isinstance(name, str) or not name:
            raise UnusableError("a track call needs the name of an event, a text", "event")
        return self._event(call, name, call.section("properties"))

    def _page(self, call: Call) -> Iterable[Part]:
        name = page_event(call, self._settings, str(call.message["type"]).capitalize())
        named = {key: call.text(key) for key in ("category", "name") if call.text(key)}
        return self._event(call, name, {**call.section("properties"), **named})

    def _event(self, call: Call, name: str, properties: dict[str, Any]) -> Iterable[Part]:
        own = inverted(self._project.reserved.without(RESERVED, properties))
        yield event(call, name, own, self._settings, self._project)
        if self._settings.people and (call.user_id or call.anonymous_id):
            yield from activity(call, name, own, self._settings, self._project)

    def _identify(self, call: Call) -> Iterable[Part]:
        parts = [*identified(call, self._project), *membership(call, self._project)]
        if self._settings.people:
            parts += profile(call, self._settings, self._project)
        elif call.section("traits"):
            self._say_people_off()
        if not parts:
            raise NothingToSendError(self._why_no_identity())
        return parts

    def _group(self, call: Call) -> Iterable[Part]:
        return grouped(call, self._settings, self._project)

    def _alias(self, call: Call) -> Iterable[Part]:
        return aliased(call, self._project)

    def _why_no_identity(self) -> str:
        if self._settings.people:
            return "there are no traits for the profile, and no two ids to join"
        return "people is off, so that there is no profile to update"

    def _say_people_off(self) -> None:
        if not self._said_people_off:
            self._said_people_off = True
            _LOG.warning(
                "Mixpanel: people is off, so that identify calls update no profile: "
                'Mixpanel(framework="classic", people=True) switches it on.'
            )


def _refused(kind: str, error: UnusableError) -> Translation:
    return Translation(refusals=[Refusal("Classic", kind, str(error), error.field)])
