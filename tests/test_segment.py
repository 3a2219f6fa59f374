"""Standing in for analytics-python under its own name."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

Run = Callable[..., subprocess.CompletedProcess[str]]

_INSTALL = "import analytics_mixpanel; analytics_mixpanel.install_as_segment(); "


def _run(run_python: Run, program: str) -> str:
    ended = run_python(program)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def test_the_module_is_ours(run_python: Run) -> None:
    """Every way to import analytics-python gives this package."""
    program = (
        "import segment.analytics, segment.analytics as analytics; from segment import analytics as third; "
        "from segment.analytics.client import Client; from segment.analytics.version import VERSION; "
        "print(segment.analytics is analytics is third is analytics_mixpanel, "
        "Client is analytics_mixpanel.Client, VERSION == analytics_mixpanel.__version__)"
    )
    assert _run(run_python, _INSTALL + program) == "True True True"


def test_settings_made_there_are_used(run_python: Run) -> None:
    """A setting assigned through upstream's name reaches the client."""
    program = (
        "import segment.analytics as analytics; analytics.write_key = 'key'; analytics.send = False; "
        "analytics.track('u', 'e'); print(analytics_mixpanel.default_client.write_key)"
    )
    assert _run(run_python, _INSTALL + program) == "key"


def test_it_may_be_called_again(run_python: Run) -> None:
    """Installing twice is harmless."""
    program = "analytics_mixpanel.install_as_segment(); import segment.analytics as a; print(a.__name__)"
    assert _run(run_python, _INSTALL + program) == "analytics_mixpanel"


def test_too_late_is_an_error(run_python: Run) -> None:
    """Once analytics-python itself is imported, whoever has it would keep it: that is an error."""
    program = "import segment.analytics, analytics_mixpanel; analytics_mixpanel.install_as_segment()"
    ended = run_python(program)
    assert ended.returncode == 1
    assert "ConfigurationError: segment.analytics is imported already" in ended.stderr


def test_nothing_happens_by_itself(run_python: Run) -> None:
    """Without the call analytics-python stays what it is."""
    program = "import analytics_mixpanel, segment.analytics; print(segment.analytics.__version__)"
    assert _run(run_python, program) == "2.4.0"
