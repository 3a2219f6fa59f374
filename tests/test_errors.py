"""The errors, and what they may be caught as."""

from __future__ import annotations

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


@pytest.mark.parametrize("kind", [errors.RejectedError, errors.DroppedError])
def test_a_loss_says_where_and_why(kind: type[errors.LossError]) -> None:
    """A loss carries its destination and reason, and says both."""
    error = kind("Shop", "queue full")
    assert (error.destination, error.reason, str(error)) == ("Shop", "queue full", "Shop: queue full")


def test_a_mapping_error_says_where() -> None:
    """A mapping's error begins with the place in the mapping."""
    assert str(errors.MappingError("unknown directive", "/mapping/@if")) == "/mapping/@if: unknown directive"
    assert errors.ConditionError("unexpected end", 4, "/subscribe").position == 4
