"""A condition taken apart."""

from __future__ import annotations

from analytics_mixpanel.mapping.condition import compile_condition, read_condition
from analytics_mixpanel.mapping.condition_tree import Level, Part

CONDITION = 'type = "track" and (event = "A" or !contains(event, "B")) and anonymousId = "x"'


def _texts(level: Level) -> list[str]:
    return [CONDITION[slice(*part.span)] for part in level.parts]


def test_each_part_knows_where_it_stands() -> None:
    """The text of a part is that of the condition, without the gaps around it."""
    level = read_condition('  type =  "track"   and event != "B" ')
    assert [slice(*part.span) for part in level.parts] == [slice(2, 17), slice(24, 36)]


def test_parentheses_are_a_level_of_their_own() -> None:
    """What is in parentheses is joined by their own word."""
    level = read_condition('type = "track" and (event = "A" or event = "B")')
    inner = level.parts[1]
    assert isinstance(inner, Level)
    assert (level.combine, inner.combine, len(inner.parts)) == ("and", "or", 2)


def test_what_has_no_effect_is_known() -> None:
    """Words that conditions do not know are told with their places."""
    level = read_condition('type = "track" and not groupId = "acme"')
    skipped = 'type = "track" and not groupId = "acme"'
    assert " ".join(skipped[slice(*span)] for span in level.skipped) == 'not groupId = "acme"'


def test_a_negated_function_begins_at_its_mark() -> None:
    """The exclamation mark belongs to the part."""
    assert _texts(read_condition(CONDITION))[0] == 'type = "track"'
    (part,) = read_condition('!contains(event, "B")').parts
    assert isinstance(part, Part)
    assert (part.test, part.expected, part.span) == ("not_contains", "B", (0, 21))


def test_a_condition_is_compiled_from_its_tree() -> None:
    """The tree's own test answers as the compiled condition does."""
    for message in ({"type": "track", "event": "A"}, {"type": "page"}, {"type": "track", "event": "AB"}):
        assert read_condition(CONDITION).holds(message) is compile_condition(CONDITION)(message)


def test_every_test_is_found() -> None:
    """The tests of parentheses are among them."""
    assert [
        part.name for part in read_condition('type = "track" and (event = "A" or userId = "u")').tests()
    ] == [
        "type",
        "event",
        "userId",
    ]
