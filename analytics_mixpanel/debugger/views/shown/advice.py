"""What to do about what Mixpanel says: its words, and the mend."""

from __future__ import annotations

import re
from typing import Any, Final

from analytics_mixpanel.debugger.lookups.opened import Part

# The first whose pattern is found in the words, which are Mixpanel's or ours, is said.
_MENDS: Final = {
    r"must not be in the future": (
        "The sender's clock is ahead by more than an hour, or milliseconds were taken for seconds. Set "
        "the clock, or leave the timestamp out: the time of the call is taken then."
    ),
    r"properties\.time.*(seconds since epoch|missing)": (
        "Send the time as a number: seconds or milliseconds since 1970. From Segment's API, as an ISO "
        "8601 text in “timestamp”."
    ),
    r"before 1971": "The time is too small a number: give it in seconds or milliseconds since 1970.",
    r"distinct_id.*missing": (
        "Nobody is named. Give the call a user id or an anonymous id; Mixpanel takes an event without one"
        " only in a project with Simplified ID Merge."
    ),
    r"(distinct_id|insert_id).*disallowed": (
        "The id stands for nobody: “null”, “undefined”, “0” and the like come from a variable that was "
        "not set when the call was made. Send the id, or none."
    ),
    r"insert_id.*(alphanumeric|longer)": (
        "Use letters, digits and hyphens, 36 at most: a UUID is best. What this library sends is made so."
    ),
    r"(distinct_id|insert_id).*must be a string": "Send the id as text: a number, true or a list is none.",
    r"insert_id.*missing": "Give each event an “$insert_id”: without it, what is sent twice counts twice.",
    r"'event'.*(missing|blank)|^event, missing": "Give the event a name.",
    r"'event'.*longer": "Shorten the name, and put what varies into properties: names are for grouping.",
    r"utf8": "The text is no UTF-8: decode it with its own encoding before it is sent.",
    r"must have fewer than .*(properties|keys)": "Leave some out, or put them into several events.",
    r"must have fewer than .*elements": "Send fewer elements, or their number.",
    r"nested deeper": "Flatten the object; a mapping can do it with @flatten.",
    r"smaller than \d+ bytes": "The record is too large: leave long texts and whole documents out.",
    r"define the group key": (
        "In Mixpanel: Project Settings → Group Keys → add this key. Until then it answers yes and keeps "
        "nothing."
    ),
    r"Invalid credentials|account credentials|project secret|username": (
        "Check the token or the secret, and that the region is the project's: MIXPANEL_TOKEN and "
        "MIXPANEL_REGION (us, eu or in)."
    ),
    r"project_id": "A service account needs the project's number: MIXPANEL_PROJECT_ID.",
    r"not a project member": "Add the service account to the project, as an Owner or Admin.",
    r"rate limit": "Send fewer events a second, or larger batches; this library waits and tries again.",
    r"exceeds max limit": "Send smaller requests: at most 2,000 records and 10 MB, and 200 group updates.",
    r"not valid (JSON|gzip)": "The body cannot be read. Paste it into Decode to see where it breaks.",
    r"simplified": "The project merges ids by itself: send $device_id and $user_id, no identity events.",
    r"token, missing": (
        "The record names no project: put its token into properties.token ($token for profiles)."
    ),
    r"operation, must be": "A profile update has exactly one operation, as $set or $add.",
    r"must be an object": "Send an object of names and values there.",
    r"must have numbers only": "Only numbers can be added: send others with $set.",
    r"must have lists only": "Send each value of $union as a list with something in it.",
    r"no mapping's condition matches|no condition": (
        "Open the message in the Mapping tester: it says of each condition why it does not match."
    ),
    r"same messageId": (
        "That is right for a retry. For two calls of their own, give each its own messageId, or none."
    ),
}
_PATTERNS: Final = [(re.compile(pattern), text) for pattern, text in _MENDS.items()]
_DUPLICATE: Final = (
    "An event with the same $insert_id, user, time and name was there already; this one took its place, and "
    "counts once. That is right for a retry. For two events of their own, give each its own messageId."
)


def mend(words: str) -> str:
    """Say what to do about a reason, or ""."""
    return next((text for pattern, text in _PATTERNS if pattern.search(words)), "")


def verdict_of(part: Part) -> dict[str, str]:
    """Give the verdict on one record: ``verdict``, what was ``said``, the ``field``, and what ``todo``."""
    arrival, row = part.arrival, part.row
    if arrival.kind == "rejection":
        said = row.get("message", "")
        return {"verdict": "rejected", "said": said, "field": row.get("field", ""), "todo": mend(said)}
    if arrival.kind == "request":
        said = row.get("error", "")
        return {"verdict": "rejected", "said": said, "field": "", "todo": mend(said)}
    if row.get("duplicates"):
        times = row["duplicates"]
        said = f"This event arrived {times + 1} times and is kept once."
        return {"verdict": "duplicate", "said": said, "field": "$insert_id", "todo": _DUPLICATE}
    said = _failure(row.get("properties", {}))
    todo = "The event is kept; the two ids stay two users." if said else ""
    return {"verdict": arrival.verdict, "said": said, "field": "", "todo": todo}


def _failure(properties: Any) -> str:
    """Give why two ids were not merged, which Mixpanel notes among an event's properties."""
    return str(properties.get("$failure_description") or properties.get("$identity_failure_reason") or "")
