"""Standing in for analytics-python under its own name, for code that cannot be edited."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Final

from analytics_mixpanel.errors import ConfigurationError

# Upstream's module to ours. What is not listed is an implementation detail of upstream's.
_MODULES: Final = {
    "segment.analytics": "analytics_mixpanel",
    "segment.analytics.client": "analytics_mixpanel.client",
    "segment.analytics.version": "analytics_mixpanel.version",
}


def install_as_segment() -> None:
    """Make ``import segment.analytics`` give this package, from now on and in this process.

    Call it before anything imports ``segment.analytics``.

    Raises:
        ConfigurationError: analytics-python itself is imported already; its users would keep it.
    """
    present = sys.modules.get("segment.analytics")
    ours = importlib.import_module("analytics_mixpanel")
    if present is not None and present is not ours:
        raise ConfigurationError(
            "segment.analytics is imported already; call install_as_segment() before whatever imports it"
        )
    namespace = sys.modules.setdefault("segment", ModuleType("segment"))
    if not hasattr(namespace, "__path__"):
        namespace.__path__ = []
    namespace.analytics = ours  # type: ignore[attr-defined]
    for theirs, name in _MODULES.items():
        sys.modules[theirs] = importlib.import_module(name)
