"""Which browser a User-Agent names. Source: action-destinations, Mixpanel, ``getBrowser``."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from analytics_mixpanel.mapping.js import WHITESPACE

_VERSION: Final = r"([0-9]+(?:\.[0-9]+)+)"
_BLACKBERRY: Final = re.compile("blackberry|playbook|bb10", re.IGNORECASE | re.ASCII)

#: The first row one of whose texts is in the User-Agent names the browser; its version follows the pattern.
_ROWS: Final = tuple(
    (texts, name, re.compile(before + _VERSION) if before else None)
    for texts, name, before in (
        (("IEMobile", "WPDesktop"), "Internet Explorer Mobile", "rv:"),
        (("SamsungBrowser/",), "Samsung Internet", "SamsungBrowser/"),
        (("Edge", "Edg/"), "Microsoft Edge", "Edge?/"),
        (("FBIOS",), "Facebook Mobile", None),
        (("Chrome",), "Chrome", "Chrome/"),
        (("CriOS",), "Chrome iOS", "CriOS/"),
        (("UCWEB", "UCBrowser"), "UC Browser", "(?:UCBrowser|UCWEB)/"),
        (("FxiOS",), "Firefox iOS", "FxiOS/"),
        (("Safari",), "Safari", "Version/"),
        (("Android",), "Android Mobile", f"android[{re.escape(WHITESPACE)}]"),
        (("Konqueror",), "Konqueror", "Konqueror:"),
        (("Firefox",), "Firefox", "Firefox/"),
        (("MSIE", "Trident/"), "Internet Explorer", "(?:rv:|MSIE )"),
        (("Gecko",), "Mozilla", "rv:"),
    )
)
_OPERA_VERSION: Final = re.compile("(?:Opera|OPR)/" + _VERSION)
_BLACKBERRY_VERSION: Final = re.compile("BlackBerry " + _VERSION)


@lru_cache(maxsize=1024)
def browser(user_agent: str) -> tuple[str, str | None]:
    """Answer the browser's name, "" for one that is not known, and its version if it is given with a dot."""
    name, pattern = _recognise(user_agent)
    match = pattern.search(user_agent) if pattern else None
    return name, match and match[1]


def _recognise(user_agent: str) -> tuple[str, re.Pattern[str] | None]:
    if " OPR/" in user_agent:
        return ("Opera Mini", None) if "Mini" in user_agent else ("Opera", _OPERA_VERSION)
    if _BLACKBERRY.search(user_agent):
        return "BlackBerry", _BLACKBERRY_VERSION
    for texts, name, pattern in _ROWS:
        if any(text in user_agent for text in texts):
            return ("Mobile Safari" if name == "Safari" and "iPhone" in user_agent else name), pattern
    return "", None
