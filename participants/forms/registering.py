"""The registration form."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.models import Edition, FieldVisit
from participants.addresses import address_key
from participants.forms.details import Details, layout_of
from participants.forms.plain import choices_of
from participants.models import Delegation, Nomination, Participant, VisitBooking
from participants.typed import Address
from participants.visits import is_open
from participants.wording import footnotes, printed, when

# Head of delegation comes from the nomination; the other roles are given by staff.
OPEN_ROLES = [Participant.Role(role) for role in ("delegate", "speaker", "observer", "donor")]


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
        choices=choices_of(OPEN_ROLES),
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
        filled = {"submission": uuid.uuid4(), "language": get_language()}
        kwargs["initial"] = filled | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.edition = edition
        self._offer_delegations()
        self._offer_visits()
        self.fields["phone"].widget.attrs["autocomplete"] = "tel"
        self.helper.layout = layout_of(self, "submission")
        self.order_fields(ORDER)

    def _offer_delegations(self) -> None:
        delegations = {str(one.pk): one for one in Delegation.objects.filter(edition=self.edition).in_protocol_order()}
        field: Any = self.fields["delegation"]
        field.choices = [("", _("Choose your delegation"))] + [(key, printed(one)) for key, one in delegations.items()]
        field.coerce = delegations.__getitem__
        self.footnotes = footnotes(self.edition, delegations.values())

    def _offer_visits(self) -> None:
        field: Any = self.fields["visits"]
        ticked = field.widget.value_from_datadict(self.data, self.files, self.add_prefix("visits"))
        visits = {str(one.pk): one for one in self._open_or_ticked(ticked or [])}
        if not visits:
            del self.fields["visits"]
            return
        confirmed = VisitBooking.objects.filter(visit__in=list(visits.values()), state=VisitBooking.State.CONFIRMED)
        taken = Counter(confirmed.values_list("visit", flat=True))
        field.choices = [(key, _visit_facts(one, self.edition, taken[one.pk])) for key, one in visits.items()]
        field.coerce = visits.__getitem__

    def _open_or_ticked(self, ticked: list[str]) -> list[FieldVisit]:
        """Where one can sign up, and what was ticked while one still could: then the verb says that it has ended."""
        visits = FieldVisit.objects.filter(session__edition=self.edition).select_related("session")
        return [one for one in visits if is_open(one) or str(one.pk) in ticked]

    def clean_submission(self) -> uuid.UUID:
        """The number of the form; a post without one gets its own."""
        return self.cleaned_data["submission"] or uuid.uuid4()

    @property
    def once(self) -> uuid.UUID:
        """What makes this one registration, however often it is sent; for another address it is another one."""
        return uuid.uuid5(self.cleaned_data["submission"], address_key(self.cleaned_data["email"]))


class NomineeForm(RegistrationForm):
    """The same for somebody nominated: partly filled, and the delegation is not theirs to choose."""

    def __init__(self, nomination: Nomination, *args: Any, **kwargs: Any) -> None:
        self.nomination = nomination
        given, _space, family = nomination.name.rpartition(" ")
        kwargs["initial"] = {
            "given_name": given,
            "family_name": family,
            "email": nomination.email,
        }
        super().__init__(nomination.delegation.edition, *args, **kwargs)
        if nomination.is_head:
            del self.fields["role"]
            self.helper.layout = layout_of(self, "submission")

    def _offer_delegations(self) -> None:
        del self.fields["delegation"]
        self.footnotes = footnotes(self.edition, [self.nomination.delegation])


ORDER = [
    *("submission", "title", "given_name", "family_name", "printed_name", "gender", "service", "rank", "rank_code"),
    *("function", "organisation", "delegation", "role", "email", "phone", "language", "dietary", "access_needs"),
    *("visits", "consent_privacy", "consent_photo", "consent_list"),
]


def _visit_facts(visit: FieldVisit, edition: Edition, taken: int) -> SafeString:
    """The site, and below it day, time and places left."""
    facts = [when(visit.session, edition)]
    if visit.capacity is not None:
        left = max(visit.capacity - taken, 0)
        free = ngettext("%(left)s place is free", "%(left)s places are free", left) % {"left": left}
        facts.append(free if left else gettext("All places are taken: you come on the waiting list"))
    return format_html("{}<small>{}</small>", visit.site, ". ".join(facts))
