"""PDF files that are only to be read."""

from __future__ import annotations

import io
import re
import zipfile

from django.utils.translation import gettext as _

from events.uploads.refusal import UploadError

# A paper does nothing by itself. Names may be written with #xx; what is packed in streams is not looked into.
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)(?![A-Za-z0-9])")
_STREAM, _STREAM_ENDS = re.compile(rb"(?<!end)stream\r?\n"), b"endstream"
_END_WITHIN = 1024


def check(content: bytes) -> None:
    """Raise UploadError for what is no PDF, has a password, or does more than to be read."""
    told = {
        "kind": _("This file is no whole PDF. Save it as a PDF file again."),
        "locked": _("This PDF has a password. Save it without one."),
        "active": _("This PDF holds programs or other files. Print it to a new PDF file."),
    }
    if fault := fault_of(content):
        raise UploadError(told[fault])


def fault_of(content: bytes) -> str:
    """ "kind", "locked" or "active"; empty for a plain PDF. A PDF that is an archive as well is none."""
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-_END_WITHIN:]:
        return "kind"
    opened = _opened(content)
    if opened is None or zipfile.is_zipfile(io.BytesIO(content)):
        return "kind"
    plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes.fromhex(found[1].decode()), opened)
    if b"/Encrypt" in plain:
        return "locked"
    return "active" if _ACTIVE.search(plain) else ""


def _opened(content: bytes) -> bytes | None:
    """What stands outside the streams. None for a stream without an end: the file is read once, never again."""
    parts, at = [], 0
    while begins := _STREAM.search(content, at):
        ends = content.find(_STREAM_ENDS, begins.end())
        if ends < 0:
            return None
        parts.append(content[at : begins.start()])
        at = ends + len(_STREAM_ENDS)
    return b"".join([*parts, content[at:]])
