"""``@liquid``."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from analytics_mixpanel.errors import MappingError
from analytics_mixpanel.mapping import compile_mapping, resolve

PAYLOAD: dict[str, Any] = {"s": "it's", "n": 7, "one": 1.0, "list": [1, [None, 2.0], {"k": "v"}], "no": False}


@pytest.fixture
def _liquid() -> None:
    pytest.importorskip("liquid")


@pytest.mark.usefixtures("_liquid")
@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ s | upcase }} {{ s | escape }}", "IT'S it&#39;s"),
        ("{{ one }}{{ one | append: 1.0 }}", "111"),
        ("{{ list }} {{ list | join: '-' }}", "12[object Object] 1-,2-[object Object]"),
        (
            "{{ n | divided_by: 2 }} {{ n | divided_by: 0 }} {{ 0.1 | plus: 0.2 }}",
            "3.5 Infinity 0.30000000000000004",
        ),
        ("{{ n | modulo: 4 }} {{ 2.5 | round }} {{ missing | plus: 1 }}", "3 3 NaN"),
        ("{{ no | default: 'd' }} {{ s | unknown }} {{ missing }}", "d it's "),
        ("{% if missing %}a{% else %}b{% endif %}{{ list | json }}", 'b[1,[null,2],{"k":"v"}]'),
    ],
)
def test_a_template_gives_javascripts_texts(template: str, text: str) -> None:
    """Numbers, lists and filters are those of Segment's engine."""
    assert resolve({"@liquid": template}, PAYLOAD) == text


@pytest.mark.usefixtures("_liquid")
@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{% case n %}{% when 7 %}x{% endcase %}", "case"),
        ("{% for i in list %}{{ i }}{% endfor %}", "for"),
        ("{{ list | reverse }}", 'filter "reverse" is disabled'),
        ("{{ list | shift }}", 'filter "shift" is not supported'),
        ("{{ s", "is no Liquid template"),
        ("x" * 1001, "at most 1000 characters"),
    ],
)
def test_what_is_refused_when_loaded(template: str, reason: str) -> None:
    """Disabled tags and filters, broken and overlong templates never reach a message."""
    with pytest.raises(MappingError, match=r"^/m/v/@liquid: ") as caught:
        compile_mapping({"v": {"@liquid": template}}, "/m")
    assert reason in str(caught.value)


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mapping that needs the extra says so when it is loaded."""
    monkeypatch.delitem(sys.modules, "analytics_mixpanel.mapping.liquid_engine", raising=False)
    monkeypatch.setitem(sys.modules, "liquid", None)
    monkeypatch.delitem(sys.modules, "analytics_mixpanel.mapping.liquid_filters", raising=False)
    with pytest.raises(MappingError, match=r"install analytics-mixpanel\[liquid\]"):
        compile_mapping({"v": {"@liquid": "{{ s }}"}})
