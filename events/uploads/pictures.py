"""Pictures drawn anew: what is kept holds the picture and nothing else, no place, no camera, no second file."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from events.uploads.refusal import UploadError

MOST_PIXELS = 50_000_000
LONGEST_SIDE = 4096
_FORMATS = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}
_WRITTEN: dict[str, dict[str, Any]] = {
    "jpg": {"quality": 88, "optimize": True, "progressive": True},
    "png": {"optimize": False},
    "webp": {"quality": 88},
}


def kind_of(head: bytes) -> str:
    """The kind of picture that begins like this; empty for none."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    return "webp" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else ""


def drawn(file: File[Any], kind: str) -> bytes:
    """The first picture of the file, upright, of bounded size, in the same format. Raises UploadError."""
    try:
        with Image.open(file, formats=[_FORMATS[kind]]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise UploadError(_too_many())
            return _written(picture, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UploadError(_too_many()) from None
    except UploadError:
        raise
    except Exception:  # what a damaged picture makes Pillow raise is no closed list
        raise UploadError(_("This picture is damaged. Save it again, or choose another.")) from None


def _written(picture: Image.Image, kind: str) -> bytes:
    if kind == "jpg":
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # decodes a large picture in a smaller size at once
    upright = ImageOps.exif_transpose(picture)
    has_gaps = kind != "jpg" and ("A" in upright.getbands() or "transparency" in upright.info)
    plain = upright.convert("RGBA" if has_gaps else "RGB")
    plain.info.clear()  # comments, profiles and places, which saving would write again
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    written = io.BytesIO()
    plain.save(written, _FORMATS[kind], **_WRITTEN[kind])
    return written.getvalue()


def _too_many() -> str:
    return _("This picture has more than %(pixels)s million pixels. Save a smaller one.") % {
        "pixels": MOST_PIXELS // 1_000_000
    }
