"""Values by what they look like."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_redact import CARDS, EMAILS, drop, hash_with, mask
from analytics_mixpanel_redact.values import REMOVED, Values, number_text

KEY = "0123456789abcdef"
VISA = 4111111111111111


def test_the_rest_of_a_text_stays() -> None:
    """Each value within it is replaced as its pattern says."""
    values = Values({EMAILS: mask, CARDS: lambda card: f"...{card[-4:]}"})
    assert values.text(f"a@b.co paid with {VISA}, c@d.co too") == "*** paid with ...1111, *** too"
    assert values.text("nothing") == "nothing"


def test_a_text_with_a_value_to_drop_is_removed() -> None:
    """Nothing of it stays."""
    assert Values({EMAILS: drop}).text("Ada <a@b.co>") is REMOVED


def test_what_stands_in_a_value_s_place_is_not_looked_at_again() -> None:
    """The first pattern counts where two find the same, and a hash may look like anything."""
    values = Values({EMAILS: lambda _: str(VISA), CARDS: mask, r"\w+@b": drop})
    assert values.text("a@b.co") == str(VISA)


def test_a_hash_within_a_text() -> None:
    """It is the one of the value alone, so that it can be joined."""
    keyed = hash_with(KEY)
    assert Values({EMAILS: keyed}).text("to a@b.co") == f"to {keyed('a@b.co')}"


@pytest.mark.parametrize("number", [VISA, float(VISA), -VISA])
def test_a_number_may_be_a_value(number: float) -> None:
    """A card number that was not written as a text is one all the same."""
    assert Values({CARDS: mask}).number(number) == "***"
    assert Values({CARDS: drop}).number(number) is REMOVED


@pytest.mark.parametrize("number", [0, 7, 1.5, 10**12, 10**400, math.inf, -math.inf, VISA + 1])
def test_other_numbers_stay(number: float) -> None:
    """Neither too short, too long, infinite nor with a wrong check digit."""
    assert Values({EMAILS: mask, CARDS: mask}).number(number) == number


def test_one_that_is_no_number_stays() -> None:
    """Not a number is equal to nothing."""
    assert math.isnan(Values({r"\d": mask}).number(math.nan))


@pytest.mark.parametrize("expression", [r"\d{3}-\d{2}-\d{4}", re.compile(r"\d{3}-\d{2}-\d{4}")])
def test_a_regular_expression_of_one_s_own(expression: Any) -> None:
    """As a text or compiled, found anywhere."""
    assert Values({expression: mask}).text("ssn 078-05-1120") == "ssn ***"


def test_a_regular_expression_sees_numbers() -> None:
    """Whole ones as anybody writes them, also short ones."""
    values = Values({"^[75]$": mask})
    assert [values.number(number) for number in (7, 5.0, 6, 0.5)] == ["***", "***", 6, 0.5]
    assert (number_text(5.0), number_text(0.5), number_text(10**20)) == ("5", "0.5", "1" + "0" * 20)


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(", r"values\[1\] is no regular expression: missing \).*correct it, or use re.escape"),
        ("a*", r"values\[1\] fits an empty text.*make it need"),
        (re.compile(b"a"), r"values\[1\] is for bytes; give a str"),
        (7, r"values\[1\] must be EMAILS, CARDS, \.\.\. or a regular expression"),
    ],
)
def test_a_bad_pattern_is_refused(pattern: Any, said: str) -> None:
    """The error says which, and what to do."""
    with pytest.raises(ConfigurationError, match=said):
        Values({EMAILS: mask, pattern: mask})


def test_at_a_glance() -> None:
    """Texts without anything to look for are told from others."""
    values = Values({EMAILS: mask, CARDS: mask, "secret-[0-9]": mask})
    assert not values.may_be_in(["a", "b 4111", "secret-x"])
    assert not Values({}).may_be_in(["a@b.co"])
    for text in ("a@b.co", str(VISA), "secret-7"):
        assert values.may_be_in(["a", text])
