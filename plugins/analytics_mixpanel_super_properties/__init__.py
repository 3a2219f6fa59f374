"""Super properties: registered once, carried by every later event of the process, a scope or a user."""

from analytics_mixpanel_super_properties.plugin import SuperProperties
from analytics_mixpanel_super_properties.reach import Reach

__all__ = ["Reach", "SuperProperties"]
