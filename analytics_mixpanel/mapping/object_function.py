"""One function for a whole object of paths, written and compiled as a person would write it by hand.

For ``{"url": {"@path": "$.context.page.url"}, "ip": {"@path": "$.context.ip"}}`` it is::

    def resolve_object(payload):
        if type(payload) is not dict:
            return resolve_any(payload)
        out = {}
        if "context" in payload:
            at_1 = payload["context"]
            if type(at_1) is dict:
                if "page" in at_1:
                    ...
                if "ip" in at_1:
                    out["ip"] = at_1["ip"]
            elif at_1 is None:
                out["url"] = out["ip"] = None
            else:
                return resolve_any(payload)
        return out

With guards, each value is looked at as it is assigned, ``if type(at_2) is str and at_2: …``; a value that
does not pass makes the function give up.

Only the names of keys come from the mapping, as escaped literals; values and resolvers are bound by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import Factory, define

from analytics_mixpanel.mapping.guards import Guard
from analytics_mixpanel.mapping.js import UNDEFINED
from analytics_mixpanel.mapping.node import Resolver
from analytics_mixpanel.mapping.simple import choices, is_simple, plain_path
from analytics_mixpanel.mapping.undefined import directive_name

_GIVE_UP: Final = "return resolve_any(payload)"


@define
class _Branch:
    """A place in the payload: what is assigned from it, and the places below."""

    targets: list[str] = Factory(list)
    below: dict[str, _Branch] = Factory(dict)

    def targets_below(self) -> list[str]:
        """Collect what is assigned from the places below, all of which are null when this one is."""
        return [
            target for place in self.below.values() for target in (*place.targets, *place.targets_below())
        ]


class ObjectFunction:
    """Collects the members of an object, then builds its function.

    Args:
        resolve_any: called where the payload is of an unusual shape, or a value does not pass its guard.
        guards: by the place of a member in the object, which values pass.
    """

    def __init__(self, resolve_any: Resolver, guards: Mapping[tuple[str, ...], Guard] | None = None) -> None:
        self._bound: dict[str, Any] = {"resolve_any": resolve_any, "UNDEFINED": UNDEFINED}
        self._guards = guards or {}
        self._guarded: dict[str, Guard] = {}
        self._payload = _Branch()
        self._objects: dict[str, list[str]] = {"out": []}
        self._variables: dict[tuple[str, ...], str] = {}
        self._branches = 0
        self._after: list[str] = []

    def add(self, key: str, node: Any, resolver: Resolver) -> None:
        """Take one member: written out where it is simple, else by a call of its resolver."""
        if is_simple(node):
            self._write("out", (key,), node)
        else:
            call = f"value = {self._bind(resolver)}(payload)"
            self._after += [call, *_unless_undefined("value", [f"out[{key!a}] = value"])]

    def build(self) -> Resolver:
        """Compile the function."""
        shape = ["if type(payload) is not dict:", f"    {_GIVE_UP}"]
        # An object stands in another's, so the inner ones, added later, are made first.
        objects = [f"{out} = {{{', '.join(pairs)}}}" for out, pairs in reversed(self._objects.items())]
        variables = [f"{' = '.join(self._variables.values())} = UNDEFINED"] if self._variables else []
        walk = self._walk(self._payload, "payload")
        body = [*shape, *objects, *variables, *walk, *self._after, "return out"]
        source = "\n".join(["def resolve_object(payload):", *_indented(body)])
        exec(compile(source, "<mapping>", "exec"), self._bound)  # noqa: S102 - as dataclasses and attrs make theirs
        resolver: Resolver = self._bound.pop("resolve_object")
        return resolver

    def require(self, key: str) -> None:
        """Give up where a member is undefined."""
        self._after += [f"if {key!a} not in out:", f"    {_GIVE_UP}"]

    def _write(self, out: str, place: tuple[str, ...], node: Any) -> None:
        key = place[-1]
        keys = plain_path(node)
        target = f"{out}[{key!a}]"
        if place in self._guards:
            self._guarded[target] = self._guards[place]
        if keys:
            self._place(keys).targets.append(target)
        elif directive_name(node) == "@if":
            self._write_choice(target, node["@if"])
        elif isinstance(node, dict):
            inner = f"out_{len(self._objects)}"
            self._objects[inner] = []
            self._objects[out].append(f"{key!a}: {inner}")
            for inner_key, inner_node in node.items():
                self._write(inner, (*place, inner_key), inner_node)
        else:
            self._objects[out].append(f"{key!a}: {self._bind(node)}")

    def _write_choice(self, target: str, options: dict[str, Any]) -> None:
        """Write an ``@if`` as a choice between the variables of its paths."""
        exists = self._operand(options["exists"])
        then, otherwise = (self._operand(node) for node in choices(options))
        self._after += [
            f"if {exists} is not None and {exists} is not UNDEFINED:",
            *_indented(_unless_undefined(then, self._assign(target, then))),
            "else:",
            *_indented(_unless_undefined(otherwise, self._assign(target, otherwise))),
        ]

    def _assign(self, target: str, variable: str) -> list[str]:
        """Write the assignment of a variable to a target, past its guard if it has one."""
        if target not in self._guarded:
            return [f"{target} = {variable}"]
        guard = self._guarded[target]
        test = guard.condition(variable) or f"{self._bind(guard.passes)}({variable})"
        otherwise = f"elif {variable} is not None:" if guard.drops_null else "else:"
        return [f"if {test}:", f"    {target} = {variable}", otherwise, f"    {_GIVE_UP}"]

    def _assign_null(self, targets: list[str]) -> list[str]:
        """Write the assignment of null to targets: those whose guard drops it are left alone."""
        guards = [self._guarded[target] for target in targets if target in self._guarded]
        if not all(guard.drops_null for guard in guards):
            return [_GIVE_UP]
        plain = [target for target in targets if target not in self._guarded]
        return [f"{' = '.join([*plain, ''])}None"] if plain else ["pass"]

    def _operand(self, node: Any) -> str:
        """Name the variable that holds the value at a path, or a constant."""
        keys = plain_path(node)
        if not keys:
            return self._bind(node)
        if keys not in self._variables:
            self._variables[keys] = f"value_{len(self._variables)}"
            self._place(keys).targets.append(self._variables[keys])
        return self._variables[keys]

    def _bind(self, value: Any) -> str:
        name = f"bound_{len(self._bound)}"
        self._bound[name] = value
        return name

    def _place(self, keys: tuple[str, ...]) -> _Branch:
        place = self._payload
        for key in keys:
            place = place.below.setdefault(key, _Branch())
        return place

    def _walk(self, branch: _Branch, variable: str) -> list[str]:
        """Write the statements that visit what is below a branch, held by a variable."""
        lines = []
        for key, place in branch.below.items():
            lines.append(f"if {key!a} in {variable}:")
            lines += _indented(self._visit(place, f"{variable}[{key!a}]"))
        return lines

    def _visit(self, place: _Branch, value: str) -> list[str]:
        plain = [target for target in place.targets if target not in self._guarded]
        guarded = [target for target in place.targets if target in self._guarded]
        if not place.below and not guarded:
            return [f"{' = '.join(plain)} = {value}"]
        self._branches += 1
        variable = f"at_{self._branches}"
        lines = [f"{' = '.join([variable, *plain])} = {value}"]
        for target in guarded:
            lines += self._assign(target, variable)
        return lines + self._descend(place, variable) if place.below else lines

    def _descend(self, place: _Branch, variable: str) -> list[str]:
        """Write what is done with the places below one whose value is in a variable."""
        return [
            f"if type({variable}) is dict:",
            *_indented(self._walk(place, variable)),
            f"elif {variable} is None:",
            *_indented(self._assign_null(place.targets_below())),
            "else:",
            f"    {_GIVE_UP}",
        ]


def _unless_undefined(variable: str, lines: list[str]) -> list[str]:
    return [f"if {variable} is not UNDEFINED:", *_indented(lines)]


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]
