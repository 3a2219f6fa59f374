"""The page: routes ask ``lookups``, ``shown`` puts what they give into words, templates lay it out.

Every value reaches the page as escaped text. Scripts and styles are files of their own.
"""

from __future__ import annotations

from analytics_mixpanel.debugger.views.routes import routes

__all__ = ["routes"]
