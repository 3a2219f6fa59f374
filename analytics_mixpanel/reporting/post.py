"""One request to the debugger: short, and silent when there is none."""

from __future__ import annotations

import http.client
from typing import Final

from analytics_mixpanel.journal import log_seldom
from analytics_mixpanel.reporting.address import PATH, Address
from analytics_mixpanel.version import VERSION

#: Seconds for connecting and for the answer, each.
TIMEOUT: Final = 2.0


def post(address: Address, body: bytes) -> bool:
    """Send a report; whether the debugger took it. No proxy is asked: it is a neighbour."""
    kind = http.client.HTTPSConnection if address.secure else http.client.HTTPConnection
    connection = kind(address.host, address.port, timeout=TIMEOUT)
    headers = {"Content-Type": "application/json", "User-Agent": f"analytics-mixpanel/{VERSION}"}
    if address.token:
        headers["Authorization"] = f"Bearer {address.token}"
    try:
        connection.request("POST", PATH, body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    if status >= 400:
        log_seldom("debugger", "the debugger at %s refused a report: HTTP %d", address.url, status)
    return status < 400
