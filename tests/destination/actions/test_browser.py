"""Which browser a User-Agent names."""

from __future__ import annotations

import pytest

from analytics_mixpanel_destination.actions.browser import browser


@pytest.mark.parametrize(
    ("user_agent", "name", "version"),
    [
        ("Chrome/117.0.0.0 Safari/537.36", "Chrome", "117.0.0.0"),
        ("Chrome/117 Safari/537.36", "Chrome", None),
        ("Chrome/117.0 Safari/537.36 Edg/117.0.1", "Microsoft Edge", "117.0.1"),
        ("Chrome/117.0 Safari/537.36 OPR/103.0", "Opera", "103.0"),
        ("Mini; OPR/103.0", "Opera Mini", None),
        ("iPhone Version/17.0 Mobile Safari/604.1", "Mobile Safari", "17.0"),
        ("iPad Version/17.0 Mobile Safari/604.1", "Safari", "17.0"),
        ("playbook", "BlackBerry", None),
        ("Android; Gecko/117.0 Firefox/117.0", "Android Mobile", None),
        ("android 4.4; Android", "Android Mobile", "4.4"),
        ("Gecko/20100101 Firefox/117.0", "Firefox", "117.0"),
        ("Trident/7.0; rv:11.0", "Internet Explorer", "11.0"),
        ("Chrome/\u0661.\u0662", "Chrome", None),
        ("curl/8.0", "", None),
    ],
)
def test_the_first_name_found_is_taken(user_agent: str, name: str, version: str | None) -> None:
    """Names are looked for in Segment's order; a version needs a dot and ASCII digits."""
    assert browser(user_agent) == (name, version)
