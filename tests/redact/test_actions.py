"""What is put in a value's place."""

from __future__ import annotations

import copy
import hashlib
import hmac
import pickle

import pytest

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_redact import Action, drop, hash_with, mask
from analytics_mixpanel_redact.actions import action_name

KEY = "canary-key-0123456789abcdef"


def test_mask_and_drop() -> None:
    """A masked value tells nothing of itself, not even its length; a dropped one is none."""
    assert mask("a") == mask("a longer one") == "***"
    dropped: Action = drop
    assert dropped("anything") is None


@pytest.mark.parametrize("text", ["ada@example.com", "", "\ud800", "ü" * 1000], ids=ascii)
def test_a_hash_is_hmac_sha256(text: str) -> None:
    """Whoever has the key computes the same elsewhere, so that values can be joined."""
    expected = hmac.new(KEY.encode(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    assert hash_with(KEY)(text) == hash_with(KEY.encode())(text) == expected


def test_another_key_is_another_hash() -> None:
    """Without the key, a list of addresses is no help."""
    assert hash_with(KEY)("a") != hash_with(KEY + "2")("a")
    assert hash_with(KEY)("a") != hash_with(KEY)("b")


@pytest.mark.parametrize(("key", "said"), [(7, "not int"), (None, "NoneType"), ("short", "16"), (b"", "16")])
def test_a_bad_key_is_refused(key: object, said: str) -> None:
    """The error names the argument and what to do, and does not show the key."""
    with pytest.raises(ConfigurationError, match=r"hash_with: key") as caught:
        hash_with(key)  # type: ignore[arg-type]
    assert said in str(caught.value)
    assert "'short'" not in str(caught.value)


def test_the_key_is_not_to_be_seen() -> None:
    """Neither in a text, an attribute nor a pickle; a copy would be one, too."""
    action = hash_with(KEY)
    shown = [repr(action), str(action), *(repr(getattr(action, name)) for name in action.__slots__)]
    assert "canary" not in "".join(shown)
    assert not hasattr(action, "__dict__")
    for copying in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="never pickled"):
            copying(action)


def test_an_action_has_a_name() -> None:
    """As it is shown in the text of a plugin."""
    actions: list[Action] = [drop, mask, hash_with(KEY), str.lower]
    assert [action_name(each) for each in actions] == ["drop", "mask", "hash_with(***)", "lower"]
