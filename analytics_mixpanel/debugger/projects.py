"""The projects that the stand-in has, and who may write to them."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Collection, Mapping
from typing import Final, Literal

from attrs import field, frozen

from analytics_mixpanel.debugger import answers
from analytics_mixpanel.debugger.answers import Refused

Merge = Literal["original", "simplified"]

_LONG: Final = 16  # Mixpanel's tokens and secrets have 32 characters


@frozen
class Project:
    """One project's settings.

    Attributes:
        secret: the API secret, or None for a project without.
        service_accounts: user name → secret.
        project_id: asked for with a service account.
        merge: how ids are merged into users: Original or Simplified ID Merge.
        group_keys: those defined in the project's settings, or None to take any; updates of others are
            answered as if they were kept, and shown among the rejections.
    """

    secret: str | None = field(default=None, repr=False)
    service_accounts: Mapping[str, str] = field(factory=dict, repr=False)
    project_id: str | None = None
    merge: Merge = "original"
    group_keys: Collection[str] | None = None


@frozen
class Credentials:
    """What an Authorization header says; a token or a secret is a user without a password."""

    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    scheme: str = ""

    @property
    def kind(self) -> str:
        """Say what they are without saying them."""
        if self.scheme != "basic":
            return self.scheme or "none"
        return "basic: user and password" if self.password else "basic: token or secret"


def read_authorization(header: str) -> Credentials:
    """Read the header's value; what cannot be read is no credentials."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return Credentials(user=value.strip(), scheme=scheme.lower())
    try:
        user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return Credentials()
    return Credentials(user, password, "basic")


@frozen
class Projects:
    """The projects by token; with None every token is a project, and any credentials are good.

    That is meant for development. A secret cannot be told from a token there: events that come with a
    secret and without ``properties.token`` are kept under the name of the secret; with ``masks`` every long
    name is kept as its beginning and a hash of it.
    """

    _known: Mapping[str, Project] | None = None
    _merge: Merge = "original"
    _masks: bool = False

    @property
    def open(self) -> bool:
        """Say whether every token is a project."""
        return self._known is None

    def name(self, token: str) -> str:
        """Give the name that a project is kept under, which is its token or what stands for it."""
        if not self._masks or len(token) < _LONG:
            return token
        return f"{token[:4]}…{hashlib.sha256(token.encode(errors='replace')).hexdigest()[:6]}"

    def find(self, token: str) -> Project | None:
        """Give the project of a token, or None."""
        return Project(merge=self._merge) if self._known is None else self._known.get(token)

    def authenticate(self, header: str, project_id: str = "", api_key: str = "") -> str:
        """Give the token of the project that the credentials of ``/import`` are for.

        Raises:
            Refused: with 401, saying which part is wrong.
        """
        credentials = read_authorization(header)
        if not credentials.scheme:
            credentials = Credentials(user=api_key)
        if not credentials.user:
            raise Refused(401, answers.INVALID_CREDENTIALS)
        if self._known is None:
            return self.name(_open_project(credentials, project_id))
        if credentials.password:
            return self._by_account(self._known, credentials, project_id)
        return self._by_secret(self._known, credentials, project_id)

    @staticmethod
    def _by_secret(known: Mapping[str, Project], credentials: Credentials, project_id: str) -> str:
        for token, project in known.items():
            if credentials.user in (token, project.secret):
                if project_id and project.project_id not in (None, project_id):
                    raise Refused(401, answers.WRONG_PROJECT)
                return token
        raise Refused(401, answers.INVALID_SECRET)

    @staticmethod
    def _by_account(known: Mapping[str, Project], credentials: Credentials, project_id: str) -> str:
        members = {token: p for token, p in known.items() if credentials.user in p.service_accounts}
        if not members:
            raise Refused(401, answers.UNKNOWN_ACCOUNT)
        if not project_id:
            raise Refused(401, answers.NO_PROJECT)
        for token, project in members.items():
            if project.project_id == project_id:
                if project.service_accounts[credentials.user] != credentials.password:
                    raise Refused(401, answers.INVALID_ACCOUNT)
                return token
        raise Refused(401, answers.NOT_A_MEMBER)


def _open_project(credentials: Credentials, project_id: str) -> str:
    """Name the project of whatever credentials, by no more of them than a token or a user's name."""
    if credentials.scheme == "bearer":
        return project_id or "bearer"
    if credentials.password and project_id:
        return project_id
    return credentials.user
