"""Plugins of one client: finding, registering and ordering them. The only code that touches pluggy.

pluggy calls the last registered first, gives every implementation the same value and stops at the first
exception. A message has to pass through the plugins in their order, each seeing what the one before made of
it. So the message path runs over tuples of plain callables, which a registration replaces as a whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any, Final

import pluggy
from attrs import frozen

from analytics_mixpanel import hookspecs
from analytics_mixpanel.delivery import Batch, Outcome
from analytics_mixpanel.discovery import installed_plugins, instance_of
from analytics_mixpanel.errors import ConfigurationError, NotConfigured, PluginError
from analytics_mixpanel.hooks import Hook
from analytics_mixpanel.hookspecs import PROJECT
from analytics_mixpanel.journal import log, place_of

DISABLE_VARIABLE: Final = "ANALYTICS_MIXPANEL_DISABLE"


@frozen
class Destination:
    """A plugin that delivers.

    Attributes:
        name: the name it was registered under.
        answers_to: the names by which a message's ``integrations`` may speak of it.
        project_key: tells the project that it delivers to from others; no secret can be read from it.
    """

    name: str
    answers_to: frozenset[str]
    deliver: Callable[[Batch], Outcome | None]
    project_key: str = ""


class Plugins:
    """The plugins of one client.

    Args:
        client: what ``startup`` is given.
        disable: names never to be registered; those in ANALYTICS_MIXPANEL_DISABLE are added.
    """

    def __init__(self, client: object, disable: Iterable[str] = ()) -> None:
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(hookspecs)
        self._order: list[str] = []
        self._installed: set[str] = set()
        self.not_configured: list[str] = []
        for name in (*disable, *os.environ.get(DISABLE_VARIABLE, "").split(",")):
            if name.strip():
                self._manager.set_blocked(name.strip())
        self._manager.hook.startup.call_historic(kwargs={"client": client})
        self._read_hooks()

    @property
    def names(self) -> tuple[str, ...]:
        """The registered plugins, in their order."""
        return tuple(self._order)

    def types(self) -> dict[str, str]:
        """The registered plugins in their order: by name, the module and class of each."""
        found = ((name, type(self._manager.get_plugin(name))) for name in self._order)
        return {name: f"{kind.__module__}.{kind.__qualname__}" for name, kind in found}

    def order(self) -> dict[str, list[str]]:
        """For each hook, the names of the plugins that it calls, in that order."""
        names = [name for name, each in vars(hookspecs).items() if hasattr(each, f"{PROJECT}_spec")]
        return {name: [hook.plugin for hook in self._hooks(name)] for name in names}

    def register(self, plugin: object, name: str | None = None) -> Destination | None:
        """Start a plugin; its destination if it delivers.

        Raises:
            PluginError: a class instead of an instance, a misspelt hook, a wrapper, a taken name.
            Exception: whatever its ``startup`` raised; the plugin is not registered then.
        """
        if isinstance(plugin, type):
            raise PluginError(f"register an instance, {plugin.__name__}(...), not the class")
        name = name or plugin_name(plugin)
        if self._manager.is_blocked(name):
            return None
        if name in self._order:
            raise PluginError(f"there is a plugin called {name!r}; name this one: register(plugin, name=...)")
        if twin := next((other for other, each in self._manager.list_name_plugin() if each == plugin), None):
            raise PluginError(f"{name} equals the plugin {twin!r}: pass another, or define it with eq=False")
        try:
            self._manager.register(plugin, name)
            self._check(plugin, name)
        except Exception as error:
            if self._manager.has_plugin(name):  # older pluggys leave the name of a failed one behind
                self._manager.unregister(name=name)
            if isinstance(error, pluggy.PluginValidationError):
                raise PluginError(f"{name}: {error}") from None
            raise
        self._order.append(name)
        self._read_hooks()
        delivers = [hook for hook in self._hooks("deliver") if hook.plugin == name]
        answers_to = frozenset({name, *getattr(plugin, "integration_names", ())})
        project_key = str(getattr(plugin, "project_key", ""))
        return Destination(name, answers_to, delivers[0].call, project_key) if delivers else None

    def _check(self, plugin: object, name: str) -> None:
        callers = self._manager.get_hookcallers(plugin) or []
        if not callers:
            raise PluginError(f"{name} implements no hook; mark its methods with @hookimpl")
        for caller in callers:
            for each in caller.get_hookimpls():
                if each.plugin is plugin and (each.hookwrapper or each.wrapper):
                    raise PluginError(f"{name}.{caller.name} is a wrapper; use tryfirst or trylast instead")
        self._manager.check_pending()

    def register_installed(self, taken: Iterable[str] = ()) -> list[Destination]:
        """Start the installed plugins whose names are not taken.

        One that is not configured, or is broken, is left out by itself; a wrong setting is raised.
        """
        skipped = {*taken, *self._order}
        destinations = []
        for name, load in installed_plugins(lambda name: name in skipped or self._manager.is_blocked(name)):
            try:
                destination = self.register(instance_of(load()), name)
            except NotConfigured as error:
                self.not_configured.append(str(error))
            except ConfigurationError:
                raise
            except Exception as error:  # noqa: BLE001 - somebody's plugin must not stop the application
                log.warning("the installed plugin %s was left out: %s", name, place_of(error))
            else:
                self._installed.add(name)
                destinations += [destination] if destination else []
        return destinations

    def unregister_installed(self, name: str) -> bool:
        """Take out an installed plugin, to make place for the application's own; False if there is none."""
        if name not in self._installed:
            return False
        self._installed.discard(name)
        self._manager.unregister(name=name)
        self._order.remove(name)
        self._read_hooks()
        return True

    def _read_hooks(self) -> None:
        self.capture = self._hooks("capture")
        self.redact = self._hooks("redact")
        self.captured = self._hooks("captured")
        self.enrich = self._hooks("enrich")
        self.delivered = self._hooks("delivered")
        self.rejected = self._hooks("rejected")
        self.dropped = self._hooks("dropped")
        self.flush = self._hooks("flush")
        self.shutdown = self._hooks("shutdown")

    def _hooks(self, name: str) -> tuple[Hook, ...]:
        """Implementations of a hook: ``tryfirst`` ones, then as registered, then ``trylast`` ones."""
        caller = getattr(self._manager.hook, name)

        def place(each: pluggy.HookImpl) -> tuple[int, int]:
            return each.trylast - each.tryfirst, self._order.index(each.plugin_name)

        known = [each for each in caller.get_hookimpls() if each.plugin_name in self._order]
        arguments = caller.spec.argnames
        return tuple(Hook(each.plugin_name, _with(each, arguments)) for each in sorted(known, key=place))


def plugin_name(plugin: object) -> str:
    """The name that a plugin gives itself, else that of its class."""
    name = getattr(plugin, "name", None)
    return name if isinstance(name, str) and name else type(plugin).__name__


def _with(each: pluggy.HookImpl, arguments: tuple[str, ...]) -> Callable[..., Any]:
    """The implementation as a callable of all the hook's arguments, whichever it takes."""
    if tuple(each.argnames) == tuple(arguments):
        return each.function
    function = each.function
    places = [arguments.index(name) for name in each.argnames]
    return lambda *values: function(*(values[place] for place in places))
