"""Files that people send: judged by what is in them, never by their name or by what the browser says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.utils.translation import gettext as _

from events.uploads import office, pdf, pictures, texts
from events.uploads.kinds import ACCEPT, KINDS
from events.uploads.names import safe_name
from events.uploads.refusal import UploadError

__all__ = ["ACCEPT", "KINDS", "Taken", "UploadError", "safe_name", "take"]

_OLD_OFFICE = b"\xd0\xcf\x11\xe0"  # .doc, .xls and .ppt, and newer files with a password


@dataclass(frozen=True)
class Taken:
    """A file that was found to be good: what it is, its name for readers, and what is to be kept."""

    kind: str
    name: str
    content: File[Any]
    size: int


def take(file: File[Any]) -> Taken:
    """Judge an uploaded file; a picture is drawn anew, without what the camera wrote into it.

    Raises UploadError, with a sentence that says what to do, for a file that is empty, too large or of a kind that is
    not taken.
    """
    size, name = file.size or 0, file.name or ""
    if not size:
        raise UploadError(_("This file is empty. Choose another file."))
    if size > settings.LARGEST_FILE:
        raise UploadError(_("Choose a file of at most %(size)s MB.") % {"size": settings.LARGEST_FILE // 1_000_000})
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    if kind := pictures.kind_of(head):
        file = ContentFile(pictures.drawn(file, kind))
    else:
        kind = _kind(file, head)
    file.seek(0)
    return Taken(kind, safe_name(name, kind), file, file.size or 0)


def _kind(file: File[Any], head: bytes) -> str:
    if head.startswith(b"PK\x03\x04"):
        return office.kind_of(file)
    if head.startswith(_OLD_OFFICE):
        raise UploadError(_("This file has an old form or a password. Save it as .docx, .xlsx, .pptx or PDF."))
    content = file.read()
    if head.startswith(b"%PDF-"):
        pdf.check(content)
        return "pdf"
    texts.check(content)
    return "txt"
