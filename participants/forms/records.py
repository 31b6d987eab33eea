"""What the host of a visit asks of a participant, and why staff look at it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone as clock
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.models import FieldVisit
from participants import nationalities
from participants.forms.plain import PlainForm, unspelled
from participants.records import DOCUMENT_TYPES, LONGEST_REASON
from participants.typed import Line, Paragraph
from participants.visit_places import record_asked

EARLIEST_BIRTH, LATEST_EXPIRY = dt.date(1900, 1, 1), dt.date(2199, 12, 31)
_NUMBER = re.compile(r"[A-Z0-9](?:[A-Z0-9 /.-]*[A-Z0-9])?")


def _unkept(field: Any) -> Any:
    """The browser keeps nothing of it for the next form."""
    field.widget.attrs |= {"autocomplete": "off"}
    return field


class Day(forms.DateField):
    """One day; without a calendar in the browser it is typed as year-month-day."""

    def __init__(self, *, ask: Any, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d. %m. %Y"], **kwargs)
        self.error_messages |= {"required": ask, "invalid": _("Write the date like 2031-05-28")}


class DocumentNumber(Line):
    """The number of a travel document: Latin letters and digits, as its machine-readable line has them."""

    def to_python(self, value: Any) -> str:
        """In capital letters; signs between the groups stay as typed."""
        number = super().to_python(value).upper()
        if number and (not _NUMBER.fullmatch(number) or sum(char.isalnum() for char in number) < 4):
            raise ValidationError(_("Write the number with the letters A to Z and digits, like BA0123456"))
        return number


class RecordForm(PlainForm):
    """Exactly what the host of that visit asks. It starts empty, also where a record is saved already."""

    nationality = forms.ChoiceField(
        label=_("Nationality"),
        help_text=_("As on the document that you bring"),
        error_messages={"required": _("Choose your nationality"), "invalid_choice": _("Choose your nationality")},
    )
    document_type = forms.ChoiceField(
        label=_("Document that you bring"),
        choices=list(DOCUMENT_TYPES.items()),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose passport or identity card"),
            "invalid_choice": _("Choose passport or identity card"),
        },
    )
    document_number = DocumentNumber(
        label=_("Number of the document"), limit=30, ask=_("Write the number of the document"), widget=unspelled()
    )
    document_expiry = Day(
        label=_("The document is valid until"),
        help_text=_("If it has no end, write 2199-12-31"),
        ask=_("Write until when the document is valid"),
    )
    birth_date = Day(label=_("Date of birth"), ask=_("Write your date of birth"))
    emergency_contact = Paragraph(
        label=_("Person to call in an emergency"),
        help_text=_("Name and phone number with + and the international code"),
        limit=300,
        ask=_("Write a name and a phone number for an emergency"),
    )
    sizes = Line(
        label=_("Your sizes of clothes and shoes"),
        help_text=_("For example: clothes L, shoes 43"),
        limit=100,
        ask=_("Write your sizes of clothes and shoes"),
    )

    def __init__(self, visit: FieldVisit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.visit = visit
        wanted = record_asked(visit)
        self.fields = {name: _unkept(field) for name, field in self.fields.items() if name in wanted}
        if "nationality" in self.fields:
            ask = ("", _("Choose your nationality"))
            self.fields["nationality"].choices = [ask, *nationalities.choices()]  # type: ignore[attr-defined]
        self.helper.layout = Layout(*self.fields)

    def clean_document_expiry(self) -> dt.date:
        """Still valid on the day of the visit."""
        expiry: dt.date = self.cleaned_data["document_expiry"]
        day = self.visit.session.day or clock.now().date()
        if expiry < day:
            told = gettext("The document must be valid on the day of the visit, %(day)s. Write another document")
            raise ValidationError(told % {"day": date_format(day)})
        if expiry > LATEST_EXPIRY:
            raise ValidationError(_("Write the date like 2031-05-28"))
        return expiry

    def clean_birth_date(self) -> dt.date:
        """A day on which somebody who lives was born."""
        birth: dt.date = self.cleaned_data["birth_date"]
        if not EARLIEST_BIRTH <= birth < clock.now().date():
            raise ValidationError(_("Write the date on which you were born, like 1980-05-28"))
        return birth


class ReasonForm(PlainForm):
    """Why a visit officer opens a record or takes out the host list."""

    reason = Line(
        label=_("Why do you need it?"),
        help_text=_("It is written into the list of looks, which the secretariat reads too"),
        limit=LONGEST_REASON,
        ask=_("Write why you need it"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
