"""Celery: the scope that is open where a task is sent is open where it runs.

install()  # in the module that makes the Celery app, which the sender and the worker both import
"""

from __future__ import annotations

from typing import Any, Final

import attrs
import orjson

from analytics_mixpanel.encoding import Encoder
from analytics_mixpanel.frameworks.extras import missing
from analytics_mixpanel.frameworks.reading.lookup import attempt
from analytics_mixpanel.journal import log, log_seldom
from analytics_mixpanel.scopes import Opening, Values, current_scope, lazy_scope
from analytics_mixpanel.scopes.values import checked_values

try:
    from celery import signals
except ImportError as error:
    raise missing("celery") from error

HEADER: Final = "analytics_mixpanel_scope"
_OPENING: Final = "analytics_mixpanel_opening"
#: Characters; what is longer travels without properties and context.
_LIMIT: Final = 32_000
_WHO: Final = ("user_id", "anonymous_id", "fallback_id", "groups")
_WHAT: Final = ("properties", "context")

_encoder = Encoder()
_installed: list[bool] = []


def install() -> None:
    """Let scopes travel with tasks."""
    if _installed:
        log.warning("the adapter for Celery is installed twice: call install() once")
        return
    _installed.append(True)
    signals.before_task_publish.connect(_send, weak=False)
    signals.task_prerun.connect(_open, weak=False)
    signals.task_postrun.connect(_close, weak=False)


def carried(values: Values) -> str:
    """A scope's values as text for a task's header."""
    text = _encoded(values, _WHO + _WHAT)
    if len(text) <= _LIMIT:
        return text
    log_seldom("celery size", "a scope is too long for a task: it goes without properties and context")
    return _encoded(values, _WHO)


def received(text: str) -> Values:
    """The values of a header."""
    fields = orjson.loads(text)
    fallback = fields.pop("fallback_id", None)
    return attrs.evolve(checked_values(**fields), fallback_id=fallback)


def _encoded(values: Values, names: tuple[str, ...]) -> str:
    fields = {name: value for name in names if (value := getattr(values, name))}
    return _encoder.encode(fields).decode()  # type: ignore[arg-type]  # encoded as a message is


def _send(headers: dict[str, Any] | None = None, **_: Any) -> None:
    scope = current_scope()
    if scope is None or headers is None:
        return
    text = attempt("the scope for a task", lambda: carried(scope.values()))
    if text:
        headers[HEADER] = text


def _open(task: Any = None, **_: Any) -> None:
    text = _header(task.request)
    values = attempt("the scope of a task", lambda: received(text)) if text else None
    if values is not None:
        opening = lazy_scope(lambda: values)
        setattr(task.request, _OPENING, opening)
        opening.__enter__()


def _close(task: Any = None, **_: Any) -> None:
    opening: Opening | None = getattr(task.request, _OPENING, None)
    if opening is not None:
        opening.__exit__(None, None, None)


def _header(request: Any) -> str | None:
    """The header: Celery makes unknown ones attributes of the request, and keeps some in its ``headers``."""
    text = getattr(request, HEADER, None) or (getattr(request, "headers", None) or {}).get(HEADER)
    return text if isinstance(text, str) else None
