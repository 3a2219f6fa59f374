"""``$insert_id``: what Mixpanel tells one event from its repetition by."""

from __future__ import annotations

import hashlib
import re
import secrets
import string
from typing import Final

_CONFORMING: Final = re.compile(r"[A-Za-z0-9-]{1,36}")
#: Source: Mixpanel docs, Import Events, disallowed values; those that the pattern does not exclude already.
_DISALLOWED: Final = frozenset(
    {
        "00000000-0000-0000-0000-000000000000",
        *(
            "anon",
            "anonymous",
            "nil",
            "none",
            "null",
            "na",
            "undefined",
            "unknown",
            "0",
            "-1",
            "true",
            "false",
        ),
    }
)
_BASE_36: Final = string.digits + string.ascii_lowercase


def conforming(insert_id: str) -> str:
    """Answer the id, or a hash of 36 characters where it breaks Mixpanel's rules; the same for the same id.

    Source: Mixpanel docs, Event Deduplication: at most 36 bytes of letters, digits and ``-``.
    """
    if _CONFORMING.fullmatch(insert_id) and insert_id.lower() not in _DISALLOWED:
        return insert_id
    return hashlib.sha256(insert_id.encode("utf-8", "surrogatepass")).hexdigest()[:36]


def random_id() -> str:
    """Make an id for an event that has none: 16 characters in base 36, as Segment does."""
    return "".join(secrets.choice(_BASE_36) for _ in range(16))
