"""What an editor of mappings offers."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel.debugger.tester import completions, sample
from analytics_mixpanel.debugger.tester.completing import CONDITIONS, DIRECTIVES, Directive
from analytics_mixpanel.mapping import compile_condition, compile_mapping, resolve
from analytics_mixpanel.mapping.validation import _CHECKS


def test_every_directive_is_offered() -> None:
    """Those that are offered are those that mappings know."""
    assert {directive.name for directive in DIRECTIVES} == set(_CHECKS)


@pytest.mark.parametrize("directive", DIRECTIVES, ids=lambda each: each.name)
def test_a_snippet_can_be_used_as_it_is(directive: Directive) -> None:
    """It is a mapping of that directive which compiles."""
    assert list(directive.snippet) == [directive.name]
    compile_mapping({"field": directive.snippet})


@pytest.mark.parametrize(
    "snippet", [snippet for snippet, _ in CONDITIONS if "=" in snippet or "(" in snippet]
)
def test_a_condition_that_is_offered_can_be_used(snippet: str) -> None:
    """It compiles."""
    compile_condition(snippet)


def test_actions_come_with_their_fields_and_a_mapping() -> None:
    """The required fields are known as such, and the mapping to start from fills known fields only."""
    actions = {action["name"]: action for action in completions()["actions"]}
    event = next(field for field in actions["trackEvent"]["fields"] if field["name"] == "event")
    assert event == {"name": "event", "label": "Event Name", "type": "string", "required": True}
    for action in actions.values():
        assert set(action["mapping"]) <= {field["name"] for field in action["fields"]}


def test_presets_are_offered_by_name() -> None:
    """Segment's six are there."""
    assert {"Track Calls", "Identify Calls", "Group Calls"} <= set(completions()["presets"])


@pytest.mark.parametrize("offered", completions(sample("order"))["paths"], ids=lambda each: each["path"])
def test_a_path_leads_to_its_example(offered: dict[str, Any]) -> None:
    """Every path that is offered can be used in @path, and gives the value that is shown."""
    assert resolve({"field": {"@path": offered["path"]}}, sample("order")) == {"field": offered["example"]}


def test_a_path_that_no_mapping_can_reach_is_not_offered() -> None:
    """A name with a dot in it is one."""
    paths = [each["path"] for each in completions({"properties": {"a.b": 1, "a b": 2}})["paths"]]
    assert paths == ["$.properties", '$.properties["a b"]']
