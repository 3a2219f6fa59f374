"""What a browser tells of itself in client hints, as Segment's ``userAgentData``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

#: Source: Segment Spec, Context; User-Agent Client Hints (W3C).
_FIELDS: Final = {
    "mobile": "sec-ch-ua-mobile",
    "platform": "sec-ch-ua-platform",
    "architecture": "sec-ch-ua-arch",
    "bitness": "sec-ch-ua-bitness",
    "model": "sec-ch-ua-model",
    "platformVersion": "sec-ch-ua-platform-version",
    "uaFullVersion": "sec-ch-ua-full-version",
    "wow64": "sec-ch-ua-wow64",
}


def user_agent_data(header: Callable[[str], str | None]) -> dict[str, Any]:
    """The hints that were sent. Browsers send most of them only to a server that asked with ``Accept-CH``."""
    read = {name: _value(header(hint)) for name, hint in _FIELDS.items()}
    return {name: value for name, value in read.items() if value is not None}


def _value(text: str | None) -> str | bool | None:
    """A boolean or string of RFC 8941; None for what is neither, or empty."""
    text = (text or "").strip()
    if text in {"?0", "?1"}:
        return text == "?1"
    if len(text) > 2 and text[0] == text[-1] == '"':
        return text[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return None
