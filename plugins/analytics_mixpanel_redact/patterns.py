"""Values that are told by what they look like, wherever they stand in a text.

The time that these patterns take grows with the length of the text alone, whoever wrote it: each begins at
a boundary, and from there on no character can be read in two ways.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from typing import Final

from attrs import frozen


@frozen
class ValuePattern:
    """A kind of value.

    Attributes:
        name: shown instead of the expression.
        expression: finds candidates; compiled.
        hints: every text that has such a value has one of these. None to look at all texts.
        shortest: characters that such a value has at least.
        numbers: whether a number may be such a value.
        check: tells how much of a candidate is such a value, from its start; None for all of it.
    """

    name: str
    expression: re.Pattern[str]
    hints: tuple[str | re.Pattern[str], ...] = ()
    shortest: int = 1
    numbers: bool = True
    check: Callable[[re.Match[str]], int] | None = None

    def may_be_in(self, text: str) -> bool:
        """Whether it is worth while to look for such values; quick, and right where it says no."""
        for hint in self.hints:
            if hint in text if isinstance(hint, str) else hint.search(text):
                return True
        return not self.hints

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Where a text has such values: start and end, from left to right."""
        at = 0
        while (match := self.expression.search(text, at)) is not None:
            start, end = match.span()
            if self.check is not None:
                end = start + self.check(match)
            if end > start:
                yield start, end
            at = max(end, start + 1)


# -- e-mail addresses ----------------------------------------------------------------------------------

# A URL has them with %40.
_EMAIL: Final = re.compile(r"(?<![\w.%+'-])[\w.%+'-]+(?:@|%40)(?:[\w-]+\.)+[\w-]{2,}")
#: E-mail addresses, also within a URL.
EMAILS: Final = ValuePattern("EMAILS", _EMAIL, ("@", "%40"), shortest=6, numbers=False)

# -- card numbers --------------------------------------------------------------------------------------

# Source: ISO/IEC 7812; the first digit 2 to 6 is that of every card for payment.
_CARD: Final = re.compile(r"(?<![0-9])(?<![0-9]\.)[2-6][0-9]{3,18}(?:[ \u00a0.-][0-9]{1,8}){0,4}(?![0-9])")
_CARD_HINT: Final = re.compile(r"[2-6][0-9]{3}[0-9 \u00a0.-]{9}")
_CARD_GROUP: Final = re.compile(r"[ \u00a0.-]")
_CARD_DIGITS: Final = range(13, 20)
_DOUBLED: Final = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def _card(match: re.Match[str]) -> int:
    """The longest run of whole groups that is a card number: what follows one may be its expiry."""
    groups = _CARD_GROUP.split(match[0])
    digits = [*map(int, "".join(groups))]
    while groups:
        if len(digits) in _CARD_DIGITS and _luhn(digits):
            return len(digits) + len(groups) - 1  # with what is between them
        del digits[len(digits) - len(groups.pop()) :]
    return 0


def _luhn(digits: list[int]) -> bool:
    """Whether the last digit is the check digit of the others. Source: ISO/IEC 7812-1, annex B."""
    return (sum(digits[-1::-2]) + sum(_DOUBLED[digit] for digit in digits[-2::-2])) % 10 == 0


#: Card numbers of 13 to 19 digits whose check digit is right, in one piece or in groups.
CARDS: Final = ValuePattern("CARDS", _CARD, (_CARD_HINT,), shortest=13, check=_card)

# -- phone numbers and addresses of the network ----------------------------------------------------------

_PHONE: Final = re.compile(r"(?<![\w+])\+[1-9](?:[ ./()-]{0,2}[0-9]){6,14}(?![0-9])")
#: Phone numbers with their country's code, as ``+49 30 1234567``; without it, any number might be one.
PHONES: Final = ValuePattern("PHONES", _PHONE, ("+",), shortest=8, numbers=False)

# After a name and a slash it is a version, as every browser's: Chrome/120.0.0.0
_IP: Final = re.compile(
    r"(?<![\w:.])(?<!\w/)(?:(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?!\w|\.\w)"
    r"|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,8}(?:\.[0-9]{1,3}){0,3}(?![\w:]))"
)
_IP_HINT: Final = re.compile(r"[0-9]\.[0-9]|:[0-9A-Fa-f:]")


def _ip(match: re.Match[str]) -> int:
    try:
        ipaddress.ip_address(match[0])
    except ValueError:
        return 0
    return len(match[0].strip(":")) and len(match[0])  # "::" alone is an address, but nobody's


#: Addresses of IPv4 and IPv6. A version of four numbers looks the same.
IPS: Final = ValuePattern("IPS", _IP, (_IP_HINT,), shortest=3, numbers=False, check=_ip)
