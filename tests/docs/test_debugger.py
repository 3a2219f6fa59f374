"""The page on the debugger: its pictures are there, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "debugger.md").read_text(encoding="utf-8")


def test_every_picture_is_there_in_both_themes() -> None:
    """Each view is shown in light and in dark, and no picture is left over."""
    light, dark = (set(re.findall(rf"images/([\w-]+)-{scheme}.png", PAGE)) for scheme in ("light", "dark"))
    found = {file.stem.rpartition("-")[0] for file in (DOCS / "images").glob("debugger-*.png")}

    assert light == dark == found


def test_links_lead_somewhere() -> None:
    """To pages that exist."""
    for target in re.findall(r"\]\(([\w.-]+\.md)", PAGE):
        assert (DOCS / target).exists(), target
