"""What people fill in: registration, change of details, lost link."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Fieldset, Layout
from django import forms
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from events.models import Edition, FieldVisit
from participants.addresses import address_key
from participants.models import Delegation, Participant, VisitBooking
from participants.models.participant import RANK_CODES
from participants.registration import DETAILS
from participants.typed import Address, Line, Paragraph, Phone
from participants.visits import open_visits
from participants.wording import footnotes, printed, when

# Head of delegation comes from the nomination; the other roles are given by staff.
OPEN_ROLES = [Participant.Role(role) for role in ("delegate", "speaker", "observer", "donor")]


def _limit(name: str) -> int:
    field: Any = Participant._meta.get_field(name)
    return int(field.max_length)


def _choices(choices: Any, ask: str = "") -> list[tuple[str, Any]]:
    return ([("", ask)] if ask else []) + [(choice.value, choice.label) for choice in choices]


def _unspelled(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={"spellcheck": "false", **attrs})


class PlainForm(forms.Form):
    """Drawn by our own template for a field; the server judges, the browser does not; optional fields say so."""

    use_required_attribute = False
    conditional: tuple[str, ...] = ()  # needed by some people only, as the heading above them says

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.field_template = "participants/parts/field.html"
        unmarked = (forms.HiddenInput, forms.CheckboxInput)
        for name, field in self.fields.items():
            if not field.required and name not in self.conditional and not isinstance(field.widget, unmarked):
                field.label = format_lazy("{} {}", field.label, _("(optional)"))
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = "3"
            elif isinstance(field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
                field.widget.attrs["class"] = "form-check-input"

    def typed_answers(self) -> list[tuple[Any, str]]:
        """Label and text of everything filled in, valid or not, to be shown again."""
        answers = []
        for bound in self.visible_fields():
            value = bound.value()
            values = [str(one) for one in (value if isinstance(value, list) else [value]) if one]
            names = {str(key): str(name) for key, name in getattr(bound.field, "choices", [])}
            if isinstance(bound.field, forms.BooleanField):
                values = [_now("Yes")] if value else []
            if values:
                answers.append((bound.label, ", ".join(names.get(one, one) for one in values)))
        return answers


class Details(PlainForm):
    """What people say of themselves and may still correct later."""

    conditional = ("rank", "rank_code")

    title = Line(label=_("Title"), help_text=_("For example: Dr, Ms, Mr"), limit=_limit("title"), widget=_unspelled())
    given_name = Line(
        label=_("Given names"),
        help_text=_("As on your passport or identity card. If you have one name, write it below"),
        limit=_limit("given_name"),
        widget=_unspelled(autocomplete="given-name"),
    )
    family_name = Line(
        label=_("Family name"),
        help_text=_("As on your passport or identity card"),
        limit=_limit("family_name"),
        ask=_("Write your family name"),
        widget=_unspelled(autocomplete="family-name"),
    )
    printed_name = Line(
        label=_("Name on your badge"),
        help_text=_("If it is different. Latin or Cyrillic letters"),
        limit=_limit("printed_name"),
        widget=_unspelled(),
    )
    gender = forms.ChoiceField(
        label=_("Gender"),
        help_text=_("For the numbers that the donor asks for"),
        choices=_choices(Participant.Gender),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose your gender"), "invalid_choice": _("Choose your gender")},
    )
    service = forms.ChoiceField(
        label=_("Civil or military"),
        choices=_choices(Participant.Service),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose civil or military"),
            "invalid_choice": _("Choose civil or military"),
        },
    )
    rank = Line(
        label=_("Rank"),
        help_text=_("As in your own language, for example: pukovnik"),
        limit=_limit("rank"),
        widget=_unspelled(),
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
        limit=_limit("function"),
        ask=_("Write your function"),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    organisation = Line(
        label=_("Organisation or unit"),
        help_text=_("As it must be on your badge"),
        limit=_limit("organisation"),
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
        label=_("Food"), help_text=_("What you do not eat, for example: no pork"), limit=_limit("dietary")
    )
    access_needs = Paragraph(
        label=_("Access needs"),
        help_text=_("For example: a place near the door, few steps"),
        limit=_limit("access_needs"),
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
    """Change of details, with the version that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, participant: Participant, *args: Any, **kwargs: Any) -> None:
        consents = {
            "consent_photo": participant.consent_photo_at is not None,
            "consent_list": participant.consent_list_at is not None,
        }
        kwargs["initial"] = consents | {name: getattr(participant, name) for name in (*DETAILS, "version")}
        super().__init__(*args, **kwargs)
        self.helper.layout = _layout(self, "version")

    def show_for(self, version: int) -> None:
        """Answer to another version than the one that was sent: sent again, the same answers are saved over it."""
        answers: Any = self.data
        answers = answers.copy()
        answers["version"] = str(version)
        self.data = answers


class LostForm(PlainForm):
    """Where to send the link again."""

    email = Address(
        label=_("E-mail"),
        help_text=_("The address that you registered with"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
    )


class RegistrationForm(Details):
    """The whole registration: one page, one post, fields in the order of the contract."""

    submission = forms.UUIDField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}), required=False)
    delegation = forms.TypedChoiceField(
        label=_("Delegation"),
        help_text=_("Who sends you to this workshop"),
        empty_value=None,
        error_messages={"required": _("Choose your delegation"), "invalid_choice": _("Choose your delegation")},
    )
    role = forms.ChoiceField(
        label=_("You come as"),
        choices=_choices(OPEN_ROLES),
        initial=Participant.Role.DELEGATE.value,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how you take part"),
            "invalid_choice": _("Choose how you take part"),
        },
    )
    email = Address(
        label=_("E-mail"),
        help_text=_("We send the link to your registration to this address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}),
    )
    visits = forms.TypedMultipleChoiceField(
        label=_("Field visits that you want to join"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose a field visit from the list")},
    )
    consent_privacy = forms.BooleanField(
        label=_("I agree that you use my answers in this way"),
        error_messages={"required": _("Agree to the use of your answers. Without it we cannot register you")},
    )

    def __init__(self, edition: Edition, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"submission": uuid.uuid4(), "language": get_language()}
        super().__init__(*args, **kwargs)
        self.edition = edition
        self._offer_delegations()
        self._offer_visits()
        self.fields["phone"].widget.attrs["autocomplete"] = "tel"
        self.helper.layout = _layout(self, "submission")
        self.order_fields(ORDER)

    def _offer_delegations(self) -> None:
        delegations = {str(one.pk): one for one in Delegation.objects.filter(edition=self.edition).in_protocol_order()}
        field: Any = self.fields["delegation"]
        field.choices = [("", _("Choose your delegation"))] + [(key, printed(one)) for key, one in delegations.items()]
        field.coerce = delegations.__getitem__
        self.footnotes = footnotes(self.edition, delegations.values())

    def _offer_visits(self) -> None:
        visits = {str(one.pk): one for one in open_visits(self.edition.pk)}
        if not visits:
            del self.fields["visits"]
            return
        field: Any = self.fields["visits"]
        confirmed = VisitBooking.objects.filter(visit__in=list(visits.values()), state=VisitBooking.State.CONFIRMED)
        taken = Counter(confirmed.values_list("visit", flat=True))
        field.choices = [(key, _visit_facts(one, self.edition, taken[one.pk])) for key, one in visits.items()]
        field.coerce = visits.__getitem__

    def clean_submission(self) -> uuid.UUID:
        """The number of the form; a post without one gets its own."""
        return self.cleaned_data["submission"] or uuid.uuid4()

    @property
    def once(self) -> uuid.UUID:
        """What makes this one registration, however often it is sent; for another address it is another one."""
        return uuid.uuid5(self.cleaned_data["submission"], address_key(self.cleaned_data["email"]))


ORDER = [
    *("submission", "title", "given_name", "family_name", "printed_name", "gender", "service", "rank", "rank_code"),
    *("function", "organisation", "delegation", "role", "email", "phone", "language", "dietary", "access_needs"),
    *("visits", "consent_privacy", "consent_photo", "consent_list"),
]


def _layout(form: forms.Form, hidden: str) -> Layout:
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


def _visit_facts(visit: FieldVisit, edition: Edition, taken: int) -> SafeString:
    """The site, and below it day, time and places left."""
    facts = [when(visit.session, edition)]
    if visit.capacity is not None:
        left = max(visit.capacity - taken, 0)
        free = ngettext("%(left)s place is free", "%(left)s places are free", left) % {"left": left}
        facts.append(free if left else _now("All places are taken: you come on the waiting list"))
    return format_html("{}<small>{}</small>", visit.site, ". ".join(facts))
