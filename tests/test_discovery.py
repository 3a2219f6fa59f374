"""Installed plugins: found by entry point, each loaded by itself."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

_PLUGINS = {
    "good": """
        from analytics_mixpanel import hookimpl
        class Plugin:
            @hookimpl
            def capture(self, message):
                message["event"] += " good"
        """,
    "shop": """
        from analytics_mixpanel import hookimpl
        class Plugin:
            @hookimpl
            def deliver(self, batch):
                print("installed", *[message["event"] for message in batch.messages])
        """,
    "broken": "raise RuntimeError('secret-canary')",
    "unfit": """
        class Plugin:
            pass
        """,
    "unready": """
        from analytics_mixpanel import hookimpl
        from analytics_mixpanel.errors import NotConfigured
        class Plugin:
            @hookimpl
            def startup(self):
                raise NotConfigured("unready: give UNREADY_KEY")
            @hookimpl
            def capture(self, message):
                message["event"] += " unready"
        """,
    "wrong": """
        from analytics_mixpanel import hookimpl
        from analytics_mixpanel.errors import ConfigurationError
        class Plugin:
            @hookimpl
            def startup(self):
                raise ConfigurationError("WRONG_REGION must be us, eu or in")
        """,
    "instance": """
        from analytics_mixpanel import hookimpl
        class Plugin:
            @hookimpl
            def capture(self, message):
                message["event"] += " instance"
        Plugin = Plugin()
        """,
}
# The plugin of this distribution would be found as well, had the machine a token for it.
_PROGRAM = """
    import logging, sys
    from analytics_mixpanel import Client, hookimpl

    logging.basicConfig(stream=sys.stdout, format="%(message)s")

    class Printing:
        name = "printing"
        @hookimpl
        def deliver(self, batch):
            print("given", *[message["event"] for message in batch.messages])

    def client(**settings):
        settings = {"plugins": [Printing()], "disable": ["Mixpanel"], **settings}
        return Client(sync_mode=True, **settings)
    """


@pytest.fixture
def install(tmp_path: Path) -> Callable[..., None]:
    """Puts distributions with one plugin each where the program of a test finds them."""

    def install(*names: str) -> None:
        for name in names:
            source = _PLUGINS[name].replace("\n        ", "\n")
            (tmp_path / f"plugin_{name}.py").write_text(source)
            info = tmp_path / f"plugin_{name}-1.0.dist-info"
            info.mkdir()
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: plugin-{name}\nVersion: 1.0\n")
            (info / "entry_points.txt").write_text(f"[analytics_mixpanel]\n{name} = plugin_{name}:Plugin\n")

    return install


@pytest.fixture
def output(run_python: Run) -> Callable[..., str]:
    """What a program printed that made a client and did something with it."""

    def output(statements: str, **environment: str) -> str:
        ended = run_python(f"{_PROGRAM}\n    {statements}", **environment)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    return output


def test_a_good_one_is_used(install: Callable[..., None], output: Callable[..., str]) -> None:
    """An installed plugin takes part without a line of code."""
    install("good")
    assert output('client().track("u", "e")') == "given e good\n"


def test_an_instance_may_be_named(install: Callable[..., None], output: Callable[..., str]) -> None:
    """An entry point may name an instance as well as a class."""
    install("instance")
    assert output('client().track("u", "e")') == "given e instance\n"


def test_a_broken_one_is_left_out(install: Callable[..., None], output: Callable[..., str]) -> None:
    """One that cannot be imported, or does not fit, is logged by name; those beside it work."""
    install("broken", "good", "unfit")
    printed = output('client().track("u", "e")')
    assert "the installed plugin broken was left out: RuntimeError at plugin_broken.py:1" in printed
    assert "the installed plugin unfit was left out: PluginError" in printed
    assert "secret-canary" not in printed
    assert printed.endswith("given e good\n")


def test_one_that_is_not_configured_is_left_out(
    install: Callable[..., None], output: Callable[..., str]
) -> None:
    """An installed plugin that nobody configured is silently not there."""
    install("unready", "good")
    assert output('client().track("u", "e")') == "given e good\n"


def test_what_was_lacking_is_said_when_nothing_else_delivers(
    install: Callable[..., None], run_python: Run
) -> None:
    """Without any destination the error repeats what the plugins lacked."""
    install("unready")
    ended = run_python(f"{_PROGRAM}\n    client(plugins=[])")
    assert "ConfigurationError: there is no destination: unready: give UNREADY_KEY" in ended.stderr


def test_a_wrong_setting_is_an_error(install: Callable[..., None], run_python: Run) -> None:
    """A plugin that is configured, but wrongly, is not left out in silence."""
    install("wrong")
    ended = run_python(f"{_PROGRAM}\n    client()")
    assert "ConfigurationError: WRONG_REGION must be us, eu or in" in ended.stderr


def test_a_disabled_one_is_never_imported(install: Callable[..., None], output: Callable[..., str]) -> None:
    """A plugin disabled by argument or by the environment is not even imported."""
    install("good", "broken")
    printed = output(
        'client(disable=["Mixpanel", "good"]).track("u", "e"); '
        'print([name for name in sys.modules if name.startswith(("plugin_", "analytics_mixpanel_"))])',
        ANALYTICS_MIXPANEL_DISABLE="broken",
    )
    assert printed == "given e\n[]\n"


def test_an_import_runs_no_installed_code(install: Callable[..., None], run_python: Run) -> None:
    """Whoever imports the package has imported no plugin: that is left to who makes a client."""
    install("good", "broken")
    ended = run_python(
        "import sys, analytics_mixpanel, analytics_mixpanel.client\n"
        "print([name for name in sys.modules if name.startswith(('plugin_', 'analytics_mixpanel_'))])"
    )
    assert ended.stdout == "[]\n", ended.stderr


def test_discovery_may_be_off(install: Callable[..., None], output: Callable[..., str]) -> None:
    """With ``discover=False`` nothing installed is imported."""
    install("good", "broken")
    printed = output(
        'client(discover=False).track("u", "e"); '
        'print("plugin_good" in sys.modules, "plugin_broken" in sys.modules)'
    )
    assert printed == "given e\nFalse False\n"


def test_a_given_one_takes_its_place(install: Callable[..., None], output: Callable[..., str]) -> None:
    """A plugin passed under an installed one's name is used instead of it; the others stay."""
    install("shop", "good")
    statements = 'Printing.name = "shop"; client().track("u", "e"); print("plugin_shop" in sys.modules)'
    assert output(statements) == "given e good\nFalse\n"


def test_a_later_one_takes_its_place(install: Callable[..., None], output: Callable[..., str]) -> None:
    """A plugin registered later under an installed one's name is used from then on."""
    install("shop")
    printed = output(
        'shop = client(plugins=[]); shop.track("u", "1"); Printing.name = "shop"; '
        'shop.register(Printing()); shop.track("u", "2"); print(*shop.stats())'
    )
    assert printed == "installed 1\ngiven 2\nshop\n"


def test_what_waits_for_the_former_is_delivered(
    install: Callable[..., None], output: Callable[..., str]
) -> None:
    """What was tracked before its place was taken, the installed plugin still gets."""
    install("shop")
    printed = output(
        'shop = Client(upload_interval=60, disable=["Mixpanel"]); shop.track("u", "1"); '
        'Printing.name = "shop"; shop.register(Printing()); shop.track("u", "2"); shop.shutdown()'
    )
    assert printed == "installed 1\ngiven 2\n"
