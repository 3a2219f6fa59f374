"""For tests of applications and plugins: what was tracked, and whether a plugin keeps the rules.

With pytest, the fixture ``analytics_events`` is there by itself once this distribution is installed.
"""

from __future__ import annotations

from analytics_mixpanel.testing.checking import check_plugin
from analytics_mixpanel.testing.recording import RecordingDestination, recording_client

__all__ = ["RecordingDestination", "check_plugin", "recording_client"]
