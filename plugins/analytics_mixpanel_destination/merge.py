"""How a project merges ids into users, and what that means for identity events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import attrs

from analytics_mixpanel.errors import ConfigurationError

if TYPE_CHECKING:
    from analytics_mixpanel_destination.record import Record, Translation

Merge: TypeAlias = Literal["original", "simplified"]
MERGES: Final = ("original", "simplified")
NO_ALIASES: Final = "a project with Simplified ID Merge has no aliases"


def checked_merge(value: Any) -> Merge | None:
    """Answer the setting ``merge``; None where it is not given.

    Raises:
        ConfigurationError: it is something else.
    """
    if value is not None and value not in MERGES:
        raise ConfigurationError(
            'merge must be "original" or "simplified", as under Identity Merge in the project\'s settings.'
        )
    return value  # type: ignore[no-any-return]


def without_identity_events(translation: Translation) -> Translation:
    """Leave ``$identify`` and ``$create_alias`` out, which Simplified ID Merge does not take."""
    kept = [record for record in translation.records if record.endpoint != "track"]
    if len(kept) == len(translation.records):
        return translation
    aliases = any(map(_is_alias, translation.records))
    return attrs.evolve(translation, records=kept, dropped="" if kept or not aliases else NO_ALIASES)


def _is_alias(record: Record) -> bool:
    return record.body.get("event") == "$create_alias"
