"""What the contact of a delegation fills in: people, letters, lists."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone as clock
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from participants.forms.plain import PlainForm, unspelled
from participants.models import Nomination, NominationLetter
from participants.nomination_lists import MOST_PEOPLE, Understood, judged, understand
from participants.scanned import ScannedLetter
from participants.spreadsheets import LARGEST, UnreadableError, read_table
from participants.typed import Address, Line


def _limit(model: Any, name: str) -> int:
    return int(model._meta.get_field(name).max_length)


class PersonForm(PlainForm):
    """Somebody whom the delegation sends."""

    name = Line(
        label=_("Name"),
        help_text=_("Given names and family name"),
        limit=_limit(Nomination, "name"),
        ask=_("Write the name of the person"),
        widget=unspelled(autocomplete="off"),
    )
    email = Address(
        label=_("E-mail"),
        help_text=_("We send the registration form to this address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].error_messages["required"] = _("Write the e-mail address of the person")
        self.helper.layout = Layout(*self.fields)


class NominationForm(PersonForm):
    """A new nomination."""

    is_head = forms.BooleanField(label=_("This person is the head of the delegation"), required=False)


class CorrectionForm(PersonForm):
    """A correction, with what the writer saw: what somebody else wrote meanwhile is not written over."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, nomination: Nomination, *args: Any, **kwargs: Any) -> None:
        seen = seen_of(nomination)
        kwargs["initial"] = {"name": nomination.name, "email": nomination.email, "seen": seen}
        super().__init__(*args, **kwargs)

    def show_for(self, nomination: Nomination) -> None:
        """Answer to the nomination as it is now: sent again, the same answers are written over it."""
        answers: Any = self.data
        answers = answers.copy()
        answers["seen"] = seen_of(nomination)
        self.data = answers


def seen_of(nomination: Nomination) -> str:
    """What stands for the name and address that a form shows."""
    return hashlib.sha256(f"{nomination.name}\n{nomination.email}".encode()).hexdigest()


class LetterForm(PlainForm):
    """A letter that names several people."""

    reference = Line(
        label=_("Reference of the letter"),
        help_text=_("The number that your office gave it, for example: 12-345/2"),
        limit=_limit(NominationLetter, "reference"),
        ask=_("Write the reference of the letter"),
        widget=unspelled(autocomplete="off"),
    )
    date = forms.DateField(
        label=_("Date of the letter"),
        help_text=_("Year, month and day, for example: 2026-03-31"),
        input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%Y."],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": _("Write the date of the letter"),
            "invalid": _("Write the date like 2026-03-31"),
        },
    )
    scan = ScannedLetter(label=_("The letter"), help_text=_("One PDF file of at most 10 MB"))
    nominations = forms.TypedMultipleChoiceField(
        label=_("People whom the letter names"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose the people whom the letter names"),
            "invalid_choice": _("Choose people from the list"),
        },
    )

    def __init__(self, nominations: list[Nomination], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_key = {str(one.pk): one for one in nominations}
        field: Any = self.fields["nominations"]
        field.choices = [(key, one.name) for key, one in by_key.items()]
        field.coerce = by_key.__getitem__
        self.helper.layout = Layout(*self.fields)

    def clean_date(self) -> dt.date:
        """A day on which a letter can have been written."""
        date: dt.date = self.cleaned_data["date"]
        if not dt.date(1990, 1, 1) <= date <= clock.now().date() + dt.timedelta(days=1):
            raise ValidationError(_("Write the day on which the letter was signed"))
        return date


class ListForm(PlainForm):
    """A table of people to nominate."""

    table = forms.FileField(
        label=_("The table"),
        help_text=_("One .xlsx or .csv file of at most 2 MB"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": _("Choose the table"),
            "missing": _("Choose the table"),
            "invalid": _("Choose the table"),
            "empty": _("This file is empty. Choose the table"),
        },
    )

    def __init__(self, nominated: list[Nomination], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.nominated = nominated
        self.people: list[Understood] = []
        self.helper.layout = Layout(*self.fields)

    def clean_table(self) -> Any:
        """The file, read; the people are then in `people`."""
        table = self.cleaned_data["table"]
        try:
            if table.size > LARGEST:
                raise UnreadableError(gettext("Choose a file of at most 2 MB."))
            self.people = understand(read_table(table.read()), self.nominated)
        except UnreadableError as error:
            raise ValidationError(str(error)) from error
        return table


def packed(people: list[Understood]) -> str:
    """The people of a list that was shown and can be nominated, to come back with the second press."""
    return json.dumps([[one.number, one.name, one.email, one.is_head] for one in people if one.is_new])


def unpacked(text: str, nominated: list[Nomination]) -> list[Understood] | None:
    """The people that came back, judged again; None for what no page of ours sent."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_PEOPLE or not all(map(_is_row, rows)):
        return None
    return judged([tuple(row) for row in rows], nominated)


def _is_row(row: Any) -> bool:
    if not isinstance(row, list) or [type(one) for one in row] != [int, str, str, bool]:
        return False
    return 0 < row[0] < 1_000_000
