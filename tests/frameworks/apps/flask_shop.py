"""A shop on Flask, for tests; it tracks while it is loaded, before a preloading server forks."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from flask import Flask, Response, request, session, stream_with_context

import analytics_mixpanel as analytics
from analytics_mixpanel.frameworks.flask import Analytics

analytics.upload_interval = 0.02
analytics.track("nobody", "Loaded")

app = Flask(__name__)
app.secret_key = "for tests"
Analytics(
    app, user_id=lambda request: session.get("user") or request.headers.get("x-user"), trusted_proxies=1
)


@app.get("/worker")
def worker() -> str:
    """Tell which worker this is, slowly enough that the other one takes the next request."""
    time.sleep(0.02)
    return str(os.getpid())


@app.get("/seen")
def seen() -> str:
    """Track, slowly enough that another worker takes the next request."""
    time.sleep(0.02)
    analytics.track(event="Seen", properties={"who": request.args["who"], "pid": os.getpid()})
    return ""


@app.get("/signed-in")
def sign_in() -> str:
    """Track before and after somebody signs in."""
    analytics.track(event="Came")
    session["user"] = request.args["who"]
    analytics.track(event="Signed In")
    return ""


@app.get("/stream")
def stream() -> Response:
    """Track while the response is made."""
    who = request.args["who"]

    def parts() -> Iterator[str]:
        yield "one"
        analytics.track(event="Seen", properties={"who": who})
        yield "two"

    return Response(stream_with_context(parts()))
