"""Keys by their names."""

from __future__ import annotations

import pytest

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_redact import Action, drop, mask
from analytics_mixpanel_redact.names import LONGEST, MOST, Names


def names(**actions: Action) -> Names:
    """Names of which none is a value."""
    return Names(actions, lambda _: False)


@pytest.mark.parametrize("name", ["password", "Password", "password_hash", "PASSWORD2"])
def test_a_pattern_fits_in_upper_and_lower_case(name: str) -> None:
    """``*`` stands for anything, also for nothing."""
    assert Names({"password*": drop}, lambda _: False).action(name) is drop


@pytest.mark.parametrize("name", ["old_password", "pass", "", "pass\nword"])
def test_a_pattern_is_for_the_whole_name(name: str) -> None:
    """What only contains it is another name."""
    assert Names({"password*": drop}, lambda _: False).action(name) is None


def test_the_first_that_fits_counts() -> None:
    """So an exception stands before its rule."""
    rules = Names({"email_verified": mask, "email*": drop}, lambda _: False)
    assert (rules.action("email_verified"), rules.action("email_2")) == (mask, drop)


def test_ordinary_names_are_remembered() -> None:
    """A name is compared with the patterns once."""
    rules = names(email=drop)
    assert (rules.action("plan"), rules.action("email")) == (None, drop)
    assert rules.ordinary == {"plan"}


def test_a_name_that_is_a_value_is_not_ordinary() -> None:
    """It has to be looked at each time, and is kept nowhere."""
    rules = Names({}, lambda name: "@" in name)
    assert rules.action("ada@example.com") is None
    assert rules.ordinary == set()


def test_what_is_remembered_is_bounded() -> None:
    """Names that come with the data, ever new or very long, take no memory."""
    rules = names(email=drop)
    rules.action("x" * (LONGEST + 1))
    for number in range(MOST + 10):
        rules.action(f"name-{number}")
    assert len(rules.ordinary) == MOST
    assert rules.action("email") is drop


def test_a_hostile_name_ends() -> None:
    """Many stars and a name of a megabyte."""
    assert Names({"*a*a*a*a*b": drop}, lambda _: False).action("a" * 1_000_000) is None


@pytest.mark.parametrize("pattern", ["", "  ", 7, None])
def test_a_pattern_must_be_a_name(pattern: object) -> None:
    """The error names the argument."""
    with pytest.raises(ConfigurationError, match=r"^keys must be names"):
        Names({pattern: drop}, lambda _: False)  # type: ignore[dict-item]
