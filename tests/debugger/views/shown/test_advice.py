"""What to do about a refusal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analytics_mixpanel.debugger import answers, batch
from analytics_mixpanel.debugger.views.shown.advice import mend

FOLDER = Path(batch.__file__).parent
# The reasons that ingestion has, out of its source.
REASONS = re.findall(
    r'_fault\(\s*f?"([\w.$]+|properties\.\{name\})", f?"([^"]+)"',
    (FOLDER / "validation.py").read_text(encoding="utf-8"),
)


@pytest.mark.parametrize(("field", "reason"), REASONS)
def test_every_reason_of_ingestion_has_a_mend(field: str, reason: str) -> None:
    """No refusal leaves somebody with Mixpanel's words alone."""
    assert mend(f"'{field}' is invalid: {re.sub('{.*?}', '1', reason)}")


@pytest.mark.parametrize(
    "words",
    [
        answers.INVALID_CREDENTIALS,
        answers.INVALID_ACCOUNT,
        answers.UNKNOWN_ACCOUNT,
        answers.INVALID_SECRET,
        answers.NO_PROJECT,
        answers.RATE_LIMITED,
        answers.MALFORMED,
        answers.NOT_GZIP,
        answers.SIMPLIFIED,
        answers.too_large(1),
        answers.too_many(1),
        "$token, missing or empty",
        "$distinct_id, missing or empty",
        "operation, must be exactly one of $set, $add",
        "$set, must be an object",
        "$add, must have numbers only",
        "'event' must not be missing or blank",
    ],
)
def test_every_refused_request_has_a_mend(words: str) -> None:
    """Credentials, limits, and what cannot be read."""
    assert mend(words)


def test_unknown_words_have_none() -> None:
    """Nothing is made up."""
    assert mend("the moon is full") == ""
