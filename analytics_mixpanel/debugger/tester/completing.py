"""What an editor of mappings offers while somebody types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

from analytics_mixpanel.debugger.destination import destination
from analytics_mixpanel.debugger.paths import path_text, places
from analytics_mixpanel.mapping.path import mapping_keys


@frozen
class Directive:
    """A directive of the mapping language.

    Attributes:
        name: as ``@path``.
        help: what it is for, in a line.
        snippet: what to put in; ``PATH`` stands for a path of the message.
    """

    name: str
    help: str
    snippet: dict[str, Any]


_VALUE: Final = {"@path": "$.properties.PATH"}

DIRECTIVES: Final = (
    Directive("@path", "A value of the message.", {"@path": "$.properties.PATH"}),
    Directive("@template", "A text with values of the message in it.", {"@template": "{{properties.PATH}}"}),
    Directive("@literal", "A value that is meant as it is.", {"@literal": "TEXT"}),
    Directive(
        "@if",
        "One value if another is there, else a second one.",
        {"@if": {"exists": _VALUE, "then": _VALUE, "else": {"@path": "$.anonymousId"}}},
    ),
    Directive("@case", "A text in lower or upper case.", {"@case": {"operator": "lower", "value": _VALUE}}),
    Directive(
        "@replace",
        "A text with every place of a short pattern replaced.",
        {"@replace": {"pattern": "-", "replacement": " ", "value": _VALUE}},
    ),
    Directive(
        "@arrayPath",
        "A list, each item in a shape of its own; paths begin at the item.",
        {"@arrayPath": ["$.properties.products", {"id": {"@path": "$.product_id"}}]},
    ),
    Directive(
        "@merge",
        "Objects laid over each other; to the right, the later ones win.",
        {"@merge": {"direction": "right", "objects": [{"@path": "$.context"}, {"@path": "$.properties"}]}},
    ),
    Directive(
        "@transform",
        "A mapping of what another mapping gives.",
        {"@transform": {"apply": {"value": _VALUE}, "mapping": {"@path": "$.value"}}},
    ),
    Directive(
        "@flatten",
        "Objects within objects as one, their names joined.",
        {"@flatten": {"separator": ".", "value": {"@path": "$.properties"}}},
    ),
    Directive("@json", "A value to JSON text, or from it.", {"@json": {"mode": "encode", "value": _VALUE}}),
    Directive(
        "@excludeWhenNull", "A value without its nulls.", {"@excludeWhenNull": {"@path": "$.properties"}}
    ),
    Directive("@liquid", "A Liquid template.", {"@liquid": "{{ properties.PATH | upcase }}"}),
)

CONDITIONS: Final = (
    ('type = "track"', "messages of one call: track, page, screen, identify, group or alias"),
    ('event = "NAME"', "events of a name"),
    ('properties.PATH = "TEXT"', "a text of the message; also traits.PATH and context.PATH"),
    ("properties.PATH >= 100", "a number; put spaces around the operator"),
    ("properties.PATH = true", "true, false or null, without quotes"),
    ('contains(event, "TEXT")', "a text within a text; !contains(…) is its opposite"),
    ('match(event, "TEXT *")', "a text that begins with another, or ends with one: *TEXT"),
    ("and", "both; of and, or the last one decides for all that is not in parentheses"),
    ("or", "either; of and, or the last one decides for all that is not in parentheses"),
)


def completions(message: Any = None) -> dict[str, Any]:
    """Answer everything that an editor can offer.

    Args:
        message: the sample, whose paths are offered.

    Returns:
        ``directives``: objects with name, help and snippet. ``conditions``: likewise with snippet and help.
        ``actions``: objects with name, ``fields`` (name, label, type, required) and ``mapping``, the
        one to start from. ``presets``: names of the default mappings. ``paths``: objects with path and
        ``example``, for ``@path``.
    """
    return {
        "directives": [
            {"name": each.name, "help": each.help, "snippet": each.snippet} for each in DIRECTIVES
        ],
        "conditions": [{"snippet": snippet, "help": meaning} for snippet, meaning in CONDITIONS],
        "actions": list(_actions()),
        "presets": [mapping["name"] for mapping in destination().presets()],
        "paths": list(_paths(message)),
    }


def _paths(message: Any) -> Iterator[dict[str, Any]]:
    for keys, value in places(message):
        path = f"$.{path_text(keys)}"
        # A name with a dot in it cannot be reached by a mapping.
        if keys and mapping_keys(path) == tuple(map(str, keys)):
            yield {"path": path, "example": value}


def _actions() -> Iterator[dict[str, Any]]:
    for name, action in destination().actions().items():
        fields = [
            {
                "name": field,
                "label": schema.get("title") or field,
                "type": schema["type"],
                "required": field in action["required"],
            }
            for field, schema in action["fields"].items()
        ]
        yield {"name": name, "fields": fields, "mapping": action["mapping"]}
