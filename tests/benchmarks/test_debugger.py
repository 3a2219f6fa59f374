"""The benchmark of the debugger runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_it_measures_what_the_page_asks_for() -> None:
    """Every query has a figure, and nothing is lost."""
    command = ["-m", "benchmarks.debugger", "--events", "300", "--rate", "400", "--seconds", "1", "--no-page"]
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "the newest 100 rows, ms" in done.stdout
    assert "events held at the end" in done.stdout
