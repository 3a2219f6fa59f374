"""Segment's HTTP API: its messages are kept, and become what Mixpanel gets by the mappings in force.

Source: Segment docs, HTTP API Source; what analytics.js posts to, as its own code has it.
"""

from analytics_mixpanel.debugger.segment.endpoints import routes

__all__ = ["routes"]
