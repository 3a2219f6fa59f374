"""What is said when a framework is not installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize("extra", ["celery", "django", "flask", "starlette"])
def test_an_adapter_without_its_framework_says_so(run_python: Callable[..., Any], extra: str) -> None:
    """The error gives the command that installs what is missing."""
    ended = run_python(
        f"import sys; sys.modules[{extra!r}] = None; import analytics_mixpanel.frameworks.{extra}"
    )
    assert f'pip install "analytics-mixpanel[{extra}]"' in ended.stderr
    assert ended.stderr.splitlines()[-1].startswith("ImportError: ")


@pytest.mark.parametrize("adapter", ["wsgi", "asgi"])
def test_the_general_ones_need_nothing(run_python: Callable[..., Any], adapter: str) -> None:
    """They load no framework."""
    ended = run_python(
        f"""
        import sys, analytics_mixpanel.frameworks.{adapter}
        print({{"django", "flask", "starlette", "celery", "typing_extensions"}} & sys.modules.keys())
        """
    )
    assert ended.stdout == "set()\n", ended.stderr
