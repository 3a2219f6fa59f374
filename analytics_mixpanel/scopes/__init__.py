"""Scopes: who and what the calls inside are about, so that they need not say it each time.

    with analytics.scope(user_id="user-1", properties={"plan": "pro"}):
        analytics.track(event="Signed In")

A scope belongs to the execution context (``contextvars``), not to a client: a thread starts with none, an
asyncio task with that of the code that made it. What the call itself gives always wins.
"""

from __future__ import annotations

from analytics_mixpanel.scopes.opening import Opening, lazy_scope, scope
from analytics_mixpanel.scopes.scope import Reopened, Scope, current_scope
from analytics_mixpanel.scopes.values import Values

__all__ = ["Opening", "Reopened", "Scope", "Values", "current_scope", "lazy_scope", "scope"]
