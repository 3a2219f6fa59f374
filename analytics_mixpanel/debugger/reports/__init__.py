"""What live clients say of themselves: taken at ``POST /debugger/reports``, and kept for the page.

    routes    the door: JSON, bounded
    reports   the newest report of each client
    keeping   their messages, into the store
    linking   from a message to the records that Mixpanel got of it, whichever of the two comes first

The other side is ``analytics_mixpanel.reporting``.
"""

from __future__ import annotations

from analytics_mixpanel.debugger.reports.reports import LiveClient, Reports
from analytics_mixpanel.debugger.reports.routes import routes

__all__ = ["LiveClient", "Reports", "routes"]
