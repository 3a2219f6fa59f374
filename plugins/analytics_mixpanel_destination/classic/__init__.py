"""Segment's Classic destination: events and profiles as its device mode makes them, from a server.

translator → pages, event (traits, context, inversion), people (revenue), group, identity → records
"""

from analytics_mixpanel_destination.classic.settings import Classic, ClassicOptions, classic_settings

__all__ = ["Classic", "ClassicOptions", "classic_settings"]
