"""A message to bytes: once, when the call is made, whatever values the application put in."""

from __future__ import annotations

from analytics_mixpanel.encoding.encoder import Encoder, check_kind

__all__ = ["Encoder", "check_kind"]
