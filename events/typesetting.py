"""PDF by typst: a template of ours, filled with values that stay values."""

from __future__ import annotations

import json
from typing import Any

import fontpkg_noto_sans
import typst
from django.conf import settings

TEMPLATES = settings.BASE_DIR / "templates" / "papers"
FONTS = typst.Fonts(
    include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fontpkg_noto_sans.ROOT / "files")]
)


def pdf(template: str, content: dict[str, Any], *, title: str) -> bytes:
    """The paper as a file. `content` comes to the template as one JSON text, so that nothing in it is markup."""
    return _drawn(template, content, title, format="pdf")


def pictures(template: str, content: dict[str, Any], *, title: str) -> list[bytes]:
    """The pages of the same paper as PNG."""
    drawn = _drawn(template, content, title, format="png")
    return drawn if isinstance(drawn, list) else [drawn]


def _drawn(template: str, content: dict[str, Any], title: str, **form: Any) -> Any:
    inputs = {"content": json.dumps(content | {"title": title}, ensure_ascii=False)}
    compiler = typst.Compiler(str(TEMPLATES / template), root=str(TEMPLATES), font_paths=FONTS, sys_inputs=inputs)
    return compiler.compile(**form)
