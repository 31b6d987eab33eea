"""A scanned letter as a PDF: judged by what is in the file, never by its name."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LARGEST_SCAN = 10_000_000  # bytes
# A scan does nothing by itself. Names may be written with #xx; what is packed in streams is not looked into.
_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA)(?![A-Za-z0-9])")
_STREAM, _STREAM_ENDS = re.compile(rb"(?<!end)stream\r?\n"), b"endstream"
_END_WITHIN = 1024


class ScannedLetter(forms.FileField):
    """One PDF that is only to be read."""

    widget = forms.FileInput(attrs={"accept": ".pdf,application/pdf"})
    default_error_messages = {
        "required": _("Choose the letter as a PDF file"),
        "missing": _("Choose the letter as a PDF file"),
        "invalid": _("Choose the letter as a PDF file"),
        "empty": _("This file is empty. Choose the letter as a PDF file"),
        "large": _("Choose a PDF file of at most 10 MB"),
        "kind": _("This file is no PDF. Scan or save the letter as a PDF file"),
        "locked": _("This PDF has a password. Save it without one"),
        "active": _("This PDF holds programs or other files. Print the letter to a new PDF file"),
    }

    def to_python(self, data: Any) -> Any:
        """The uploaded file, read and found to be a plain PDF."""
        scan = super().to_python(data)
        if scan is None:
            return None
        if scan.size > LARGEST_SCAN:
            raise ValidationError(self.error_messages["large"], code="large")
        content = scan.read()
        scan.seek(0)
        if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-_END_WITHIN:]:
            raise ValidationError(self.error_messages["kind"], code="kind")
        plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes.fromhex(found[1].decode()), self._opened(content))
        if b"/Encrypt" in plain:
            raise ValidationError(self.error_messages["locked"], code="locked")
        if _ACTIVE.search(plain):
            raise ValidationError(self.error_messages["active"], code="active")
        return scan

    def _opened(self, content: bytes) -> bytes:
        """What stands outside the streams. A stream without an end is refused: the file is read once, never again."""
        parts, at = [], 0
        while begins := _STREAM.search(content, at):
            ends = content.find(_STREAM_ENDS, begins.end())
            if ends < 0:
                raise ValidationError(self.error_messages["kind"], code="kind")
            parts.append(content[at : begins.start()])
            at = ends + len(_STREAM_ENDS)
        return b"".join([*parts, content[at:]])
