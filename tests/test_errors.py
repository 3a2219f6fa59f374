"""The errors, and what they may be caught as."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from analytics_mixpanel import errors


@pytest.mark.parametrize("kind", [errors.ArgumentError, errors.ConfigurationError, errors.NotConfigured])
def test_mistakes_of_the_caller_are_assertion_errors(kind: type[Exception]) -> None:
    """Code written for analytics-python catches what it caught; newer code may catch ValueError."""
    assert issubclass(kind, AssertionError)
    assert issubclass(kind, ValueError)
    assert issubclass(kind, errors.AnalyticsError)


def test_every_error_has_one_base() -> None:
    """Whatever this package raises is an AnalyticsError."""
    kinds = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)]
    assert len(kinds) >= 9
    assert all(issubclass(kind, errors.AnalyticsError) for kind in kinds)


def _derived(known: set[str]) -> set[str]:
    """The names of these classes and of all that derive from them, anywhere in the source."""
    root = Path(__file__).parent.parent
    files = [*(root / "analytics_mixpanel").rglob("*.py"), *(root / "plugins").rglob("*.py")]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text()))]
    bases = {
        node.name: {ast.unparse(base).rpartition(".")[2] for base in node.bases}
        for node in nodes
        if isinstance(node, ast.ClassDef)
    }
    while more := {name for name, named in bases.items() if named & known} - known:
        known = known | more
    return known


def test_the_tree_has_every_error() -> None:
    """The page of errors names each one, also those of the plugins."""
    text = errors.__doc__ or ""
    assert set(re.findall(r"^\W*(\w+(?:Error|Configured|Full))\b", text, re.MULTILINE)) == _derived(
        {"AnalyticsError"}
    )


@pytest.mark.parametrize("kind", [errors.RejectedError, errors.DroppedError])
def test_a_loss_says_where_and_why(kind: type[errors.LossError]) -> None:
    """A loss carries its destination and reason, and says both."""
    error = kind("Shop", "queue full")
    assert (error.destination, error.reason, str(error)) == ("Shop", "queue full", "Shop: queue full")


def test_a_mapping_error_says_where() -> None:
    """A mapping's error begins with the place in the mapping."""
    assert str(errors.MappingError("unknown directive", "/mapping/@if")) == "/mapping/@if: unknown directive"
    assert errors.ConditionError("unexpected end", 4, "/subscribe").position == 4
