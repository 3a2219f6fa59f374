"""The plugin: constants of the process, added to the context of each call."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Final

from analytics_mixpanel.hookspecs import hookimpl
from analytics_mixpanel_context.application import application
from analytics_mixpanel_context.machine import host, locale, operating_system, runtime, timezone

if TYPE_CHECKING:
    from analytics_mixpanel.client import Client
    from analytics_mixpanel.message import Message

#: A context with one of these tells of the user's own device.
_OF_A_DEVICE: Final = frozenset({"device", "ip", "os", "page", "userAgent", "userAgentData"})
#: What would then be taken for that device's.
_OF_THE_MACHINE: Final = frozenset({"host", "locale", "os", "timezone"})

_READ: Final[dict[str, Callable[[], Any]]] = {
    "runtime": runtime,
    "os": operating_system,
    "timezone": timezone,
    "locale": locale,
    "host": host,
}


class Context:
    """Add to each call's context what is the same for all of them: read once, when the plugin is registered.

    What the call or a scope gives wins. A message whose context tells of the user's device, as within a web
    request, gets nothing of this machine: its system, language and timezone are not the user's. A message
    that another library made is left alone.

    Args:
        app_name: ``context.app.name``; else the distribution's name.
        app_version: ``context.app.version``; else the distribution's.
        distribution: the installed distribution that is the application; else the one called ``app_name``.
        runtime: whether to add ``runtime``, the Python that runs.
        os: whether to add ``os``, Mixpanel's ``$os`` and ``$os_version``.
        timezone: whether to add ``timezone``.
        locale: whether to add ``locale``, Mixpanel's ``$locale``.
        host: whether to add the machine's name as ``host``.

    Raises:
        ConfigurationError: the distribution is not installed, or a name is no str.
    """

    name: ClassVar[str] = "Context"

    def __init__(
        self,
        *,
        app_name: str | None = None,
        app_version: str | None = None,
        distribution: str | None = None,
        runtime: bool = True,
        os: bool = True,
        timezone: bool = True,
        locale: bool = True,
        host: bool = False,
    ) -> None:
        self._app = application(app_name, app_version, distribution)
        self._wanted = {"runtime": runtime, "os": os, "timezone": timezone, "locale": locale, "host": host}
        self._libraries: tuple[Any, ...] = ()
        self._constants: dict[str, Any] = {}
        self._of_the_app: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"Context(adds={sorted(self._constants)})"

    @hookimpl
    def startup(self, client: Client) -> None:
        """Read what is constant."""
        self._libraries = (*self._libraries, client.library)
        facts = {name: read() for name, read in _READ.items() if self._wanted[name]}
        facts["app"] = self._app
        self._constants = {name: fact for name, fact in facts.items() if fact}
        self._of_the_app = {
            name: fact for name, fact in self._constants.items() if name not in _OF_THE_MACHINE
        }

    @hookimpl
    def capture(self, message: Message) -> None:
        """Add them."""
        context = message.get("context")
        if not context or context.get("library") not in self._libraries:
            return
        constants = self._constants if _OF_A_DEVICE.isdisjoint(context) else self._of_the_app
        message["context"] = {**constants, **context}
