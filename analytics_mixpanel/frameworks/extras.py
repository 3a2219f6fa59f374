"""What is said when a framework is not installed."""

from __future__ import annotations


def missing(extra: str) -> ImportError:
    """The error of importing an adapter without its framework."""
    return ImportError(f'this adapter needs {extra}: pip install "analytics-mixpanel[{extra}]"')
