"""The test event: one event by a client as an application has it, and what became of it."""

from __future__ import annotations

import logging
import time
from typing import Any, Final

from analytics_mixpanel.cli.doctor.finding import Finding, finding
from analytics_mixpanel.cli.fates import Fates, watched
from analytics_mixpanel.client import Client
from analytics_mixpanel.journal import log

EVENT: Final = "Doctor Test Event"
USER: Final = "analytics-mixpanel-doctor"
CHECK: Final = "test event"


def send_test_event(plugin: Any, timeout: float) -> Finding:
    """Send one event and wait for the answer.

    Args:
        plugin: the destination's class.
        timeout: seconds for the answer.
    """
    fates = Fates()
    level = log.level
    log.setLevel(logging.CRITICAL)  # what it says is in the finding
    started = time.monotonic()
    try:
        client = Client(discover=False, plugins=[watched(plugin, fates)(), fates], timeout=timeout)
        try:
            _, message = client.track(USER, EVENT, {"sent by": "analytics-mixpanel doctor"})
            client.hurry()
            fates.wait(1, timeout)
            fate = fates.take(str(message["messageId"]))
        finally:
            client.shutdown(0)
    finally:
        log.setLevel(level)
    took = time.monotonic() - started
    if fate.status == "delivered":
        return finding(CHECK, True, f"{EVENT!r} of {USER!r} was accepted after {took * 1000:.0f} ms")
    where = f" ({fate.field})" if fate.field else ""
    found = f"it was not accepted: {fate.status}: {fate.reason}{where}"
    return finding(CHECK, False, found, _MENDS.get(fate.status, ""))


_MENDS: Final = {
    "pending": "Look at what is said above; else try again, or give more time: --timeout SECONDS.",
    "rejected": "Mixpanel says what is wrong with it; check the plugins that change messages.",
    "dropped": "A plugin or a mapping gave it up: see ANALYTICS_MIXPANEL_DISABLE.",
}
