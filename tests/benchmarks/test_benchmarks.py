"""The benchmark's command runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """What a quick run of every measure, for this project alone, prints and writes."""
    written = tmp_path_factory.mktemp("benchmarks") / "result.json"
    command = ["-m", "benchmarks", "--quick", "--peers", "ours", "--json", str(written)]
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, json.loads(written.read_text())


def test_every_measure_gives_figures(quick: tuple[str, dict[str, Any]]) -> None:
    """Each measure gives a positive figure, and no run failed."""
    result = quick[1]
    samples = result["samples"]["ours"]

    assert result["failures"] == {"ours": {}}
    assert samples.keys() >= {"call_1_p50", "call_8_p99", "events_per_second", "bytes_queued", "import_ms"}
    grown = samples.pop("resident_mb")  # so few events may find room in what the process has
    assert all(value > 0 for values in samples.values() for value in values)
    assert len(grown) == 1


def test_the_server_counts_what_was_sent(quick: tuple[str, dict[str, Any]]) -> None:
    """Every event that the client took arrived, once."""
    lost = quick[1]["lost"]["ours"]

    assert lost["throughput"] == lost["call"] == lost["threads"] == lost["drain"] == 0


def test_the_result_is_a_table(quick: tuple[str, dict[str, Any]]) -> None:
    """What is printed has a line for each row, and one for each part."""
    printed = quick[0]

    assert "| events/s end to end" in printed
    assert "| translate it" in printed
    assert "- mapping, small event" in printed
    assert "- all three plugins, everything known" in printed
    assert "- Redact, nothing to redact" in printed
    assert "- the spool with 1,000 pending" in printed


def test_the_spool_is_measured_beside_memory(tmp_path: Path) -> None:
    """The queue on disk is a client like the others, and nothing of it is lost."""
    written = tmp_path / "result.json"
    command = ["-m", "benchmarks", "--quick", "--peers", "ours-spool", "--only", "drain,throughput,import"]
    done = subprocess.run(
        [sys.executable, *command, "--json", str(written)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(written.read_text())
    assert result["lost"]["ours-spool"] == {"drain": 0, "throughput": 0}
    assert result["samples"]["ours-spool"]["drained_per_second"][0] > 0


def test_an_unknown_name_is_refused() -> None:
    """A misspelt measure ends the command with the names that there are."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--only", "thruput"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 2
    assert "throughput" in done.stderr
