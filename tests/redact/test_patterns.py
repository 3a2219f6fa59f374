"""What the ready-made patterns find, and how long they take for it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_mixpanel_redact import CARDS, EMAILS, IPS, PHONES, ValuePattern

# Numbers that the networks give out for tests.
VISA, MASTERCARD, AMEX = "4111111111111111", "5555555555554444", "378282246310005"
MEGABYTE = 1_000_000


def found(pattern: ValuePattern, text: str) -> list[str]:
    """The values in a text."""
    return [text[start:end] for start, end in pattern.places(text)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("ada@example.com", ["ada@example.com"]),
        ("Write to Ada.Lovelace+x@mail.example.co.uk!", ["Ada.Lovelace+x@mail.example.co.uk"]),
        ("<a@b.co>, c@d.org.", ["a@b.co", "c@d.org"]),
        ("https://x.com/?email=ada%40example.com&b=1", ["ada%40example.com"]),
        ("jürgen@bücher.example", ["jürgen@bücher.example"]),
        ("me@localhost, @handle, a@b, 3 @ 4.50 each", []),
    ],
)
def test_emails(text: str, values: list[str]) -> None:
    """Addresses are found within a text, without what is around them; what only has an @ is none."""
    assert found(EMAILS, text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (VISA, [VISA]),
        (MASTERCARD, [MASTERCARD]),
        (AMEX, [AMEX]),
        ("3782 822463 10005", ["3782 822463 10005"]),
        ("card 4111-1111-1111-1111.", ["4111-1111-1111-1111"]),
        ("4111 1111 1111 1111 12/26 123", ["4111 1111 1111 1111"]),
        ("2020 4111 1111 1111 1111", ["4111 1111 1111 1111"]),
        (f"{VISA},{AMEX}", [VISA, AMEX]),
        (f"4111 1111 1111 1111 {MASTERCARD}", ["4111 1111 1111 1111", MASTERCARD]),
        ("4111111111111112", []),
        (f"9{VISA}", []),
        (f"{VISA}0000", []),
        ("0.4111111111111111", []),
        ("2026-11-23T20:15:01.449+00:00 2026-11-23 20.15.01", []),
        ("1700000000000 1700000000000000", []),
    ],
)
def test_cards(text: str, values: list[str]) -> None:
    """Card numbers are found whole and in groups; a wrong check digit, times and other numbers are none."""
    assert found(CARDS, text) == values


@given(st.integers(13, 19), st.data())
def test_every_card_number_is_found_and_no_mistyped_one(length: int, data: st.DataObject) -> None:
    """Of the ten last digits that a number may have, one makes it a card number."""
    digits = data.draw(st.text("0123456789", min_size=length - 2, max_size=length - 2))
    first = data.draw(st.sampled_from("23456"))
    assert sum(bool(found(CARDS, f"{first}{digits}{last}")) for last in range(10)) == 1


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("+49 30 1234567", ["+49 30 1234567"]),
        ("call +1 (555) 010-9999 now", ["+1 (555) 010-9999"]),
        ("+4930123456789", ["+4930123456789"]),
        ("2026-11-23T20:15:01+0000 1+1234567 a+12345678", []),
        ("030 1234567", []),
    ],
)
def test_phones(text: str, values: list[str]) -> None:
    """Numbers with a country's code are found; others could be anything."""
    assert found(PHONES, text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("203.0.113.7", ["203.0.113.7"]),
        ("from 203.0.113.7:8080, http://10.0.0.1/.", ["203.0.113.7", "10.0.0.1"]),
        ("[2001:db8::1]:443 ::1 ::ffff:203.0.113.7", ["2001:db8::1", "::1", "::ffff:203.0.113.7"]),
        ("Chrome/120.0.0.0 12:30:45 1.2.3 256.1.1.1 1.2.3.4.5 a :: b std::vector 00:1b:44:11:3a:b7", []),
    ],
)
def test_ips(text: str, values: list[str]) -> None:
    """Addresses are found, also with a port; times, MAC addresses and versions of browsers are none."""
    assert found(IPS, text) == values


_HOSTILE = [
    *("a", "@", "a@", "a@a.", "%40", "a%40", "a.", "'", "é", "@a.b", "a@b.co "),
    *("2", "2 ", "22 ", "2222 ", "4111111111111112 ", "2-", "2222-"),
    *("+1", "+1 ", "1 ", "+(", ":", "1:", "::1 ", "1.", "1.1.1.1 ", "f:", " "),
]


@pytest.mark.parametrize("pattern", [EMAILS, CARDS, PHONES, IPS], ids=lambda pattern: str(pattern.name))
@pytest.mark.parametrize("end", ["", "@", "+1", ".x"])
def test_the_time_grows_with_the_length_alone(pattern: ValuePattern, end: str) -> None:
    """Ten times the hostile text takes about ten times as long: were it squared, it would be a hundred."""

    def seconds(length: int) -> float:
        texts = [(piece * length)[:length] + end for piece in _HOSTILE]
        best = float("inf")
        for _ in range(2):
            started = time.thread_time()
            for text in texts:
                for _ in pattern.places(text):
                    pass
            best = min(best, time.thread_time() - started)
        return best

    assert seconds(50_000) < 50 * seconds(5_000) + 0.05


@pytest.mark.parametrize("pattern", [EMAILS, CARDS, PHONES, IPS], ids=lambda pattern: str(pattern.name))
def test_a_megabyte_ends(pattern: ValuePattern) -> None:
    """A message as long as Mixpanel takes is looked through, and what stands at its end is found."""
    value = {"EMAILS": "ada@example.com", "CARDS": VISA, "PHONES": "+4930123456789", "IPS": "203.0.113.7"}
    for filling in ("a", "2", "a@ ", "+1 ", "1.", "::"):
        text = (filling * MEGABYTE)[:MEGABYTE] + " x; " + value[pattern.name]
        *_, last = found(pattern, text)
        assert last == value[pattern.name]


@pytest.mark.parametrize("pattern", [EMAILS, CARDS, PHONES, IPS], ids=lambda pattern: str(pattern.name))
@given(st.text("a@.%40 23456+-:f\u00a0", max_size=80))
def test_what_is_found_was_hinted_at(pattern: ValuePattern, text: str) -> None:
    """A text without the pattern's hints, or too short for it, has no such value."""
    values = found(pattern, text)
    assert not values or pattern.may_be_in(text)
    assert all(len(value) >= pattern.shortest for value in values)
