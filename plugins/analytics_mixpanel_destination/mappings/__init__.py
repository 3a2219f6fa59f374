"""Mappings as people bring them: from code or a file, in Segment's forms, and everything wrong with them."""

from __future__ import annotations

from analytics_mixpanel_destination.mappings.checking import find_errors
from analytics_mixpanel_destination.mappings.document import Document, MappingFileError
from analytics_mixpanel_destination.mappings.loading import load_mappings

__all__ = ["Document", "MappingFileError", "find_errors", "load_mappings"]
