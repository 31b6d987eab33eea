"""What people say of themselves, and its correction."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import HTML, Fieldset, Layout
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from participants.forms.plain import PlainForm, choices_of, limit_of, unspelled
from participants.models import Participant
from participants.models.participant import RANK_CODES
from participants.registration import DETAILS
from participants.typed import Line, Paragraph, Phone


class Details(PlainForm):
    """What people say of themselves and may still correct later."""

    conditional = ("rank", "rank_code")

    title = Line(
        label=pgettext_lazy("before a name", "Title"),
        help_text=_("For example: Dr, Ms, Mr"),
        limit=limit_of("title"),
        widget=unspelled(),
    )
    given_name = Line(
        label=_("Given names"),
        help_text=_("As on your passport or identity card. If you have one name, write it below"),
        limit=limit_of("given_name"),
        widget=unspelled(autocomplete="given-name"),
    )
    family_name = Line(
        label=_("Family name"),
        help_text=_("As on your passport or identity card"),
        limit=limit_of("family_name"),
        ask=_("Write your family name"),
        widget=unspelled(autocomplete="family-name"),
    )
    printed_name = Line(
        label=_("Name on your badge"),
        help_text=_("If it is different. Latin or Cyrillic letters"),
        limit=limit_of("printed_name"),
        widget=unspelled(),
    )
    gender = forms.ChoiceField(
        label=_("Gender"),
        help_text=_("For the numbers that the donor asks for"),
        choices=choices_of(Participant.Gender),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose your gender"), "invalid_choice": _("Choose your gender")},
    )
    service = forms.ChoiceField(
        label=_("Civil or military"),
        choices=choices_of(Participant.Service),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose civil or military"),
            "invalid_choice": _("Choose civil or military"),
        },
    )
    rank = Line(
        label=_("Rank"),
        help_text=_("As in your own language, for example: pukovnik"),
        limit=limit_of("rank"),
        widget=unspelled(),
    )
    rank_code = forms.ChoiceField(
        label=_("NATO rank code"),
        help_text=_("OF for officers, OR for other ranks. For example: OF-5"),
        choices=[("", _("Choose the rank code")), *((code, code) for code in RANK_CODES)],
        required=False,
        error_messages={"invalid_choice": _("Choose the rank code")},
    )
    function = Line(
        label=_("Function"),
        help_text=_("For example: head of ammunition section"),
        limit=limit_of("function"),
        ask=_("Write your function"),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    organisation = Line(
        label=_("Organisation or unit"),
        help_text=_("As it must be on your badge"),
        limit=limit_of("organisation"),
        ask=_("Write your organisation or unit"),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    phone = Phone(
        label=_("Mobile phone"),
        help_text=_("Only for the bus and for emergencies. With + and the international code"),
    )
    language = forms.ChoiceField(
        label=_("Language of our messages to you"),
        choices=settings.LANGUAGES,
        error_messages={
            "required": _("Choose a language from the list"),
            "invalid_choice": _("Choose a language from the list"),
        },
    )
    dietary = Paragraph(
        label=_("Food"), help_text=_("What you do not eat, for example: no pork"), limit=limit_of("dietary")
    )
    access_needs = Paragraph(
        label=_("Access needs"),
        help_text=_("For example: a place near the door, few steps"),
        limit=limit_of("access_needs"),
    )

    consent_photo = forms.BooleanField(
        label=_("You may publish photos of me"),
        help_text=_("We publish some photos of the workshop on this site. You are in them only with your yes"),
        required=False,
    )
    consent_list = forms.BooleanField(
        label=_("Show my e-mail address and phone in the list of participants"),
        help_text=_(
            "Participants receive a list with names, functions and organisations. "
            "Your contact details are in it only with your yes"
        ),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """A military person gives rank and code: the word alone does not sort."""
        answers: dict[str, Any] = super().clean() or {}
        if answers.get("service") == Participant.Service.MILITARY:
            if answers.get("rank") == "":
                self.add_error("rank", _("Write your rank"))
            if answers.get("rank_code") == "":
                self.add_error("rank_code", _("Choose the rank code"))
        return answers


class DetailsForm(Details):
    """Change of details, with the version that the person saw. `asked`: answers that wait for the secretariat."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(
        self, participant: Participant, *args: Any, asked: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        consents = {
            "consent_photo": participant.consent_photo_at is not None,
            "consent_list": participant.consent_list_at is not None,
        }
        stored = {name: getattr(participant, name) for name in (*DETAILS, "version")}
        kwargs["initial"] = consents | stored | (asked or {})
        super().__init__(*args, **kwargs)
        self.helper.layout = layout_of(self, "version")

    def show_for(self, version: int) -> None:
        """Answer to another version than the one that was sent: sent again, the same answers are saved over it."""
        answers: Any = self.data
        answers = answers.copy()
        answers["version"] = str(version)
        self.data = answers


def layout_of(form: forms.Form, hidden: str) -> Layout:
    """The sections of the page; those of which the form has no field are left out."""
    sections = [
        (_("Your name"), ["title", "given_name", "family_name", "printed_name", "gender"]),
        (_("Your service"), ["service"]),
        (_("If you are military"), ["rank", "rank_code"]),
        (_("Your work"), ["function", "organisation", "delegation", "role"]),
        (_("How we reach you"), ["email", "phone", "language"]),
        (_("What you need"), ["dietary", "access_needs"]),
        (_("Field visit"), ["visits"]),
        (_("Your data and your choices"), ["consent_privacy", "consent_photo", "consent_list"]),
    ]
    notes = {
        "delegation": [HTML('{% include "participants/parts/footnotes.html" with footnotes=form.footnotes %}')],
        "consent_privacy": [HTML('{% include "participants/parts/privacy.html" %}')],
    }
    layout = Layout(hidden)
    for legend, names in sections:
        here = [name for name in names if name in form.fields]
        drawn = [part for name in here for part in _with_note(name, notes.get(name, []))]
        if drawn:
            layout.append(Fieldset(legend, *drawn))
    return layout


def _with_note(name: str, notes: list[HTML]) -> list[Any]:
    """The footnote follows the list of delegations; how answers are used is read before the agreement."""
    return [*notes, name] if name.startswith("consent") else [name, *notes]
