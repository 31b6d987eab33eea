"""Plain text: what any program shows as letters and nothing else."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from events.uploads.refusal import UploadError

_PAGE = re.compile(r"<(?:!doctype|\?xml|html|head|body|script|svg|iframe|object|embed|style|meta)\b", re.IGNORECASE)


def check(content: bytes) -> None:
    """Raise UploadError for everything but readable text in UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UploadError(_unknown()) from None
    if any(unicodedata.category(c) == "Cc" and c not in "\t\n\r\f" for c in set(text)):
        raise UploadError(_unknown())
    if text.startswith(("#!", "{\\rtf", "%!")) or _PAGE.search(text):
        raise UploadError(_("This file is a web page, a drawing or a program. Save it as a PDF file."))
    if not text.strip():
        raise UploadError(_("This file is empty. Choose another file."))


def _unknown() -> str:
    return _(
        "This kind of file is not taken. Choose a PDF file, a .docx, .xlsx or .pptx file, an OpenDocument file,"
        " a picture (JPEG, PNG, WebP) or plain text in UTF-8."
    )
