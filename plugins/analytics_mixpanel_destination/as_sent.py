"""What is sent for a message, as plain objects, for tools that show it or send it elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from analytics_mixpanel_destination.mappings import load_mappings
from analytics_mixpanel_destination.translate import Translator

if TYPE_CHECKING:
    from analytics_mixpanel_destination.mappings.loading import Given


def as_sent(token: str, mappings: Given = None) -> Callable[[Any], dict[str, Any]]:
    """Answer a function from a message to what is sent for it; no setting comes from the environment.

    Its answer has ``records``, each with ``endpoint``, ``body``, ``preset`` and ``action``; ``errors``, each
    with ``preset``, ``action``, ``message`` and ``field``; and ``dropped``, why nothing is sent, or "".

    Raises:
        ConfigurationError: a file of mappings cannot be read.
        MappingError: a mapping cannot work.
    """
    translator = Translator(token=token, mappings=load_mappings(mappings))

    def answer(message: Any) -> dict[str, Any]:
        translation = translator.translate(message)
        nothing = not translation.matched and not translation.refusals
        return {
            "records": [
                {"endpoint": each.endpoint, "body": each.body, "preset": each.preset, "action": each.action}
                for each in translation.records
            ],
            "errors": [
                {"preset": each.preset, "action": each.action, "message": each.message, "field": each.field}
                for each in translation.refusals
            ],
            "dropped": translation.dropped or ("no mapping" if nothing else ""),
        }

    return answer
