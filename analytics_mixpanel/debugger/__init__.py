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

try:
    import starlette as _starlette  # noqa: F401
    import uvicorn as _uvicorn  # noqa: F401
except ImportError as error:
    raise ImportError(
        'the debugger needs two more packages: pip install "analytics-mixpanel[debugger]"'
    ) from error

from analytics_mixpanel.debugger.limits import Limits
from analytics_mixpanel.debugger.projects import Project
from analytics_mixpanel.debugger.server import StandIn
from analytics_mixpanel.debugger.stored import Event, Group, Operation, Profile, Rejection, Request

__all__ = [
    "Event",
    "Group",
    "Limits",
    "Operation",
    "Profile",
    "Project",
    "Rejection",
    "Request",
    "StandIn",
]
