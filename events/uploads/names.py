"""Names of files for readers: as they were where that is safe, on every system."""

from __future__ import annotations

import re
import unicodedata

from events.text import clean_line, has_visible

LONGEST_NAME = 120  # characters, with the ending
LONGEST_BYTES = 200  # a name of a file has at most 255 in UTF-8; a bundle may add a number
_FORBIDDEN = re.compile(r'[<>:"/\\|?*%;]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?\Z", re.IGNORECASE)
_SAME = {"jpg": ("jpg", "jpeg")}


def safe_name(name: str, kind: str) -> str:
    """The name without folders, signs that turn a line around or that a system forbids, with the ending of its kind."""
    plain = clean_line(re.split(r"[/\\]", name)[-1])
    plain = "".join(c for c in plain if unicodedata.category(c) != "Cf")
    plain = _FORBIDDEN.sub("-", plain)
    stem, dot, ending = plain.rpartition(".")
    if not dot or ending.casefold() not in _SAME.get(kind, (kind,)):
        stem = plain
    stem = shortened(stem, len(kind) + 1).strip(" .")
    if not has_visible(stem):
        stem = "document"
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    return f"{stem}.{kind}"


def shortened(stem: str, ending: int) -> str:
    """As much of a name as leaves room for an ending of that many letters; no letter loses its accents alone."""
    stem = stem[: LONGEST_NAME - ending]
    while len(stem.encode()) > LONGEST_BYTES - ending:
        stem = stem[:-1]
    return stem
