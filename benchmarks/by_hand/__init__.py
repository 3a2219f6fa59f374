"""What compiled mappings are measured against.

It answers the same as the general way for every message: one in which something is unusual is left to that.
"""

from __future__ import annotations

from benchmarks.by_hand.payload import general_payload, payload
from benchmarks.by_hand.record import general_record, record

__all__ = ["general_payload", "general_record", "payload", "record"]
