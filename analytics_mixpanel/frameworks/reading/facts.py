"""The context of a message that is made within a request, in the shape of Segment's Spec."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import parse_qsl

from analytics_mixpanel.frameworks.reading.address import client_address, forwarded
from analytics_mixpanel.frameworks.reading.client_hints import user_agent_data
from analytics_mixpanel.frameworks.reading.options import Options
from analytics_mixpanel.frameworks.reading.request import Request

_UTM: Final = "utm_"
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def context_of(request: Request, options: Options) -> dict[str, Any]:
    """The facts that the request tells, without those to be left out."""
    header = request.header
    facts = {
        "ip": client_address(request, options.trusted_proxies, options.ip_header),
        "userAgent": header("user-agent"),
        "userAgentData": user_agent_data(header),
        "locale": _locale(header("accept-language")),
        "page": page(request, options),
        "campaign": campaign(request.query),
    }
    return {name: fact for name, fact in facts.items() if fact and name not in options.leave_out}


def page(request: Request, options: Options) -> dict[str, str]:
    """Where the request went; its title only the application knows."""
    search = f"?{request.query}" if request.query and options.query else ""
    scheme = forwarded(request, options.trusted_proxies, "x-forwarded-proto") or request.scheme
    host = forwarded(request, options.trusted_proxies, "x-forwarded-host") or request.host
    fields = {
        "path": request.path,
        "search": search,
        "url": f"{scheme}://{host}{request.path}{search}" if host else None,
        "referrer": request.header("referer"),
    }
    return {name: value for name, value in fields.items() if value}


def campaign(query: str) -> dict[str, str]:
    """The campaign that ``utm_*`` parameters tell of, ``utm_campaign`` its name; the first of each counts."""
    if _UTM not in query:
        return {}
    found: dict[str, str] = {}
    for parameter, value in parse_qsl(query):
        if parameter.startswith(_UTM) and len(parameter) > len(_UTM):
            name = parameter[len(_UTM) :]
            found.setdefault("name" if name == "campaign" else name, value)
    return found


def _locale(accepted: str | None) -> str | None:
    """The language that the browser names first, which is the one it prefers."""
    language = (accepted or "").partition(",")[0].partition(";")[0].strip()
    return language if _LANGUAGE.fullmatch(language) else None
