"""What the page reads: each query is bounded, and takes its values as parameters."""

from __future__ import annotations

from analytics_mixpanel.debugger.lookups.arrivals import Arrival, Arrivals, Page
from analytics_mixpanel.debugger.lookups.filters import Filters
from analytics_mixpanel.debugger.lookups.opened import Opened, open_arrival
from analytics_mixpanel.debugger.lookups.profiles import Group, Profiles, User

__all__ = ["Arrival", "Arrivals", "Filters", "Group", "Opened", "Page", "Profiles", "User", "open_arrival"]
