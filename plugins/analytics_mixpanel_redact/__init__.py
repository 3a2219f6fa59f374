"""What nobody may see is dropped, masked or hashed before a message is queued."""

from analytics_mixpanel_redact.actions import Action, drop, hash_with, mask
from analytics_mixpanel_redact.patterns import CARDS, EMAILS, IPS, PHONES, ValuePattern
from analytics_mixpanel_redact.plugin import Redact

__all__ = [
    "CARDS",
    "EMAILS",
    "IPS",
    "PHONES",
    "Action",
    "Redact",
    "ValuePattern",
    "drop",
    "hash_with",
    "mask",
]
