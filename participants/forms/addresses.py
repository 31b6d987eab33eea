"""The form for another e-mail address."""

from django import forms
from django.utils.translation import gettext_lazy as _

from participants.forms.plain import PlainForm
from participants.typed import Address


class AddressForm(PlainForm):
    """The address that a person wants us to use from now on."""

    email = Address(
        label=_("New e-mail address"),
        help_text=_("We send a link to this address. It counts when you confirm it there"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}),
    )
