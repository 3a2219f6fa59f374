"""Settings from the environment."""

from __future__ import annotations

from typing import Any

import pytest

from analytics_mixpanel.errors import ConfigurationError
from analytics_mixpanel_destination.settings import Settings, completed


def test_every_variable_is_heard() -> None:
    """Each setting that has a variable is taken from it, blanks around it removed."""
    settings = completed(
        Settings(),
        {
            "MIXPANEL_TOKEN": " tok\n",
            "MIXPANEL_SERVICE_ACCOUNT": "me:pw:with:colons",
            "MIXPANEL_PROJECT_ID": "42",
            "MIXPANEL_REGION": "in",
        },
    )

    assert settings.token is not None
    assert settings.secret is not None
    assert (settings.token.reveal(), settings.username, settings.secret.reveal()) == (
        "tok",
        "me",
        "pw:with:colons",
    )
    assert (settings.project_id, settings.base_url) == ("42", "https://api-in.mixpanel.com")


def test_the_secret_and_the_host_are_heard() -> None:
    """The other one of each pair works as well."""
    settings = completed(
        Settings(), {"MIXPANEL_API_SECRET": "sec", "MIXPANEL_API_HOST": "http://127.0.0.1:8080"}
    )

    assert (settings.credential, settings.base_url) == ("api_secret", "http://127.0.0.1:8080")


def test_an_empty_variable_is_as_if_it_were_not_set() -> None:
    """Empty variables, as compose files leave them, give nothing."""
    settings = completed(Settings(), {"MIXPANEL_TOKEN": "", "MIXPANEL_REGION": "  "})

    assert settings.token is None


@pytest.mark.parametrize(
    ("code", "environ", "credential", "host"),
    [
        ({"api_secret": "s"}, {"MIXPANEL_SERVICE_ACCOUNT": "u:p"}, "api_secret", "https://api.mixpanel.com"),
        (
            {"username": "u", "secret": "p", "project_id": 1},
            {"MIXPANEL_API_SECRET": "s"},
            "service account",
            "https://api.mixpanel.com",
        ),
        (
            {"region": "eu"},
            {"MIXPANEL_API_HOST": "https://x.example"},
            "token",
            "https://api-eu.mixpanel.com",
        ),
        ({"api_host": "https://x.example"}, {"MIXPANEL_REGION": "eu"}, "token", "https://x.example"),
    ],
)
def test_code_silences_the_environments_opposite(
    code: dict[str, Any], environ: dict[str, str], credential: str, host: str
) -> None:
    """A value in code for one of two exclusive settings is no conflict with the environment's other one."""
    settings = completed(Settings(**code), environ)

    assert (settings.credential, settings.base_url) == (credential, host)


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"MIXPANEL_REGION": "mars"}, "us, eu, in"),
        ({"MIXPANEL_API_HOST": "api.mixpanel.com"}, "begin with a scheme"),
        ({"MIXPANEL_REGION": "eu", "MIXPANEL_API_HOST": "https://x.example"}, "both set"),
        ({"MIXPANEL_API_SECRET": "s", "MIXPANEL_SERVICE_ACCOUNT": "u:p"}, "both set"),
        ({"MIXPANEL_SERVICE_ACCOUNT": "only-a-user"}, "user:secret"),
        ({"MIXPANEL_SERVICE_ACCOUNT": "u:p"}, "needs project_id"),
    ],
)
def test_a_wrong_variable_is_refused(environ: dict[str, str], words: str) -> None:
    """A variable that is wrong, or two that exclude each other, raise an error that says so."""
    with pytest.raises(ConfigurationError, match=words):
        completed(Settings(), environ)


def test_code_may_leave_the_project_to_the_environment() -> None:
    """A service account in code finds its project in the environment, and is refused without one."""
    account = Settings(username="u", secret="p")

    assert completed(account, {"MIXPANEL_PROJECT_ID": "42"}).project_id == "42"
    with pytest.raises(ConfigurationError, match="MIXPANEL_PROJECT_ID"):
        completed(account, {})
