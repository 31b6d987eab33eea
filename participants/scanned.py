"""A scanned letter as a PDF: judged by what is in the file, never by its name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.uploads import pdf

LARGEST_SCAN = 10_000_000  # bytes


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
        if fault := pdf.fault_of(content):
            raise ValidationError(self.error_messages[fault], code=fault)
        return scan
