"""The mapping tester's engine: conditions explained, samples, checks, previews; it knows no HTTP."""

from __future__ import annotations

from analytics_mixpanel.debugger.tester.completing import completions
from analytics_mixpanel.debugger.tester.documents import (
    Checked,
    Problem,
    as_text,
    check,
    default_document,
    load,
    save,
)
from analytics_mixpanel.debugger.tester.explaining import Explanation, PartShown, explain
from analytics_mixpanel.debugger.tester.previewing import Preview, Result, preview
from analytics_mixpanel.debugger.tester.samples import KINDS, renewed, sample

__all__ = [
    "KINDS",
    "Checked",
    "Explanation",
    "PartShown",
    "Preview",
    "Problem",
    "Result",
    "as_text",
    "check",
    "completions",
    "default_document",
    "explain",
    "load",
    "preview",
    "renewed",
    "sample",
    "save",
]
