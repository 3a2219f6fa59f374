"""Mixpanel's test of credentials, ``/api/app/validate-project-credentials/``.

Its address and what it is asked are known from Segment's code (action-destinations, ``testAuthentication``),
as is that an answer has ``status``, and ``error`` where it is not "ok"; the rest of the bodies is ours.
"""

from __future__ import annotations

from typing import Any, Final

import orjson
from attrs import frozen
from starlette.requests import Request
from starlette.responses import Response

from analytics_mixpanel.debugger import answers
from analytics_mixpanel.debugger.answers import Refused
from analytics_mixpanel.debugger.bodies import read_body
from analytics_mixpanel.debugger.projects import Projects

PATH: Final = "/api/app/validate-project-credentials/"
_MOST_BYTES: Final = 10_000


@frozen
class Validation:
    """Says whether a token is a project's, and a secret its own."""

    _projects: Projects

    async def __call__(self, request: Request) -> Response:
        """Answer one request.

        Raises:
            Refused: 400 for what cannot be read, 401 for wrong credentials.
        """
        asked = _read(await read_body(request, _MOST_BYTES))
        token, secret = asked.get("project_token"), asked.get("api_secret")
        project = self._projects.find(token) if isinstance(token, str) and token else None
        if project is None:
            raise Refused(401, answers.INVALID_CREDENTIALS)
        if secret is not None and not self._projects.open and secret != project.secret:
            raise Refused(401, answers.INVALID_SECRET)
        return answers.as_json({"status": "ok", "results": {"valid": True}})


def _read(body: bytes) -> dict[str, Any]:
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refused(400, answers.MALFORMED) from None
    if not isinstance(asked, dict) or "project_token" not in asked:
        raise Refused(400, answers.MALFORMED)
    return asked
