"""Segment's mapping language, for any destination: conditions choose messages, mappings shape them."""

from __future__ import annotations

from analytics_mixpanel.mapping.compiler import compile_mapping, resolve
from analytics_mixpanel.mapping.condition import compile_condition, matches
from analytics_mixpanel.mapping.guarded import compile_guarded
from analytics_mixpanel.mapping.guards import Guard
from analytics_mixpanel.mapping.js import UNDEFINED

__all__ = [
    "UNDEFINED",
    "Guard",
    "compile_condition",
    "compile_guarded",
    "compile_mapping",
    "matches",
    "resolve",
]
