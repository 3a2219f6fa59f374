"""What a live client says of itself to a running debugger.

Switched on by ``ANALYTICS_MIXPANEL_DEBUGGER=1`` (or ``=http://127.0.0.1:8765``) or ``client.debugger()``. It
is a plugin like any other: it observes, and changes nothing. A report leaves from a thread of its own, one a
second at most and only while something changes. Messages that the thread has not got to yet are kept up to a
number, and the oldest left out beyond it; with no debugger there, nothing is kept at all.

    reporter    the hooks, on the application's threads: two appends and no wait
    mailbox     what they put aside, bounded
    worker      the thread: a report a second, a pause while the debugger is away
    snapshot    a client as JSON, without its secrets
    text        texts as JSON can carry them
    address     where reports go; to this machine unless there is a token
    post        one request
"""

from __future__ import annotations

from analytics_mixpanel.reporting.address import VARIABLE, Address
from analytics_mixpanel.reporting.reporter import Reporter
from analytics_mixpanel.reporting.switch import reporter_from_environment

__all__ = ["VARIABLE", "Address", "Reporter", "reporter_from_environment"]
