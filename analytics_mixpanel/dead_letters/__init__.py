"""Messages that will not be delivered, kept beside a durable queue: to be looked at and tried again."""

from __future__ import annotations

from analytics_mixpanel.dead_letters.letter import Letter, Tries

__all__ = ["Letter", "Tries"]
