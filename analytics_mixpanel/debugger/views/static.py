"""Scripts and styles: the files of one folder, read once."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from analytics_mixpanel.debugger.desk import Desk

_FOLDER: Final = Path(__file__).parent / "static"
_KINDS: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def routes(_: Desk) -> list[BaseRoute]:
    """Give the address of the files."""
    files = {file.name: (file.read_bytes(), _KINDS[file.suffix]) for file in _FOLDER.iterdir()}

    async def give(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in files:
            return PlainTextResponse("there is no such file\n", 404)
        content, kind = files[name]
        return Response(content, media_type=kind)

    return [Route("/debugger/static/{name}", give)]
