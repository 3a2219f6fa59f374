"""Running the command in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

_RUN = "from analytics_mixpanel.cli import main; raise SystemExit(main())"
_RUN_WITHOUT_RICH = f"import sys; sys.modules['rich'] = None; {_RUN}"


@frozen
class Done:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def rows(self) -> list[Any]:
        """The JSON lines it printed."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def command(tmp_path: Path) -> Callable[..., Done]:
    """A function that runs ``analytics-mixpanel`` with these arguments, input and variables."""

    def run(*arguments: str, given: str = "", rich: bool = True, **variables: str) -> Done:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MIXPANEL_")}
        done = subprocess.run(
            [sys.executable, "-c", _RUN if rich else _RUN_WITHOUT_RICH, *arguments],
            input=given,
            env={**kept, "COLUMNS": "200", **variables},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run
