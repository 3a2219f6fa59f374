"""Where a message comes from: the application, the runtime and the machine, as ``context``."""

from analytics_mixpanel_context.plugin import Context

__all__ = ["Context"]
