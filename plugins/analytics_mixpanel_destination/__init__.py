"""Mixpanel as a destination: what Segment's "Mixpanel (Actions)" would send, sent straight there."""

from analytics_mixpanel_destination.plugin import Mixpanel
from analytics_mixpanel_destination.presets import default_mapping, presets

__all__ = ["Mixpanel", "default_mapping", "presets"]
