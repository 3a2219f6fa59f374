"""Payloads: what resolved mappings must be before an action takes them."""
