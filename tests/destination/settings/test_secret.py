"""Values that must not be seen."""

from __future__ import annotations

from analytics_mixpanel_destination.settings.secret import Secret, masked, scrub


def test_a_long_value_shows_its_end_and_a_short_one_nothing() -> None:
    """Four characters tell two tokens apart; of a short one they would be too much."""
    assert (masked("0123456789abcdef"), masked("0123456789")) == ("***cdef", "***")


def test_a_secret_never_shows_itself() -> None:
    """Neither its repr nor its text is the value."""
    secret = Secret("0123456789abcdef")

    assert (repr(secret), f"{secret}", secret.reveal()) == ("***cdef", "***cdef", "0123456789abcdef")


def test_scrubbing_takes_out_secrets_and_line_breaks() -> None:
    """Words of a server cannot carry a secret into a log, nor forge a line of it."""
    assert scrub("no: sec-canary\r\nERROR all is lost", ["sec-canary", ""]) == "no: ***  ERROR all is lost"


def test_the_longest_secret_goes_first() -> None:
    """A secret that begins with another one leaves no rest of itself."""
    assert scrub("abc-def", ["abc", "abc-def"]) == "***"
