"""A shop's tasks, for tests, with a broker that is a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from celery import Celery

import analytics_mixpanel as analytics
from analytics_mixpanel.frameworks.celery import install

install()

# Longer than any test: what arrives was delivered because a worker's process ended.
analytics.upload_interval = 600
analytics.upload_size = 100_000

_QUEUE = str(Path(os.environ["SHOP_FOLDER"]) / "queue")
Path(_QUEUE).mkdir(exist_ok=True)
app = Celery("shop", broker="filesystem://")
app.conf.broker_transport_options = {
    "data_folder_in": _QUEUE,
    "data_folder_out": _QUEUE,
    "control_folder": _QUEUE + "-control",
    "polling_interval": 0.05,
}
app.conf.task_ignore_result = True


def _who() -> dict[str, Any]:
    opened = analytics.current_scope()
    return {"scoped": opened is not None, "team": opened.groups.get("team") if opened else None}


@app.task(bind=True, max_retries=1)  # type: ignore[untyped-decorator]
def seen(self: Any, fails: bool = False) -> None:
    """Track, at the second attempt if it fails at first, and send a task on."""
    if fails and not self.request.retries:
        raise self.retry(countdown=0)
    analytics.track(event="Seen", properties=_who())
    handed_on.delay()


@app.task  # type: ignore[untyped-decorator]
def handed_on() -> None:
    """Track in a task that a task sent."""
    analytics.track(event="Handed On", properties=_who())


@app.task  # type: ignore[untyped-decorator]
def alone(number: int) -> None:
    """Track in a task that was sent from no scope."""
    analytics.track(f"alone-{number}", "Alone", _who())
