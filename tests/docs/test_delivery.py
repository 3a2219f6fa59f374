"""The page on delivery: its example is run, and its figures are those of the code."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from analytics_mixpanel.debugger import StandIn
from analytics_mixpanel.lanes.retry import RetryPolicy
from analytics_mixpanel_destination.sending.answers import LONGEST_WAIT

PAGE = (Path(__file__).parents[2] / "docs" / "delivery.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_prints_what_it_says(
    stand_in: StandIn, run_python: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """The state while it runs, and the line of a client that is closed."""
    done = run_python(EXAMPLE, MIXPANEL_API_HOST=stand_in.url)
    assert done.returncode == 0, done.stderr

    first, second = done.stdout.splitlines()
    assert first == "Mixpanel ok"
    assert re.fullmatch(r"closed since [\d-]{10} [\d:]{8} UTC: the client was shut down", second)


def test_the_waits_are_the_policy_s() -> None:
    """Back-off from half a second to a minute, probes from a second to five minutes."""
    policy = RetryPolicy()
    assert (policy.first_wait, policy.longest_wait) == (0.5, 60)
    assert (policy.first_probe, policy.longest_probe) == (1, 300)
    assert policy.longest_asked == LONGEST_WAIT == 300
