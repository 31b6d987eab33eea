"""Field visits: one page for each, with its people, the answers of the host, places and rules. No identity records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Case, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone as clock
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from i18nfield.forms import I18nFormField, I18nTextarea

from events.admin.filters import edition_chosen
from events.admin.scope import ReadOnly, ScopedAdmin
from events.models import FieldVisit
from participants import visits
from participants.access import Right, editions_for, may
from participants.admin.delegations import PlacesForm
from participants.models import VisitBooking
from participants.typed import Line
from participants.visit_places import with_completeness
from participants.visits import STANDING, VisitError

State = VisitBooking.State


class ReasonForm(forms.Form):
    """Why the host refuses."""

    reason = Line(
        label=gettext_lazy("Reason that the host gave (seen by the secretariat alone)"),
        limit=300,
        ask=gettext_lazy("Write the reason that the host gave"),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class RulesForm(forms.Form):
    """The rules in the languages of the site."""

    rules = I18nFormField(label=gettext_lazy("Rules of the visit"), required=False, widget=I18nTextarea)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, visit: FieldVisit, typed: Any = None) -> None:
        super().__init__(typed, initial={"rules": visit.rules, "seen": visit.rules_version})
        for box, (_code, language) in zip(self.fields["rules"].widget.widgets, settings.LANGUAGES, strict=True):
            box.attrs["aria-label"] = language

    def clean_rules(self) -> Any:
        """Refuse what no reader could see."""
        rules: Any = self.cleaned_data["rules"]
        FieldVisit._meta.get_field("rules").validate(rules, None)
        return rules


@admin.register(VisitBooking)
class VisitBookingAdmin(ReadOnly, ScopedAdmin):
    """Who asked for which visit, and the page of each visit, where decisions are made."""

    edition_path = "participant__edition"
    list_display = ("participant", "visit", "state", "vehicle", "asked_at")
    list_filter = ("participant__edition", "visit", "state", "vehicle")
    list_select_related = ("participant", "visit__session", "vehicle")
    folded_fields = ("participant__search",)
    change_list_template = "admin/participants/visits/list.html"

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Why the host refused is for the secretariat alone."""
        is_office = obj is not None and may(request.user, Right.DECIDE, obj.participant.edition_id)
        return () if is_office else ("refusal_reason",)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, with the way to the page of each visit."""
        chosen = edition_chosen(request, self)
        editions = editions_for(request.user, Right.MANAGE_VISITS)
        found = FieldVisit.objects.filter(session__edition__in=editions.filter(pk=chosen.pk) if chosen else editions)
        return super().changelist_view(
            request, {"visits": found.select_related("session")[:50]} | (extra_context or {})
        )

    def get_urls(self) -> list[Any]:
        """With the page of a visit and that of its rules."""
        view = self.admin_site.admin_view
        return [
            path("visit/<int:pk>/", view(self.visit), name="participants_visit"),
            path("visit/<int:pk>/rules/", view(self.rules), name="participants_visit_rules"),
            *super().get_urls(),
        ]

    def visit(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Counts, the people with what is missing, and every decision about them."""
        visit = _visit(request, pk)
        if request.method != "POST":
            return self._page(request, visit)
        asked, by = request.POST.get("do", ""), request.user.get_username()
        if asked == "places":
            return self._save_places(request, visit)
        if asked == "remind":
            _remind(request, visit)
        elif asked == "approve":
            _each(request, _chosen(request, visit), lambda booking: visits.approve(booking=booking, by=by))
        elif asked in {"refuse", "withdraw"} and _chosen(request, visit):
            return self._ask_once_more(request, visit, asked)
        else:
            messages.warning(request, _("Nothing was changed. Tick people first, then press a button."))
        return redirect("admin:participants_visit", visit.pk)

    def _save_places(self, request: HttpRequest, visit: FieldVisit) -> HttpResponse:
        form = PlacesForm(request.POST)
        if not form.is_valid():
            return self._page(request, visit, form)
        try:
            number, by = form.cleaned_data["number"], request.user.get_username()
            visits.set_visit_capacity(visit=visit, capacity=number, by=by)
        except VisitError as error:
            form.add_error("number", str(error))
            return self._page(request, visit, form)
        messages.success(request, _("Saved. Free places were given to those who waited."))
        return redirect("admin:participants_visit", visit.pk)

    def _ask_once_more(self, request: HttpRequest, visit: FieldVisit, asked: str) -> HttpResponse:
        """The second question before a place is taken from somebody; a refusal needs its reason."""
        is_sure, by, chosen = "sure" in request.POST, request.user.get_username(), _chosen(request, visit)
        form = ReasonForm(request.POST if is_sure else None) if asked == "refuse" else None
        if is_sure and (form is None or form.is_valid()):
            if form is None:
                _each(request, chosen, lambda booking: visits.withdraw_booking(booking=booking, by=by))
            else:
                reason = form.cleaned_data["reason"]
                _each(request, chosen, lambda booking: visits.refuse(booking=booking, reason=reason, by=by))
            return redirect("admin:participants_visit", visit.pk)
        title = _("The host refuses") if asked == "refuse" else _("Withdraw from the visit")
        status = 422 if form and form.errors else 200
        return self._draw(request, "sure", visit, title, status, form=form, do=asked, chosen=chosen)

    def rules(self, request: HttpRequest, pk: int) -> HttpResponse:
        """New rules, as a new version that everybody accepts again."""
        visit = _visit(request, pk)
        form = RulesForm(visit, request.POST if request.method == "POST" else None)
        if form.is_bound and form.is_valid():
            try:
                if form.cleaned_data["seen"] != visit.rules_version:
                    raise VisitError(_("Somebody else changed the rules while you wrote. Open the page again."))
                visit = visits.renew_rules(
                    visit=visit, rules=form.cleaned_data["rules"], by=request.user.get_username()
                )
                messages.success(request, _("Version %(number)s is in force.") % {"number": visit.rules_version})
                return redirect("admin:participants_visit", visit.pk)
            except VisitError as error:
                form.add_error(None, str(error))
        accepted = visit.bookings.filter(state__in=STANDING).exclude(rules_version=None).count()
        status = 422 if form.errors else 200
        return self._draw(request, "rules", visit, _("Rules of %(visit)s"), status, form=form, accepted=accepted)

    def _page(self, request: HttpRequest, visit: FieldVisit, form: PlacesForm | None = None) -> HttpResponse:
        rows = _rows(visit)
        incomplete = [booking for booking, _codes, _words in rows if _has_to_act(booking)]
        return self._draw(
            request,
            "visit",
            visit,
            "%(visit)s",
            422 if form else 200,
            form=form,
            rows=rows,
            counts=_counts(visit, rows, len(incomplete)),
            to_remind=sum(visits.may_remind(booking) for booking in incomplete),
            is_too_late=visits.is_off(visit) or visits.is_listed(visit),
            sees_records=may(request.user, Right.SEE_VISIT_RECORDS, visit.session.edition_id),
            sees_reasons=may(request.user, Right.DECIDE, visit.session.edition_id),
        )

    def _draw(
        self, request: HttpRequest, name: str, visit: FieldVisit, title: str, status: int, **context: Any
    ) -> HttpResponse:
        frame = {
            **self.admin_site.each_context(request),
            "title": title % {"visit": visit.site},
            "opts": self.opts,
            "visit": visit,
            "edition": visit.session.edition,
        }
        with clock.override(visit.session.edition.zone):
            return render(request, f"admin/participants/visits/{name}.html", frame | context, status=status)


# -- What is shown ----------------------------------------------------------------------------------------------------


def _visit(request: HttpRequest, pk: int) -> FieldVisit:
    """The visit, for those who look after the visits of its edition."""
    found = get_object_or_404(FieldVisit.objects.select_related("session__edition"), pk=pk)
    if not may(request.user, Right.MANAGE_VISITS, found.session.edition_id):
        raise Http404
    return found


def _rows(visit: FieldVisit) -> list[tuple[VisitBooking, list[str], list[str]]]:
    """Every booking with what is missing, as codes and in words: those that stand first, in the order of the line."""
    ended = Case(When(state__in=STANDING, then=Value(0)), default=Value(1))
    found = with_completeness(visit.bookings.all(), visit).select_related("participant__delegation", "vehicle")
    is_off = visits.is_off(visit)
    rows = []
    for booking in found.order_by(ended, "asked_at", "id"):
        booking.visit = visit
        codes = visits.missing(booking) if booking.state in STANDING and not is_off else []
        rows.append((booking, codes, [str(MISSING[code]) for code in codes]))
    return rows


MISSING = {
    "rules": gettext_lazy("rules not accepted"),
    "record": gettext_lazy("record not complete"),
    "approval": gettext_lazy("no answer of the host"),
}


def _has_to_act(booking: VisitBooking) -> bool:
    is_asked = booking.state in STANDING and booking.participant.status == "confirmed"
    return is_asked and bool(visits.own_tasks(booking))


def _counts(visit: FieldVisit, rows: list[Any], incomplete: int) -> list[tuple[str, Any]]:
    def number(*states: str) -> int:
        return sum(booking.state in states for booking, _codes, _words in rows)

    no_answer = sum("approval" in codes for _booking, codes, _words in rows)
    return [
        (_("places"), _("no limit") if visit.capacity is None else visit.capacity),
        (_("confirmed"), number(State.CONFIRMED)),
        (_("on the waiting list"), number(State.WAITLISTED)),
        (_("asked, something is missing"), number(State.ASKED)),
        (_("people with something to do"), incomplete),
        (_("without an answer of the host"), no_answer),
        (_("refused or withdrawn"), number(State.REFUSED, State.WITHDRAWN)),
    ]


# -- What is done ------------------------------------------------------------------------------------------------------


def _chosen(request: HttpRequest, visit: FieldVisit) -> QuerySet[VisitBooking]:
    """The bookings of this visit that were ticked, in the order of the line; what is no key is left out."""
    ticked = [key for key in request.POST.getlist("booking") if key.isascii() and key.isdigit() and len(key) < 19]
    found = visit.bookings.filter(pk__in=ticked).select_related("participant__delegation", "visit")
    return found.order_by("asked_at", "id")


def _each(request: HttpRequest, chosen: QuerySet[VisitBooking], verb: Callable[[VisitBooking], VisitBooking]) -> None:
    """Call the verb for each, one transaction a person, and say what came of it for how many and why not."""
    outcomes: dict[str, int] = {}
    for booking in chosen:
        try:
            with transaction.atomic():
                state = verb(booking).get_state_display()
            outcomes[state] = outcomes.get(state, 0) + 1
        except VisitError as error:
            messages.warning(request, f"{booking.participant.name}: {error}")
    if outcomes:
        told = ", ".join(f"{number} × {state}" for state, number in outcomes.items())
        messages.success(request, _("Now %(told)s.") % {"told": told})
    elif not chosen:
        messages.warning(request, _("Nothing was changed. Tick people first, then press a button."))


def _remind(request: HttpRequest, visit: FieldVisit) -> None:
    try:
        number = visits.remind_incomplete(visit=visit, by=request.user.get_username())
    except VisitError as error:
        messages.warning(request, str(error))
        return
    told = ngettext("%(number)s person was reminded.", "%(number)s people were reminded.", number)
    messages.success(request, told % {"number": number})
