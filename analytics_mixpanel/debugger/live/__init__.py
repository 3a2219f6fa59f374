"""What changes, told to whoever looks: server-sent events at ``/debugger/live``."""

from analytics_mixpanel.debugger.live.hub import Hub
from analytics_mixpanel.debugger.live.stream import routes

__all__ = ["Hub", "routes"]
