"""The fixture ``analytics_events``, in a pytest run of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., subprocess.CompletedProcess[str]]

_TESTS = """
import pytest
import analytics_mixpanel as analytics
from analytics_mixpanel import functions
from analytics_mixpanel.errors import ArgumentError

def application():
    analytics.identify("u", {"plan": "pro"})
    analytics.track("u", "Paid", {"total": 1})

def test_what_is_tracked_is_seen(analytics_events):
    application()
    assert analytics_events.tracked("Paid", total=1)
    assert len(analytics_events) == 2

def test_each_test_begins_with_nothing(analytics_events):
    assert len(analytics_events) == 0

def test_nothing_waits(analytics_events):
    application()
    assert analytics.default_client.consumers == []

def test_a_shutdown_does_not_end_it(analytics_events):
    analytics.track("u", "before")
    analytics.shutdown()
    analytics.track("u", "after")
    assert [m["event"] for m in analytics_events] == ["before", "after"]

def test_wrong_calls_still_raise(analytics_events):
    with pytest.raises(ArgumentError):
        analytics.track("u", None)

def test_settings_do_not_matter(analytics_events, monkeypatch):
    monkeypatch.setattr(analytics, "write_key", "key")
    analytics.track("u", "e")
    assert len(analytics_events) == 1

def test_without_it_the_module_is_as_it_was():
    assert analytics.default_client is None
    assert functions._plugins == []
    assert analytics.discover is True
    assert analytics.sync_mode is False
"""


def test_it_shows_what_an_application_tracks(run_python: Run, tmp_path: Path) -> None:
    """The fixture is there by itself, sees each test's own calls, and leaves the module as it was."""
    (tmp_path / "test_application.py").write_text(_TESTS)
    # As pip would install it; a second one of the same name is ignored.
    info = tmp_path / "fixtures-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fixtures\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[pytest11]\nanalytics_mixpanel = analytics_mixpanel.testing.fixtures\n"
    )
    ended = run_python(
        "import sys, pytest; sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider', '-W', 'error']))"
    )
    assert ended.returncode == 0, ended.stdout
    assert "7 passed" in ended.stdout


def test_it_costs_other_runs_nothing(run_python: Run) -> None:
    """Loading the fixtures, as every pytest run does, does not load what only a delivery needs."""
    ended = run_python("import sys, analytics_mixpanel.testing.fixtures; print('requests' in sys.modules)")
    assert ended.stdout == "False\n", ended.stderr
