"""What is copied can be pasted: it holds the record or the message, whatever is in it."""

from __future__ import annotations

import ast
import json
import shlex
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from analytics_mixpanel.debugger.lookups import Arrival
from analytics_mixpanel.debugger.lookups.opened import Part
from analytics_mixpanel.debugger.views.shown import copies

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
PROPERTIES = st.dictionaries(TEXTS, TEXTS | st.integers() | st.lists(TEXTS, max_size=3), max_size=4)


def part(record: Any, endpoint: str = "/import") -> Part:
    """A record of that endpoint."""
    arrival = Arrival(1, "event", 1, 1, "t", 0.0, "accepted", "E", "ada", "event", "", None)
    return Part(arrival, {"endpoint": endpoint}, record, None)


@given(TEXTS, PROPERTIES)
def test_a_shell_gets_the_record(event: str, properties: dict[str, Any]) -> None:
    """No text ends the quotes."""
    record = {"event": event, "properties": properties}
    words = shlex.split(copies.record_as_curl(part(record), "http://127.0.0.1:1"))

    assert json.loads(words[words.index("-d") + 1]) == [record]
    assert words[:2] == ["curl", "http://127.0.0.1:1/import?strict=1"]


@given(TEXTS, PROPERTIES)
def test_python_gets_the_record(event: str, properties: dict[str, Any]) -> None:
    """The program parses, and its record is the record."""
    record = {"event": event, "properties": properties}
    program = ast.parse(copies.record_as_python(part(record), "http://127.0.0.1:1"))
    (assigned,) = [node for node in program.body if isinstance(node, ast.Assign) and _name(node) == "record"]

    assert ast.literal_eval(assigned.value) == record


@given(TEXTS, TEXTS, PROPERTIES)
def test_python_gets_the_call(user: str, event: str, properties: dict[str, Any]) -> None:
    """The call has the arguments that make the message."""
    message = {"type": "track", "userId": user, "event": event, "properties": properties}
    program = ast.parse(copies.message_as_python(message))
    calls = [node.value for node in program.body if isinstance(node, ast.Expr)]
    assert isinstance(calls[0], ast.Call)
    arguments = {each.arg: ast.literal_eval(each.value) for each in calls[0].keywords}

    given_ = {"user_id": user, "event": event, "properties": properties}
    assert arguments == {name: value for name, value in given_.items() if value}


def test_the_type_of_a_message_is_no_code() -> None:
    """A type that is none of the calls is not pasted into a program or an address."""
    message = {"type": "track(); import os", "userId": "ada"}

    assert "import os" not in copies.message_as_python(message)
    assert "import os" not in copies.message_as_curl(message, "http://x").partition("-d")[0]


def test_the_token_is_named_and_not_shown() -> None:
    """A record is kept without its token; what stands for it is where it belongs."""
    update = {"$distinct_id": "ada", "$set": {"plan": "pro"}}

    assert '"$token": "YOUR_PROJECT_TOKEN"' in copies.record_as_curl(part(update, "/engage"), "http://x")


def _name(node: ast.Assign) -> str:
    return node.targets[0].id if isinstance(node.targets[0], ast.Name) else ""
