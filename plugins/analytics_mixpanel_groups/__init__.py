"""Group analytics: a group joined once is on the user's later events and profile."""

from analytics_mixpanel_groups.plugin import Groups

__all__ = ["Groups"]
