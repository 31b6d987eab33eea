"""The form field that takes a file of any kind that is taken."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.uploads import Taken, UploadError, take
from events.uploads.kinds import ACCEPT


class Upload(forms.FileField):
    """One file, judged by its content. Its clean value is a Taken."""

    widget = forms.FileInput(attrs={"accept": ACCEPT})
    default_error_messages = {
        "required": _("Choose the file."),
        "missing": _("Choose the file."),
        "invalid": _("Choose the file."),
        "empty": _("This file is empty. Choose another file."),
    }

    def to_python(self, data: Any) -> Taken | None:  # type: ignore[override]
        """The file, read and found to be good."""
        file = super().to_python(data)
        if file is None:
            return None
        try:
            return take(file)
        except UploadError as error:
            raise ValidationError(str(error), code="refused") from None
