"""A message in Segment's wire form to Mixpanel's records, by the mappings whose conditions it meets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from attrs import evolve

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping import UNDEFINED
from analytics_mixpanel_destination.actions import ActionError, Project
from analytics_mixpanel_destination.actions.insert_id import conforming
from analytics_mixpanel_destination.merge import Merge, without_identity_events
from analytics_mixpanel_destination.payload.errors import PayloadError
from analytics_mixpanel_destination.presets import additions, presets
from analytics_mixpanel_destination.record import Record, Refusal, Translation
from analytics_mixpanel_destination.reserved import ReservedProperties
from analytics_mixpanel_destination.subscription import Candidates, Subscription, compile_subscriptions
from analytics_mixpanel_destination.times.clock import Now
from analytics_mixpanel_destination.times.clock import now as system_now

_REFUSALS: Final = (PayloadError, ActionError, MappingError, RecursionError)


class Translator:
    """Translates messages for one project.

    Args:
        token: the project token.
        source_name: what records give as ``segment_source_name``, or None for none.
        group_key: the group key of groups whose mapping names none; None for Segment's ``$group_id``.
        mappings: in Segment's JSON form; those with ``enabled`` false are left out. None for Segment's
            presets, and aliases.
        now: tells the time in milliseconds since 1970.
        merge: how the project merges ids; None to send identity events as Segment does.
        reserved: counts the properties that are dropped for their names.

    Raises:
        MappingError: a mapping cannot work.
    """

    def __init__(
        self,
        *,
        token: str,
        source_name: str | None = None,
        group_key: str | None = None,
        mappings: Sequence[Mapping[str, Any]] | None = None,
        now: Now = system_now,
        merge: Merge | None = None,
        reserved: ReservedProperties | None = None,
    ) -> None:
        self._project = Project(
            token=token,
            now=now,
            source_name=UNDEFINED if source_name is None else source_name,
            group_key=group_key,
            reserved=ReservedProperties() if reserved is None else reserved,
        )
        self._merge = merge
        if mappings is None:
            self._segments, self._ours = _defaults()
        else:
            self._segments = self._ours = Candidates(compile_subscriptions(mappings))

    def translate(self, message: Mapping[str, Any]) -> Translation:
        """Translate a message to what is sent: as Segment, with our additions and a valid ``$insert_id``.

        The message is left as it is; the records may share its unchanged parts.
        """
        translation = self._translate(message, self._ours, self._project_of(message))
        for record in translation.records:
            if record.endpoint == "import":
                properties = record.body["properties"]
                insert_id = properties["$insert_id"]
                if type(insert_id) is str:
                    properties["$insert_id"] = conforming(insert_id)
        return translation

    def as_segment(self, message: Mapping[str, Any]) -> Translation:
        """Translate a message to just what Segment would send: no aliases by default, any ``$insert_id``."""
        return self._translate(message, self._segments, self._project)

    def _project_of(self, message: Any) -> Project:
        """Answer the project, with the group key that a message names in ``context.groupKey``."""
        context = message.get("context") if isinstance(message, dict) else None
        key = context.get("groupKey") if isinstance(context, dict) else None
        return evolve(self._project, group_key=key) if key and isinstance(key, str) else self._project

    def _translate(self, message: Any, candidates: Candidates, project: Project) -> Translation:
        if not isinstance(message, dict):
            refusal = Refusal("", "", f"a message must be an object, not {type(message).__name__}")
            return Translation(refusals=[refusal])
        records: list[Record] = []
        refusals: list[Refusal] = []
        matched = False
        for subscription in candidates.of(message.get("type")):
            try:
                if not subscription.matches(message):
                    continue
                matched = True
                parts = subscription.parts(message, project)
            except _REFUSALS as error:
                refusals.append(_refusal(subscription, error))
                continue
            name, action = subscription.name, subscription.action.name
            records += [Record(endpoint, body, name, action) for endpoint, body in parts]
        translation = Translation(records, refusals, matched)
        return without_identity_events(translation) if self._merge == "simplified" else translation


@cache
def _defaults() -> tuple[Candidates, Candidates]:
    """Compile Segment's presets, and these with ours, once for all translators."""
    segments = compile_subscriptions(presets())
    return Candidates(segments), Candidates(segments + compile_subscriptions(additions()))


def _refusal(subscription: Subscription, error: Exception) -> Refusal:
    field = error.field if isinstance(error, (PayloadError, ActionError)) else ""
    text = "nested too deeply" if isinstance(error, RecursionError) else str(error)
    return Refusal(subscription.name, subscription.action.name, text, field)
