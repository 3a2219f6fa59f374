"""The page: routes ask ``lookups``, ``shown`` puts what they give into words, templates lay it out.

Every value reaches the page as escaped text. Scripts are files of their own; the styles, which are too, are
put into the page.
"""

from __future__ import annotations

from analytics_mixpanel.debugger.views.routes import routes
from analytics_mixpanel.debugger.views.static import STYLE_SOURCE

__all__ = ["STYLE_SOURCE", "routes"]
