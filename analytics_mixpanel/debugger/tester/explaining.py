"""Says in words why a condition holds for a message, or does not, and which part of it decided.

What is said comes from the condition's own compiled tests: see ``mapping.condition_tree``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import asdict, frozen

from analytics_mixpanel.debugger.tester.wording import absent, as_code, because, listed, quoted
from analytics_mixpanel.errors import ConditionError
from analytics_mixpanel.mapping.condition import read_condition
from analytics_mixpanel.mapping.condition_tree import Level, Part, Span

_KNOWN: Final = (
    "conditions know type, event, name, userId, properties, traits and context, and no other words than "
    "and, or, contains(…) and match(…)."
)


@frozen
class PartShown:
    """One part of a condition.

    Attributes:
        text: as it stands in the condition.
        start: where it does.
        end: behind it.
        holds: whether it does for the message.
        reason: why, as ``type is "page", not "track"``.
        decided: whether this part alone settles the level that it is on.
        parts: those of a parenthesis.
    """

    text: str
    start: int
    end: int
    holds: bool
    reason: str
    decided: bool = False
    parts: tuple[PartShown, ...] = ()


@frozen
class Explanation:
    """Why a condition holds or does not.

    Attributes:
        holds: whether it does.
        text: a sentence.
        parts: each part of the condition in its order.
        notes: what about the condition may surprise, whatever the message is.
        error: why the condition cannot be read, or "".
        position: of the error in the condition's text, or None.
    """

    holds: bool
    text: str
    parts: tuple[PartShown, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""
    position: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return asdict(self)


def explain(condition: str, message: Any) -> Explanation:
    """Explain what a condition says of a message; one that cannot be read is explained too."""
    try:
        level = read_condition(condition)
    except ConditionError as error:
        reason = str(error).rpartition(" (at character")[0] or str(error)
        return Explanation(False, f"cannot be read: {reason}", error=reason, position=error.position)
    notes = tuple(_notes(level, condition))
    if not isinstance(message, Mapping):
        return Explanation(False, "does not match because the message is no object", notes=notes)
    shown = _Shown(condition, message).level(level)
    verb = "matches" if shown.holds else "does not match"
    return Explanation(shown.holds, f"{verb} because {shown.reason}", shown.parts, notes)


@frozen
class _Shown:
    text: str
    message: Mapping[str, Any]

    def level(self, level: Level) -> PartShown:
        parts = [self.level(each) if isinstance(each, Level) else self.part(each) for each in level.parts]
        holds = bool(level.holds(self.message))
        deciding = self._deciding(level, parts, holds=holds)
        marked = tuple(
            PartShown(each.text, each.start, each.end, each.holds, each.reason, each is deciding, each.parts)
            for each in parts
        )
        return PartShown(*self._place(level.span), holds, _reason(level, parts, holds=holds), parts=marked)

    def part(self, part: Part) -> PartShown:
        holds = bool(part.holds(self.message))
        return PartShown(*self._place(part.span), holds, because(part, self.message, holds=holds))

    def _place(self, span: Span) -> tuple[str, int, int]:
        return self.text[slice(*span)], *span

    @staticmethod
    def _deciding(level: Level, parts: Sequence[PartShown], *, holds: bool) -> PartShown | None:
        """Find the first part that settles the level: one that fails an ``and``, or meets an ``or``."""
        if len(parts) == 1:
            return parts[0]
        settles = level.combine == "or"
        return next((each for each in parts if each.holds is settles), None) if holds is settles else None


def _reason(level: Level, parts: Sequence[PartShown], *, holds: bool) -> str:
    """Join the reasons of the parts that made the level what it is."""
    if level.combine == "or" and holds:
        return next(each.reason for each in parts if each.holds)
    reasons = [each.reason for each in parts if each.holds is holds]
    first = next(part for part, each in zip(level.parts, parts, strict=True) if each.holds is holds)
    if not holds and level.combine == "and" and isinstance(first, Part) and first.name == "type":
        return reasons[0]  # what else a message of another kind lacks is of no interest
    return listed(dict.fromkeys(reasons))


def _notes(level: Level, text: str) -> Iterator[str]:
    if len(set(level.words)) > 1:
        meaning = "any of the tests is enough" if level.combine == "or" else "all of the tests must hold"
        yield (
            f"and, or have no precedence: the last one, {level.combine}, decides for all of "
            f"{as_code(text[slice(*level.span)])}, so {meaning}. Parentheses say what is meant."
        )
    glued = any(map(_is_glued, level.tests()))
    for start, end in _joined(level.skipped, text):
        skipped = text[start:end]
        if skipped == ")":
            yield "A contains(…) or match(…) in parentheses ends them: what follows is on the outer level."
        elif not glued:
            yield f"{as_code(skipped)} is as if it were not there: {_KNOWN}"
    for part in level.parts:
        yield from _notes(part, text) if isinstance(part, Level) else _part_notes(part)


def _part_notes(part: Part) -> Iterator[str]:
    expected = part.expected
    if isinstance(expected, str) and len(expected) > 1 and expected[0] == expected[-1] == "'":
        yield f"Single quotes are part of the text {quoted(expected)}: put double quotes around it."
    elif _is_glued(part):
        yield f"Put a space after {part.test}{expected}: it is read as {part.test} and a text."
    elif isinstance(expected, bool) and part.test == "!=":
        other = absent(not expected)
        yield f"!= compares with the text {quoted(absent(expected))}: ask for = {other} instead."


def _is_glued(part: Part) -> bool:
    """Tell whether an operator and its number have no space between them, as ``>=5``."""
    return part.test in ("<", ">") and part.expected == "="


def _joined(spans: Sequence[Span], text: str) -> list[Span]:
    """Make one of the spans with nothing but gaps between them."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and not text[joined[-1][1] : start].strip():
            start = joined.pop()[0]  # noqa: PLW2901
        joined.append((start, end))
    return joined
