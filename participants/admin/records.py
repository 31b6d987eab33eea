"""The visit officer's pages: whose record is complete, one record with a reason, the host list, and who looked."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone as clock
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from events.admin.scope import ReadOnly, ScopedAdmin
from events.models import FieldVisit
from participants import host_list, records
from participants.access import Right, editions_for, may
from participants.admin.attendance import XLSX
from participants.forms import ReasonForm
from participants.models import RecordLook, VisitBooking
from participants.records import RecordError
from participants.wording import when

FORMS = {"xlsx": (host_list.xlsx, XLSX), "pdf": (host_list.pdf, "application/pdf")}


@admin.register(RecordLook)
class RecordLookAdmin(ReadOnly, ScopedAdmin):
    """Who looked at records, when and why; never what they saw. The officer's pages hang below it."""

    edition_path = "visit__session__edition"
    list_display = ("at", "actor", "action", "records", "visit", "person", "reason")
    list_filter = ("visit__session__edition", "visit", "action")
    list_select_related = ("visit__session",)
    folded_fields = ("actor", "reason")
    fields = ("at", "actor", "action", "records", "visit", "person", "reason")
    change_list_template = "admin/participants/records/looks.html"

    @admin.display(description=gettext_lazy("participant"))
    def person(self, look: RecordLook) -> str:
        """Whose record it was; nobody for a list and for a record that is erased."""
        return look.record.booking.participant.name if look.record else ""

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the person whose record it was, without a value of the record."""
        rows = super().get_queryset(request).select_related("record__booking__participant")
        return rows.defer(*(f"record__{name}" for name in records.FIELDS))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The list, with the way to the officer's pages for who may open them."""
        return super().changelist_view(request, {"is_officer": may(request.user, Right.SEE_VISIT_RECORDS)})

    def get_urls(self) -> list[Any]:
        """With the officer's pages."""
        view = self.admin_site.admin_view
        return [
            path("visits/", view(self.visits), name="participants_records_visits"),
            path("visits/<int:pk>/", view(self.visit), name="participants_records_visit"),
            path("visits/<int:pk>/list/", view(require_POST(self.host_list)), name="participants_records_list"),
            path("bookings/<int:pk>/", view(self.booking), name="participants_records_booking"),
            path("bookings/<int:pk>/erase/", view(require_POST(self.erase)), name="participants_records_erase"),
            *super().get_urls(),
        ]

    def visits(self, request: HttpRequest) -> HttpResponse:
        """The visits of the editions whose records one may see."""
        rows = [(visit, when(visit.session, visit.session.edition)) for visit in _visits(request)]
        return self._page(request, "visits", _("Records of field visits"), visits=rows)

    def visit(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who comes and whose record is complete, without a value of it; below it the host list is taken out."""
        return self._visit(request, get_object_or_404(_visits(request), pk=pk), ReasonForm())

    @method_decorator(sensitive_variables())
    def host_list(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The list as a file, once a reason is written."""
        visit = get_object_or_404(_visits(request), pk=pk)
        form, kind = ReasonForm(request.POST), request.POST.get("form", "")
        if not form.is_valid() or kind not in FORMS:
            return self._visit(request, visit, form)
        draw, content_type = FORMS[kind]
        at, by = clock.now(), request.user.get_username()
        try:
            rows = records.host_list(visit=visit, by=by, reason=form.cleaned_data["reason"], form=kind)
        except RecordError as error:
            form.add_error(None, str(error))
            return self._visit(request, visit, form)
        response = HttpResponse(draw(host_list.drawn_up(visit, rows, at)), content_type=content_type)
        name = f"host-list-{visit.pk}-{at.astimezone(visit.session.edition.zone):%Y%m%d-%H%M}.{kind}"
        response["Content-Disposition"] = content_disposition_header(True, name) or ""
        return response

    @method_decorator(sensitive_variables())
    def booking(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One record: asked for with a reason, shown in the answer to that post and nowhere else."""
        booking = _booking(request, pk)
        form = ReasonForm(request.POST if request.method == "POST" else None)
        answers = None
        if form.is_bound and form.is_valid():
            by, reason = request.user.get_username(), form.cleaned_data["reason"]
            try:
                record = records.open_record(booking=booking, by=by, reason=reason)
                answers = host_list.answers_of(record)
            except RecordError as error:
                form.add_error(None, str(error))
        title = _("Record of %(person)s") % {"person": booking.participant}
        status = 422 if form.is_bound and answers is None else 200
        return self._page(request, "booking", title, status, booking=booking, form=form, answers=answers)

    def erase(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take out the record of somebody who does not come."""
        booking = _booking(request, pk)
        try:
            records.delete_record(booking=booking, by=request.user.get_username())
            messages.success(request, _("The record is erased."))
        except RecordError as error:
            messages.error(request, str(error))
        return redirect("admin:participants_records_visit", booking.visit_id)

    def _visit(self, request: HttpRequest, visit: FieldVisit, form: ReasonForm) -> HttpResponse:
        rows = records.bookings_of(visit).filter(~Q(state__in=records.ENDED) | Q(record__isnull=False))
        title = _("Records: %(site)s") % {"site": visit.site}
        return self._page(
            request,
            "visit",
            title,
            422 if form.is_bound else 200,
            visit=visit,
            when=when(visit.session, visit.session.edition),
            edition=visit.session.edition,
            bookings=rows.select_related("participant__delegation").order_by("participant__sort_name", "pk"),
            form=form,
        )

    def _page(self, request: HttpRequest, name: str, title: str, status: int = 200, **context: Any) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return render(request, f"admin/participants/records/{name}.html", frame | context, status=status)


def _visits(request: HttpRequest) -> QuerySet[FieldVisit]:
    """The visits whose records this account may see; refused where there can be none."""
    if not may(request.user, Right.SEE_VISIT_RECORDS):
        raise PermissionDenied
    editions = editions_for(request.user, Right.SEE_VISIT_RECORDS)
    found = FieldVisit.objects.filter(session__edition__in=editions).select_related("session__edition")
    return found.order_by("-session__edition__first_day", "session__start", "pk")


def _booking(request: HttpRequest, pk: int) -> VisitBooking:
    rows = VisitBooking.objects.filter(visit__in=_visits(request))
    return get_object_or_404(rows.select_related("visit__session__edition", "participant__delegation"), pk=pk)
