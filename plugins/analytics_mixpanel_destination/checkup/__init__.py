"""A checkup: what is wrong between these settings and Mixpanel, and the mend; see the command ``doctor``."""

from __future__ import annotations

from analytics_mixpanel_destination.checkup.checkup import checkup

__all__ = ["checkup"]
