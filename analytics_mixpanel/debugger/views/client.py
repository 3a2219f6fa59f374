"""Client: what live processes say of themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from analytics_mixpanel.debugger.desk import Desk
from analytics_mixpanel.debugger.reports import LiveClient
from analytics_mixpanel.debugger.views.rendering import page
from analytics_mixpanel.debugger.views.shown.moments import ago

_LOSSES: Final = 30
_WELL: Final = ("", "ok", "closed")


def routes(desk: Desk) -> list[BaseRoute]:
    """Give the address of the view."""

    def show(request: Request) -> Response:
        now = desk.now()
        clients = [_client(each, now) for each in desk.reports.clients()]
        return page(desk, request, "client.html", {"clients": clients})

    return [Route("/debugger/client", show)]


def _client(client: LiveClient, now: float) -> dict[str, Any]:
    """Give what a report says; whoever wrote it, parts that are missing or of another kind are empty."""
    report = client.report
    process, queue = _object(report.get("process")), _object(report.get("queue"))
    return {
        "number": client.number,
        "state": client.state(now),
        "last": ago(client.last, now),
        "program": _text(process.get("program")) or "a program",
        "pid": _text(process.get("pid")),
        "machine": _text(process.get("host")),
        "python": f"{_text(process.get('implementation'))} {_text(process.get('python'))}".strip(),
        "versions": {name: _text(value) for name, value in _object(process.get("versions")).items()},
        "queue": {
            "type": _text(queue.get("type")),
            "pending": _number(queue.get("pending")),
            "most": _number(queue.get("most")),
        },
        "lanes": [_lane(each) for each in _objects(report.get("lanes"))],
        "plugins": [_plugin(each) for each in _objects(report.get("plugins"))],
        "settings": _object(report.get("settings")),
        "messages": client.messages,
        "missed": _number(report.get("missed")),
        "losses": [_loss(each) for each in reversed(client.losses[-_LOSSES:])],
    }


def _lane(lane: dict[str, Any]) -> dict[str, Any]:
    stats = _object(lane.get("stats"))
    dropped = _object(stats.get("dropped"))
    threads = _objects(lane.get("threads"))
    return {
        "destination": _text(lane.get("destination")),
        "alive": sum(each.get("alive") is True for each in threads),
        "threads": len(threads),
        "counts": {
            name: _number(stats.get(name))
            for name in ("accepted", "delivered", "rejected", "retried", "pending")
        }
        | {"dropped": sum(map(_number, dropped.values()))},
        "dropped": {name: _number(count) for name, count in dropped.items()},
        "health": _health(_object(lane.get("health"))),
    }


def _health(health: dict[str, Any]) -> dict[str, str] | None:
    """Give what is wrong with a destination, with times of the day, or None while all is well."""
    if _text(health.get("state")) in _WELL:
        return None
    times = {name: _time(_text(health.get(name))) for name in ("since", "next_try")}
    told = {name: _text(health.get(name)) for name in ("state", "reason")}
    return {**told, "since": times["since"], "next": times["next_try"]}


def _time(text: str) -> str:
    try:
        return datetime.fromisoformat(text).astimezone().strftime("%H:%M:%S")
    except ValueError:
        return ""


def _plugin(plugin: dict[str, Any]) -> dict[str, Any]:
    hooks = plugin.get("hooks")
    return {
        "name": _text(plugin.get("name")),
        "type": _text(plugin.get("type")),
        "hooks": [_text(hook) for hook in hooks] if isinstance(hooks, list) else [],
    }


def _loss(loss: dict[str, Any]) -> dict[str, Any]:
    named = {
        name: _text(loss.get(name)) for name in ("destination", "fate", "reason", "field", "event", "type")
    }
    return {**named, "at": float(_number(loss.get("at")))}


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _number(value: Any) -> Any:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else 0
