"""Who may reach the debugger, who may look at its page, and who may change something there.

Ingestion takes data from any program that names this machine as its host, as Mixpanel takes it from anyone;
what arrived is shown to the page's own origin alone.
"""

from analytics_mixpanel.debugger.guard.access import Access
from analytics_mixpanel.debugger.guard.crossing import Crossing
from analytics_mixpanel.debugger.guard.hosts import Hosts
from analytics_mixpanel.debugger.guard.pages import Pages

__all__ = ["Access", "Crossing", "Hosts", "Pages"]
