"""Scripts and styles: the files of one folder, read once.

The styles are in each page, so that nothing has to be fetched before it can be shown. Scripts have the
version of the whole folder in their address: browsers keep them, and load what they import beside them.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from analytics_mixpanel.debugger.desk import Desk

_FOLDER: Final = Path(__file__).parent / "static"
_KINDS: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_SHEETS: Final = ("base", "list", "record", "tester")
_IMPORT: Final = re.compile(r'^import .* from "\./(\w+)\.js";$', re.MULTILINE)
_FOR_EVER: Final = "private, max-age=31536000, immutable"

_FILES: Final = {file.name: file.read_bytes() for file in sorted(_FOLDER.iterdir())}
_VERSION: Final = hashlib.sha256(b"".join(_FILES.values())).hexdigest()[:12]
#: Address of the folder, without a trailing slash.
FOLDER: Final = f"/debugger/static/{_VERSION}"
_SHEET: Final = b"\n".join(_FILES[f"{name}.css"] for name in _SHEETS).decode()
#: All the styles: our own files, not escaped.
STYLES: Final = Markup(_SHEET)  # noqa: S704
#: What a Content-Security-Policy calls them.
STYLE_SOURCE: Final = f"'sha256-{b64encode(hashlib.sha256(_SHEET.encode()).digest()).decode()}'"


def imported(scripts: Iterable[str]) -> list[str]:
    """Give the names of what scripts import, and of what that imports, each once and without ``.js``."""
    found: list[str] = []
    waiting = list(scripts)
    while waiting:
        text = _FILES[f"{waiting.pop()}.js"].decode()
        new = [name for name in _IMPORT.findall(text) if name not in found]
        found += new
        waiting += new
    return found


def routes(_: Desk) -> list[BaseRoute]:
    """Give the address of the files."""

    async def give(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _FILES:
            return PlainTextResponse("there is no such file\n", 404)
        lasts = request.path_params["version"] == _VERSION
        headers = {"Cache-Control": _FOR_EVER} if lasts else None
        return Response(_FILES[name], media_type=_KINDS[Path(name).suffix], headers=headers)

    return [Route("/debugger/static/{version}/{name}", give)]
