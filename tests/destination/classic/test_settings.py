"""The Classic framework's settings, and what is said of wrong ones."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_destination import Mixpanel
from analytics_mixpanel_destination.classic import Classic, ClassicOptions, classic_settings


def test_the_defaults_are_those_of_segments_code() -> None:
    """Profiles off, all traits, one event for all pages, and nothing listed."""
    on = {"set_all_traits_by_default", "consolidated_page_calls"}
    given = attrs.asdict(Classic())

    assert {name for name, value in given.items() if value} == on


def test_mixpanel_takes_exactly_these_settings() -> None:
    """What a type checker knows is what there is."""
    assert set(ClassicOptions.__annotations__) == set(attrs.fields_dict(Classic))


def test_the_actions_framework_has_none_of_them() -> None:
    """Without any setting there is nothing to say."""
    assert classic_settings("actions", {}) is None


def test_lists_are_taken_in_any_form() -> None:
    """A set or a tuple is as good as a list, and what was given is not kept."""
    given: Any = ["plan"]
    events: Any = {"Paid"}
    settings = Classic(people_properties=given, event_increments=events)
    given.append("seats")

    assert (settings.people_properties, settings.event_increments) == (("plan",), ("Paid",))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"framework": "clasic"}, 'framework must be "actions" or "classic"'),
        ({"people": True}, 'people is a setting of the Classic framework: give framework="classic"'),
        ({"framework": "classic", "people": "yes"}, "people must be True or False, not str"),
        ({"framework": "classic", "people": None}, "people must be True or False, not NoneType"),
        ({"framework": "classic", "people_properties": "plan"}, "people_properties must be a list of names"),
        ({"framework": "classic", "prop_increments": [1]}, "prop_increments must be a list of names"),
        ({"framework": "classic", "event_increments": [""]}, "event_increments must be a list of names"),
        ({"framework": "classic", "super_properties": {"a": 1}}, "super_properties must be a list of names"),
        ({"framework": "classic", "mappings": []}, "mappings are for the Actions framework"),
        ({"framework": "classic", "group_key": "company"}, "give group_identifier_traits"),
        ({"framework": "classic", "peopel": True}, "no setting peopel: is people meant"),
        ({"framework": "classic", "setAllTraitsByDefault": True}, "is set_all_traits_by_default meant"),
        ({"framework": "classic", "crossSubdomainCookie": True}, "it is for browsers, leave it out"),
        ({"enable_european_union_endpoint": True}, 'give region="eu" instead'),
        ({"tokn": "x"}, "no setting tokn: is token meant"),
        ({"zzz": "x"}, "no setting zzz: leave it out"),
        ({"merge": "simple"}, 'merge must be "original" or "simplified"'),
        ({"merge": ["original"]}, 'merge must be "original" or "simplified"'),
    ],
)
def test_a_wrong_setting_or_combination_says_what_to_do(settings: dict[str, Any], said: str) -> None:
    """It raises where the plugin is made, and names the setting."""
    with pytest.raises(ConfigurationError) as caught:
        Mixpanel(token="the-token", **settings)

    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, []),
        (
            {"track_named_pages": True},
            ["track_named_pages has no effect while consolidated_page_calls is on"],
        ),
        ({"track_named_pages": True, "consolidated_page_calls": False}, []),
        (
            {"track_categorized_pages": True, "track_all_pages": True, "consolidated_page_calls": False},
            ["track_categorized_pages has no effect while track_all_pages is on"],
        ),
        ({"event_increments": ["A"]}, ["event_increments has no effect while people is off"]),
        ({"event_increments": ["A"], "people": True}, []),
    ],
)
def test_settings_without_effect_are_known(settings: dict[str, Any], said: list[str]) -> None:
    """What another setting overrules is not silently given."""
    assert list(Classic(**settings).without_effect()) == said
