"""Registrations: the secretariat's daily list, its search, filters and decisions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import formats
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.admin.scope import ScopedAdmin
from participants import capacity, changing, nominating, places, registration
from participants.admin.beside import Beside
from participants.admin.erasures import Erasures
from participants.admin.twice import ask_again, has_been_asked
from participants.models import Nomination, Participant
from participants.registration import DETAILS, RegistrationError
from participants.typed import Address


class ProvenFilter(admin.SimpleListFilter):
    """Whether the address is known to be read by the person."""

    title = gettext_lazy("address")
    parameter_name = "proven"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Proven or not."""
        return [("yes", gettext_lazy("proven")), ("no", gettext_lazy("not proven"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows."""
        wanted = {"yes": False, "no": True}.get(self.value() or "")
        return queryset if wanted is None else queryset.filter(email_proven_at__isnull=wanted)


class ErasureFilter(admin.SimpleListFilter):
    """Who asked to be erased."""

    title = gettext_lazy("erasure")
    parameter_name = "erasure"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Those who wait for it."""
        return [("asked", gettext_lazy("asked to be erased"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows."""
        waits = {"erasure_asked_at__isnull": False, "erased_at": None}
        return queryset.filter(**waits) if self.value() == "asked" else queryset


class KindOfDelegation(admin.ChoicesFieldListFilter):
    """States, organisations, donors."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.title = _("kind of delegation")


class VisitState(admin.ChoicesFieldListFilter):
    """How it stands with a field visit."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.title = _("field visit")


class ParticipantForm(forms.ModelForm):  # type: ignore[type-arg]
    """What staff may correct; saved by the verbs, refused when somebody else saved meanwhile."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    joined = forms.ModelChoiceField(
        Nomination.objects.none(),
        label=gettext_lazy("Nomination"),
        help_text=gettext_lazy("Choose one to join it with this registration. Nobody else may have it."),
        required=False,
    )
    new_email = Address(
        label=gettext_lazy("New e-mail address"),
        help_text=gettext_lazy("We send a link there. It takes the place of the address above when it is confirmed."),
        required=False,
    )

    class Meta:
        model = Participant
        fields = (*DETAILS, "staff_note", "role", "delegation")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("seen", self.instance.version)
        free = Nomination.objects.filter(delegation=self.instance.delegation_id, withdrawn_at=None)
        self.fields["joined"].queryset = free.exclude(participant__status__in=Participant.LIVE)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Military needs a rank code; a stale form is refused with what was typed kept."""
        answers = super().clean() or {}
        if answers.get("service") == Participant.Service.MILITARY and not answers.get("rank_code"):
            self.add_error("rank_code", _("Choose the rank code."))
        # From here on nobody else saves this registration, so that what is compared here is what is written over.
        _edition, current = registration.lock(self.instance)
        if answers.get("seen") != current.version:
            self.add_error(None, _("Somebody else saved this registration while you wrote. Open it again and compare."))
        return answers


def _changed(fieldsets: Any, other: dict[str, str | None]) -> list[Any]:
    """The same fieldsets with some fields exchanged for others, or left out (None)."""
    return [
        (title, options | {"fields": tuple(shown for one in options["fields"] if (shown := other.get(str(one), one)))})
        for title, options in fieldsets
    ]


@admin.register(Participant)
class ParticipantAdmin(Erasures, Beside, ScopedAdmin):
    """Who registered, in which state, and the decisions about them."""

    form = ParticipantForm
    list_display = ("name", "status", "delegation", "role", "is_proven", "registered")
    list_filter = (
        *("edition", "status", "role", ProvenFilter, ErasureFilter, "service", ("bookings__state", VisitState)),
        *(("delegation__kind", KindOfDelegation), "delegation"),
    )
    list_select_related = ("delegation", "edition")
    ordering = ("-edition", "sort_name")
    folded_fields = ("search",)
    actions = ("confirm", "waitlist", "decline", "reopen", "withdraw", "erase")
    readonly_fields = (
        *("edition", "status", "reference", "code", "email", "email_proven_at"),
        *("waits_for", "nominated", "visits", "mails", "history", "erasure_asked_at"),
        *("registered_at", "status_changed_at", "consent_privacy_at", "consent_photo_at", "consent_list_at"),
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    *("edition", ("status", "status_changed_at"), "waits_for", "erasure_asked_at"),
                    *(("reference", "code"), "staff_note", "seen"),
                )
            },
        ),
        (
            gettext_lazy("Person"),
            {
                "fields": (
                    "title",
                    ("given_name", "family_name"),
                    "printed_name",
                    "gender",
                    "service",
                    ("rank", "rank_code"),
                )
            },
        ),
        (gettext_lazy("Work"), {"fields": (("delegation", "role"), "nominated", "organisation", "function")}),
        (gettext_lazy("Contact"), {"fields": (("email", "email_proven_at"), "new_email", "phone", "language")}),
        (gettext_lazy("Needs"), {"fields": ("dietary", "access_needs")}),
        (
            gettext_lazy("Agreement"),
            {"fields": ("registered_at", "consent_privacy_at", "consent_photo_at", "consent_list_at")},
        ),
        (gettext_lazy("What happened"), {"fields": ("visits", "mails", "history")}),
    )

    @admin.display(description=gettext_lazy("registered"), ordering="registered_at")
    def registered(self, participant: Participant) -> str:
        """When, short enough for a list."""
        return formats.date_format(clock.localtime(participant.registered_at), "SHORT_DATETIME_FORMAT")

    @admin.display(description=gettext_lazy("proven"), boolean=True)
    def is_proven(self, participant: Participant) -> bool:
        """Whether the address is proven: the person has acted by a link that was mailed."""
        return participant.email_proven_at is not None

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A nomination can be joined where there is none, and is only shown where there is one.

        Who may look alone sees neither the note of the secretariat nor what only a form needs.
        """
        if not self.has_change_permission(request, obj):
            return _changed(self.fieldsets, {"staff_note": None, "seen": None, "new_email": None})
        is_joined = obj is None or obj.nomination_id
        return self.fieldsets if is_joined else _changed(self.fieldsets, {"nominated": "joined"})

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """People register themselves, or walk in at the desk."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A registration is withdrawn and erased in its time, never deleted by hand."""
        return False

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        """In any script, accents ignored; also by badge code."""
        found = queryset.matching(search_term)
        code = search_term.replace(" ", "").upper()
        return (found | queryset.filter(code=code) if len(code) == 8 and code.isascii() else found), False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """By the verbs: role and delegation, the nomination, then details."""
        answers = form.cleaned_data
        by = request.user.get_username()
        now = Participant.objects.select_related("delegation").get(pk=obj.pk)
        details = {name: answers[name] for name in (*DETAILS, "staff_note")} | {"phone": str(answers["phone"] or "")}
        if answers["role"] != now.role or answers["delegation"] != now.delegation:
            try:
                now = places.reassign(participant=now, role=answers["role"], delegation=answers["delegation"], by=by)
            except RegistrationError as error:
                messages.error(request, _("Role and delegation stay as they were. %(why)s") % {"why": error})
        if answers.get("joined"):
            try:
                now = nominating.link_nomination(participant=now, nomination=answers["joined"], by=by)
            except RegistrationError as error:
                messages.error(request, _("The nomination was not joined. %(why)s") % {"why": error})
        now = changing.change_details(participant=now, answers=details, version=now.version, by=by)
        if answers.get("new_email"):
            self._ask_new_address(request, now, answers["new_email"])

    def _ask_new_address(self, request: HttpRequest, participant: Participant, email: str) -> None:
        try:
            changing.ask_new_address(participant=participant, email=email, by=request.user.get_username())
            messages.success(request, _("The new address gets a link. It counts when the person confirms it."))
        except RegistrationError as error:
            messages.error(request, _("The address stays as it was. %(why)s") % {"why": error})

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The verbs have written the line."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing beside the row itself."""

    # -- Decisions ------------------------------------------------------------------------------------------------

    def _each(self, request: HttpRequest, chosen: QuerySet[Participant], verb: Callable[..., Participant]) -> None:
        """Call the verb for each, one transaction a person, and say what happened to how many and why not."""
        outcomes: dict[str, int] = {}
        refusals: list[str] = []
        for participant in capacity.in_order(chosen):
            try:
                with transaction.atomic():
                    status = verb(participant=participant, by=request.user.get_username()).get_status_display()
                outcomes[status] = outcomes.get(status, 0) + 1
            except RegistrationError as error:
                refusals.append(f"{participant.name}: {error}")
        if outcomes:
            told = ", ".join(f"{number} × {status}" for status, number in outcomes.items())
            messages.success(request, _("Now %(told)s.") % {"told": told})
        for refusal in refusals[:20]:
            messages.warning(request, refusal)
        if len(refusals) > 20:
            messages.warning(request, _("%(number)s more were not changed.") % {"number": len(refusals) - 20})

    @admin.action(description=gettext_lazy("Confirm"), permissions=["change"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[Participant]) -> None:
        """Give places, as long as there are any; the rest goes to the waiting list."""
        self._each(request, queryset, registration.confirm)

    @admin.action(description=gettext_lazy("Decline"), permissions=["change"])
    def decline(self, request: HttpRequest, queryset: QuerySet[Participant]) -> HttpResponse | None:
        """Say no; freed places go to the next in line. Asked twice."""
        if has_been_asked(request):
            self._each(request, queryset, registration.decline)
            return None
        question = _("Do you want to decline these registrations?")
        return ask_again(self, request, queryset, action="decline", question=question, button=_("Decline"))

    @admin.action(description=gettext_lazy("Put on the waiting list"), permissions=["change"])
    def waitlist(self, request: HttpRequest, queryset: QuerySet[Participant]) -> None:
        """Let them wait."""
        self._each(request, queryset, registration.waitlist)

    @admin.action(description=gettext_lazy("Take up again (declined ones)"), permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[Participant]) -> None:
        """Decide once more about those who were declined."""
        self._each(request, queryset, registration.reopen)

    @admin.action(description=gettext_lazy("Withdraw (for good)"), permissions=["change"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Participant]) -> HttpResponse | None:
        """For those who say by telephone that they do not come; freed places go to the next in line. Asked twice."""
        if has_been_asked(request):
            self._each(request, queryset, registration.withdraw)
            return None
        question = _("Do you want to withdraw these registrations? They cannot be taken up again.")
        return ask_again(self, request, queryset, action="withdraw", question=question, button=_("Withdraw"))
