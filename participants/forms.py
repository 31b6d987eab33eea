"""The forms that people without an account fill in. Every message says what to do."""

from __future__ import annotations

import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Fieldset, Layout, Submit
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from events.models import Edition, FieldVisit
from events.text import clean_line, clean_text, has_visible
from participants.models import Delegation, Participant
from participants.models.participant import RANK_CODES
from participants.visits import open_visits

Role = Participant.Role
PUBLIC_ROLES = [Role.DELEGATE, Role.SPEAKER, Role.OBSERVER, Role.DONOR]


class LineFormField(forms.CharField):
    """One line; what cannot be seen is taken out, and a line with nothing to see is as good as empty."""

    def __init__(self, *, write: Any, **kwargs: Any) -> None:
        """`write`: what to do, for example "Write your family name"."""
        super().__init__(**kwargs)
        self.error_messages["required"] = write

    def to_python(self, value: Any) -> str:
        """The cleaned line."""
        text = clean_line(super().to_python(value) or "")
        if text and not has_visible(text):
            if self.required:
                return ""
            raise ValidationError(_("Write at least one letter or number, or leave this empty."), code="invisible")
        return text


class AddressField(forms.EmailField):
    """One e-mail address."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)
        wrong = _("Write one e-mail address like name@example.org.")
        self.error_messages |= {"required": _("Write your e-mail address."), "invalid": wrong}
        self.widget.attrs |= {"autocomplete": "email", "spellcheck": "false"}

    def to_python(self, value: Any) -> str:
        """The address in one line."""
        return clean_line(super().to_python(value) or "")


def _too_long(limit: int) -> Any:
    return _("Use at most %(limit)s letters.") % {"limit": limit}


def _line(label: Any, write: Any, limit: int, *, required: bool = True, hint: Any = "", **attrs: str) -> LineFormField:
    return LineFormField(
        label=label,
        write=write,
        max_length=limit,
        required=required,
        help_text=hint,
        widget=forms.TextInput(attrs={"spellcheck": "false", "dir": "auto"} | attrs),
    )


class ParagraphFormField(forms.CharField):
    """A few lines."""

    def to_python(self, value: Any) -> str:
        """The cleaned text; nothing where nothing can be seen."""
        text = clean_text(super().to_python(value) or "")
        return text if has_visible(text) else ""


class DetailsForm(forms.Form):
    """What a person says about themselves."""

    title = _line(_("Title"), "", 60, required=False, hint=_("For example Dr or Colonel"))
    given_name = _line(
        _("Given names"),
        _("Write your given names."),
        150,
        required=False,
        hint=_("As in your travel document. Leave this empty if you have one name only"),
        autocomplete="given-name",
    )
    family_name = _line(
        _("Family name"),
        _("Write your family name."),
        150,
        hint=_("As in your travel document"),
        autocomplete="family-name",
    )
    printed_name = _line(
        _("Name on your badge"), "", 200, required=False, hint=_("If it is different. Latin or Cyrillic letters")
    )
    gender = forms.ChoiceField(
        label=_("Gender"),
        help_text=_("Only for the statistics"),
        choices=Participant.Gender.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three."), "invalid_choice": _("Choose one of the three.")},
    )
    service = forms.ChoiceField(
        label=_("Are you civil or military?"),
        choices=Participant.Service.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose civil or military."), "invalid_choice": _("Choose civil or military.")},
    )
    rank = _line(_("Rank"), "", 80, required=False, hint=_("If you are military, in your own language"))
    rank_code = forms.ChoiceField(
        label=_("NATO rank code"),
        help_text=_("If you are military. A colonel is OF-5 or OF-4, depending on the army"),
        choices=[("", _("No rank code")), *((code, code) for code in RANK_CODES)],
        required=False,
        error_messages={"invalid_choice": _("Choose the rank code.")},
    )
    function = _line(_("Function"), _("Write your function."), 200, hint=_("For example head of ammunition section"))
    organisation = _line(
        _("Organisation or unit"), _("Write your organisation or unit."), 200, autocomplete="organization"
    )
    phone = PhoneNumberField(
        label=_("Telephone"),
        help_text=_("With the country code, for example +355 67 212 3456. Only for urgent news"),
        required=False,
        error_messages={"invalid": _("Write the number with its country code, for example +355 67 212 3456.")},
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    language = forms.ChoiceField(
        label=_("Language of our e-mails"),
        choices=settings.LANGUAGES,
        error_messages={"required": _("Choose a language."), "invalid_choice": _("Choose a language.")},
    )
    dietary = ParagraphFormField(
        label=_("Food"),
        help_text=_("What you do not eat. We erase it after the workshop"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    access_needs = ParagraphFormField(
        label=_("Access"),
        help_text=_("What you need to take part, for example a step-free way. We erase it after the workshop"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        for field in self.fields.values():
            limit = getattr(field, "max_length", None)
            if limit:
                field.error_messages["max_length"] = _too_long(limit)
                for validator in field.validators:
                    if isinstance(validator, MaxLengthValidator):
                        validator.message = _too_long(limit)
                field.widget.attrs.pop("maxlength", None)  # the browser would cut a pasted name without a word
            if not field.required and not isinstance(field, forms.BooleanField | forms.MultipleChoiceField):
                field.label = _("%(label)s (optional)") % {"label": field.label}

    def clean(self) -> dict[str, Any]:
        """A military person gives the rank code: the word alone does not sort."""
        answers = super().clean() or {}
        if answers.get("service") == Participant.Service.MILITARY and not answers.get("rank_code"):
            if "rank_code" not in self.errors:
                self.add_error("rank_code", _("Choose the rank code."))
        elif answers.get("service") == Participant.Service.CIVIL:
            answers["rank"] = answers["rank_code"] = ""
        if answers.get("phone") is not None:
            answers["phone"] = str(answers["phone"] or "")
        return answers


class DelegationChoice(forms.ModelChoiceField):
    """The delegations of the edition, as printed, in protocol order."""

    def label_from_instance(self, delegation: Any) -> str:
        """The printed name."""
        return str(delegation.name)


class RegistrationForm(DetailsForm):
    """Everything that is asked at registration, on one page."""

    submission = forms.UUIDField(widget=forms.HiddenInput, error_messages={"invalid": _("Load the page again.")})
    delegation = DelegationChoice(
        label=_("Delegation"),
        queryset=Delegation.objects.none(),
        empty_label=_("Choose"),
        error_messages={"required": _("Choose your delegation."), "invalid_choice": _("Choose your delegation.")},
    )
    role = forms.ChoiceField(
        label=_("You come as"),
        choices=[(role.value, role.label) for role in PUBLIC_ROLES],
        initial=Role.DELEGATE,
        error_messages={"required": _("Choose how you come."), "invalid_choice": _("Choose how you come.")},
    )
    email = AddressField(label=_("E-mail address"), help_text=_("We send your link to this address"))
    visits = forms.ModelMultipleChoiceField(
        label=_("Field visit"),
        queryset=FieldVisit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("Choose from the visits on this page."),
            "invalid_pk_value": _("Choose from the visits on this page."),
            "invalid_list": _("Choose from the visits on this page."),
        },
    )
    consent_privacy = forms.BooleanField(
        label=_("I agree that my data is used for this workshop, as the privacy notice says"),
        error_messages={"required": _("Agree to the use of your data, or write to the secretariat.")},
    )
    consent_photo = forms.BooleanField(label=_("I agree that photos of me are published"), required=False)
    consent_list = forms.BooleanField(
        label=_("I agree that the other participants see my e-mail address and telephone"), required=False
    )

    def __init__(self, *args: Any, edition: Edition, language: str, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"submission": uuid.uuid4(), "language": language})
        super().__init__(*args, **kwargs)
        delegations = edition.delegations.in_protocol_order()
        self.fields["delegation"].queryset = delegations  # type: ignore[attr-defined]
        self.fields["delegation"].help_text = _footnotes(edition, delegations)
        visits = open_visits(edition.pk)
        self.fields["visits"].queryset = FieldVisit.objects.filter(pk__in=[visit.pk for visit in visits])  # type: ignore[attr-defined]
        if not visits:
            del self.fields["visits"]
        self.helper = _helper(self, _("Send my registration"))


def _footnotes(edition: Edition, delegations: Any) -> SafeString | str:
    marks = {delegation.footnote_mark for delegation in delegations if delegation.footnote_mark}
    lines = [line for line in str(edition.footnotes).splitlines() if any(line.startswith(mark) for mark in marks)]
    return format_html("{}", " ".join(lines)) if lines else ""


def _helper(form: forms.Form, button: Any) -> FormHelper:
    parts = [
        (_("You"), ["title", "given_name", "family_name", "printed_name", "gender"]),
        (_("Your work"), ["delegation", "role", "organisation", "function", "service", "rank", "rank_code"]),
        (_("How we reach you"), ["email", "phone", "language"]),
        (_("Food and access"), ["dietary", "access_needs"]),
        (_("Field visit"), ["visits"]),
        (_("Your agreement"), ["consent_privacy", "consent_photo", "consent_list"]),
    ]
    helper = FormHelper()
    helper.attrs = {"novalidate": ""}
    helper.form_class = "form"
    helper.form_show_errors = True
    fieldsets = [
        Fieldset(legend, *[Field(name) for name in names if name in form.fields])
        for legend, names in parts
        if any(name in form.fields for name in names)
    ]
    hidden = [Field(name) for name in ("submission", "version") if name in form.fields]
    note = (
        HTML('{% include "participants/parts/consent_note.html" %}') if "consent_privacy" in form.fields else HTML("")
    )
    helper.layout = Layout(*hidden, *fieldsets, note, Submit("send", button, css_class="btn-lg"))
    return helper


class ChangeForm(DetailsForm):
    """The details again, to be corrected. `version` tells whether somebody else changed them meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper(self, _("Save my details"))


class LostForm(forms.Form):
    """The address to which the link goes again."""

    email = AddressField(label=_("E-mail address"), help_text=_("The address with which you registered"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        self.helper = FormHelper()
        self.helper.attrs = {"novalidate": ""}
        self.helper.form_class = "form"
        self.helper.add_input(Submit("send", _("Send me my link")))
