"""What the destination is told: by code, by the client, by the environment."""

from analytics_mixpanel_destination.settings.environment import completed
from analytics_mixpanel_destination.settings.settings import Settings

__all__ = ["Settings", "completed"]
