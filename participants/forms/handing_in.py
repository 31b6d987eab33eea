"""What a speaker hands in, and how every form of ours takes a file."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from events.uploads.field import Upload
from participants.forms.plain import PlainForm


class HandInForm(PlainForm):
    """One file, its language, and whether it may be published."""

    file = Upload(
        label=_("Your presentation"),
        help_text=_(
            "PDF, .pptx, .odp or another Office file, a picture (JPEG, PNG, WebP) or plain text. At most 25 MB."
        ),
    )
    language = forms.ChoiceField(
        label=_("Language of the presentation"),
        choices=settings.LANGUAGES,
        error_messages={"required": _("Choose the language"), "invalid_choice": _("Choose a language from the list")},
    )
    may_publish = forms.BooleanField(label=_("The workshop may publish this file on its website"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(*self.fields)
