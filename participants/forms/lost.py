"""The form that asks for a lost link."""

from django import forms
from django.utils.translation import gettext_lazy as _

from participants.forms.plain import PlainForm
from participants.typed import Address


class LostForm(PlainForm):
    """Where to send the link again."""

    email = Address(
        label=_("E-mail"),
        help_text=_("The address that you registered with"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )
