"""One mapping and one message, as somebody has typed them so far."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any, Final

from attrs import evolve, field, frozen

from analytics_mixpanel.debugger.tester import Explanation, Problem, Result, check, explain, preview
from analytics_mixpanel.debugger.views.asked import text_of

_MOST_CONDITIONS: Final = 500


@frozen(slots=False)
class Trial:
    """What is tried.

    Attributes:
        condition: as typed.
        mappings: the one mapping in a list; empty where it has problems.
        problems: of the mapping; lines are those of its own text, and 0 for what is beside it.
        message: the sample, or None where it cannot be read.
        message_problem: why not.
    """

    condition: str
    mappings: list[dict[str, Any]]
    problems: list[Problem]
    message: dict[str, Any] | None
    message_problem: Problem | None = field(default=None)

    @classmethod
    def of(cls, content: dict[str, Any]) -> Trial:
        """Read what the page sent: ``mapping``, the ``text`` of its fields, and the ``message``."""
        given = content.get("mapping")
        mapping = dict(given) if isinstance(given, dict) else {}
        mapping.pop("mapping", None)
        text = text_of(content, "text")
        mappings, problems = _checked(mapping, text)
        message, problem = read_message(text_of(content, "message"))
        return cls(str(mapping.get("subscribe", "")), mappings, problems, message, problem)

    @cached_property
    def explanation(self) -> Explanation:
        """Why the condition holds for the message, or does not."""
        return explain(self.condition, self.message)

    def result(self) -> Result | None:
        """Run the mapping; None where something is to be mended first."""
        if self.problems or self.message is None:
            return None
        return preview(self.message, self.mappings).results[0]

    def marks(self, conditions: Any) -> list[bool]:
        """Say for each of other conditions whether it holds for the message."""
        if not isinstance(conditions, list) or self.message is None:
            return []
        return [explain(str(each), self.message).holds for each in conditions[:_MOST_CONDITIONS]]


def read_message(text: str) -> tuple[dict[str, Any] | None, Problem | None]:
    """Read a sample message, or say what is wrong with it and where."""
    try:
        message = json.loads(text)
    except json.JSONDecodeError as error:
        return None, Problem(error.lineno, error.colno, "", f"is not JSON: {error.msg}")
    except RecursionError:
        return None, Problem(1, 1, "", "is nested too deeply")
    if not isinstance(message, dict):
        return None, Problem(1, 1, "", "a message is an object, in braces")
    return message, None


def _checked(mapping: dict[str, Any], text: str) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Check a mapping whose fields are a text: in a document of its own, from the second line on."""
    try:
        json.loads(text or "{}")
    except json.JSONDecodeError as error:
        return [], [Problem(error.lineno, error.colno, "", f"is not JSON: {error.msg}")]
    except RecursionError:
        return [], [Problem(1, 1, "", "is nested too deeply")]
    head = json.dumps(mapping)[:-1] + (", " if mapping else "")
    checked = check(f'[{head}"mapping":\n{text or "{}"}\n}}]')
    last = text.count("\n") + 1
    problems = [
        evolve(each, line=min(each.line - 1, last), path=_own(each.path)) for each in checked.problems
    ]
    return checked.mappings, problems


def _own(path: str) -> str:
    """Give a path without the number of the mapping, which is the only one."""
    return path.removeprefix("/0").removeprefix("/mapping")
