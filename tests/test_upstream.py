"""Segment's own tests, run against this package."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from analytics_mixpanel.debugger import StandIn

_ROOT: Final = Path(__file__).parent.parent
# Tests that cannot pass, by part of their names, and why.
_LEFT_OUT: Final = {
    "test_user_defined_upload_size": "patches segment.analytics.consumer.post",
    "test_proxies": "patches segment.analytics.request._session",
    "advanced": "expects a timestamp without milliseconds, which Segment's own client does not give either",
}


@pytest.fixture
def adapted(tmp_path: Path) -> Path:
    """Segment's tests of client and module with nothing changed but the names that they import."""
    spec = importlib.util.find_spec("segment.analytics.test")
    assert spec is not None
    assert spec.origin is not None
    for name in ("test_client.py", "test_module.py"):
        text = (Path(spec.origin).parent / name).read_text()
        text = text.replace("segment.analytics", "analytics_mixpanel")
        (tmp_path / name).write_text(text.replace("import mock\n", "from unittest import mock\n"))
    return tmp_path


def _run(folder: Path, host: str, *options: str) -> str:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(_ROOT), str(_ROOT / "plugins")]),
        "MIXPANEL_API_HOST": host,
        "ANALYTICS_MIXPANEL_LIBRARY": "analytics-python",
        "PYTEST_ADDOPTS": "",
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(folder),
        *options,
    ]
    ended = subprocess.run(
        [*command, str(folder)],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-5_000:] + ended.stderr[-2_000:]
    return ended.stdout


def test_segment_s_suite_passes(adapted: Path, stand_in: StandIn) -> None:
    """With the import changed and a local Mixpanel to send to, Segment's tests pass; their events arrive."""
    deselected = " and ".join(f"not {name}" for name in _LEFT_OUT)
    output = _run(adapted, stand_in.url, "-k", deselected)
    assert "7 deselected" in output
    assert {"python test event", "python event", "python module event"} <= {
        each.event for each in stand_in.events
    }


def test_what_is_left_out_fails_only_for_its_reason(adapted: Path, stand_in: StandIn) -> None:
    """The tests of all the arguments pass once they expect the milliseconds that Segment's client sends."""
    path = adapted / "test_client.py"
    path.write_text(path.read_text().replace("T00:00:00+00:00", "T00:00:00.000+00:00"))
    output = _run(adapted, stand_in.url, "-k", "advanced")
    assert "5 passed" in output
