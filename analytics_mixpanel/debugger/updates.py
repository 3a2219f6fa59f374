"""Takes in profile updates: what ``/engage`` and ``/groups`` do with their records, once they are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import orjson
from attrs import field, frozen

from analytics_mixpanel.debugger import profiles
from analytics_mixpanel.debugger.answers import Failure
from analytics_mixpanel.debugger.batch import Source, Verdict, reject
from analytics_mixpanel.debugger.identity import Identity
from analytics_mixpanel.debugger.keeping import SENDERS_CITY, shortened
from analytics_mixpanel.debugger.limits import Limits
from analytics_mixpanel.debugger.projects import Projects
from analytics_mixpanel.debugger.store import ProfileKey, Store
from analytics_mixpanel.journal import log

_PLACED: Final = ("$set", "$set_once")
#: Why an update that was answered with yes is among the rejections; text ours.
UNDEFINED_KEY: Final = "define the group key in the project's settings: Mixpanel answers 1 and keeps nothing"
_KEYS_LOGGED: Final = 100


@frozen
class Kind:
    """What tells users' updates from groups' ones.

    Attributes:
        ids: the fields that say whose profile it is.
        verbs: the operations it can have.
    """

    ids: tuple[str, ...]
    verbs: Sequence[str]


USER: Final = Kind(("$distinct_id",), profiles.USER_VERBS)
GROUP: Final = Kind(("$group_key", "$group_id"), profiles.GROUP_VERBS)


@frozen
class Updates:
    """The part of the stand-in that takes profile updates."""

    _store: Store
    _projects: Projects
    _limits: Limits
    _now: Callable[[], float]
    _undefined: set[str] = field(init=False, factory=set)

    def take(self, records: Sequence[Any], kind: Kind, source: Source) -> Verdict:
        """Apply the valid ones of the records, in order."""
        verdict = Verdict()
        refused = []
        with self._store.writing():
            for index, record in enumerate(records):
                if message := self._fault(record, kind):
                    verdict.failures.append(Failure(index, message, message.partition(",")[0]))
                    refused.append(record)
                    continue
                verdict.accepted += 1
                if self._lacks_key(record, kind):
                    verdict.dropped += 1
                    self._mark(index, record, source)
                    continue
                verdict.dropped += not self._apply(record, kind, source)
            reject(self._store, source, verdict.failures, refused)
        return verdict

    def _fault(self, record: Any, kind: Kind) -> str | None:
        """Say what is wrong with a record, or None."""
        if not isinstance(record, dict):
            return "$token, missing or empty"
        for name in ("$token", *kind.ids):
            if record.get(name) in (None, ""):
                return f"{name}, missing or empty"  # text ours for $group_key and $group_id
        if kind is GROUP and "$distinct_id" in record:
            return "$distinct_id, not allowed in a group update"  # text ours
        verbs = [verb for verb in kind.verbs if verb in record]
        if len(verbs) != 1:
            return f"operation, must be exactly one of {', '.join(kind.verbs)}"  # text ours
        return profiles.find_fault(verbs[0], record[verbs[0]]) or self._overgrowth(record)

    def _overgrowth(self, record: dict[str, Any]) -> str | None:
        try:
            size = len(orjson.dumps(record))
        except TypeError:
            return "update, string should be valid utf8"  # text ours
        if size >= self._limits.event_bytes:
            return f"update, must be smaller than {self._limits.event_bytes} bytes"  # text ours
        return None

    def _lacks_key(self, record: dict[str, Any], kind: Kind) -> bool:
        """Say whether a group's key is none of those that the project defines."""
        project = self._projects.find(str(record["$token"])) if kind is GROUP else None
        keys = project.group_keys if project else None
        return keys is not None and record["$group_key"] not in keys

    def _mark(self, index: int, record: dict[str, Any], source: Source) -> None:
        """Show what Mixpanel says yes to and loses: among the rejections, and once a key in the log."""
        reject(self._store, source, [Failure(index, UNDEFINED_KEY, "$group_key")], [record])
        key = str(record["$group_key"])
        if key not in self._undefined and len(self._undefined) < _KEYS_LOGGED:
            self._undefined.add(key)
            log.warning("group key %.50r: %s", key, UNDEFINED_KEY)

    def _apply(self, record: dict[str, Any], kind: Kind, source: Source) -> bool:
        """Change a profile, and say whether Mixpanel would have kept that."""
        token = str(record["$token"])
        project = self._projects.find(token)
        if project is None:
            return False
        key = self._key(record, self._projects.name(token), kind)
        verb = next(verb for verb in kind.verbs if verb in record)
        value = shortened(record[verb], self._limits.text)
        if kind is USER and verb in _PLACED and source.senders_place and record.get("$ip") is None:
            value = {"$city": SENDERS_CITY, **value}
        self._write(key, verb, value)
        shown = {name: part for name, part in record.items() if name != "$token"}
        row = (source.request, *key, verb, orjson.dumps(value), orjson.dumps(shown), self._now())
        self._store.add_operations([row])
        return True

    def _write(self, key: ProfileKey, verb: str, value: Any) -> None:
        before = self._store.profile(key)
        after = profiles.applied(verb, before, value)
        if after is None:
            self._store.delete_profile(key)
        else:
            room = self._limits.profile_properties
            self._store.put_profile(key, dict(list(after.items())[:room]), self._now())

    def _key(self, record: dict[str, Any], token: str, kind: Kind) -> ProfileKey:
        if kind is GROUP:
            return token, str(record["$group_key"]), str(record["$group_id"])
        distinct_id = str(record["$distinct_id"])
        if record.get("$ignore_alias") is True:
            return token, "", distinct_id
        return token, "", Identity(token, self._store).canonical(distinct_id)
