"""Which event a page or a screen is."""

from __future__ import annotations

from analytics_mixpanel_destination.classic.call import Call, NothingToSendError
from analytics_mixpanel_destination.classic.settings import Classic


def page_event(call: Call, settings: Classic, noun: str) -> str:
    """Answer the name of the event.

    Args:
        call: of a page or a screen.
        settings: the first of the page options that is on and applies decides.
        noun: ``Page`` or ``Screen``.

    Raises:
        NothingToSendError: no option is on, or none applies.
    """
    category, name = call.text("category"), call.text("name")
    if settings.consolidated_page_calls or settings.track_all_pages:
        return f"Loaded a {noun}"
    if settings.track_categorized_pages and category:
        return f"Viewed {category} {name} {noun}" if name else f"Viewed {category} {noun}"
    if settings.track_named_pages and name:
        return f"Viewed {name} {noun}"
    raise NothingToSendError("no page option of the Classic framework applies to it")
