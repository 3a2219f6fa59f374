"""A local stand-in for Mixpanel: its ingestion API, its rules and its answers, on a loopback port.

    with StandIn() as mixpanel:
        client = Client("token", host=mixpanel.url)
        client.track("user-1", "Signed Up")
        client.flush()
        assert mixpanel.events[0].event == "Signed Up"

Ingestion decides what is taken (``app`` and the modules it leads to), ``store`` keeps it and gives it back;
neither knows the other's inside.
"""

from __future__ import annotations

import sys
from types import ModuleType

try:
    import starlette as _starlette  # noqa: F401
    import uvicorn as _uvicorn  # noqa: F401
except ImportError as error:
    raise ImportError(
        'the debugger needs two more packages: pip install "analytics-mixpanel[debugger]"'
    ) from error

from analytics_mixpanel.debugger.guard import Access
from analytics_mixpanel.debugger.limits import Limits
from analytics_mixpanel.debugger.projects import Project
from analytics_mixpanel.debugger.server import StandIn
from analytics_mixpanel.debugger.stored import (
    Event,
    Group,
    Operation,
    Profile,
    Rejection,
    Request,
    StoredMessage,
)

__all__ = [
    "Access",
    "Event",
    "Group",
    "Limits",
    "Operation",
    "Profile",
    "Project",
    "Rejection",
    "Request",
    "StandIn",
    "StoredMessage",
]


class _Debugger(ModuleType):
    """This package; the function ``analytics_mixpanel.debugger`` has its name, so it is one too."""

    def __call__(self, url: str | None = None, token: str | None = None) -> None:
        """Tell a running debugger about the module's client; see Client.debugger."""
        from analytics_mixpanel.functions import debugger  # noqa: PLC0415 - which has not loaded this

        debugger(url, token)


sys.modules[__name__].__class__ = _Debugger
