"""The attendance grid: participants by day or by the sessions of a day; tick, save, take out as a sheet."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import formats
from django.utils import timezone as clock
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _

from events.admin.scope import ReadOnly, ScopedAdmin
from events.models import Edition, record
from participants import attendance
from participants.access import Right, editions_for, may
from participants.attendance import AttendanceError, Column, Grid
from participants.exports import Sheet, workbook
from participants.models import Attendance, Participant

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@admin.register(Attendance)
class AttendanceAdmin(ReadOnly, ScopedAdmin):
    """Every mark, void ones too; the grid is the place to write them."""

    edition_path = "participant__edition"
    list_display = (
        "participant",
        "day",
        "session",
        "mark",
        "source",
        "recorded_at",
        "recorded_by",
        "void_at",
        "void_by",
    )
    list_filter = ("participant__edition", "day", "mark", "source", ("void_at", admin.EmptyFieldListFilter))
    list_select_related = ("participant", "session")
    ordering = ("-recorded_at", "-id")
    folded_fields = ("participant__search",)
    change_list_template = "admin/participants/attendance/list.html"

    def get_urls(self) -> list[Any]:
        """With the grid and its sheet."""
        view = self.admin_site.admin_view
        return [
            path("grid/", view(self.choose), name="participants_attendance_choose"),
            path("grid/<slug:slug>/", view(self.grid), name="participants_attendance_grid"),
            path("grid/<slug:slug>/attendance.xlsx", view(self.sheet), name="participants_attendance_xlsx"),
            *super().get_urls(),
        ]

    def choose(self, request: HttpRequest) -> HttpResponse:
        """The editions whose attendance one may mark."""
        if not may(request.user, Right.MARK_ATTENDANCE):
            raise PermissionDenied
        editions = editions_for(request.user, Right.MARK_ATTENDANCE).exclude(first_day=None)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Attendance"),
            "opts": self.opts,
            "editions": editions,
        }
        return render(request, "admin/participants/attendance/choose.html", context)

    # -- The grid -------------------------------------------------------------------------------------------------

    def grid(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Show the grid, or save its ticks."""
        edition = self._edition(request, slug, Right.MARK_ATTENDANCE)
        day = _day(edition, request.GET.get("day", ""))
        columns = attendance.session_columns(edition, day) if day else attendance.day_columns(edition)
        if request.method == "POST":
            return self._save(request, edition, columns)
        drawn = attendance.grid(self._people(request, edition), columns)
        today = clock.now().astimezone(edition.zone).date()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Attendance of %(edition)s") % {"edition": edition},
            "opts": self.opts,
            "edition": edition,
            "grid": drawn,
            "columns": [(column, _label(column), column.day == today) for column in columns],
            "day": day,
            "q": request.GET.get("q", "")[:200],
            "delegation": request.GET.get("delegation", "")[:9],
            "delegations": edition.delegations.in_protocol_order(),
            "rows": [_row(row, drawn) for row in drawn.rows],
            "last": self._last_changes(edition),
            "query": urlencode({k: request.GET[k] for k in ("day", "q", "delegation") if request.GET.get(k)}),
        }
        with clock.override(edition.zone):
            return render(request, "admin/participants/attendance/grid.html", context)

    def _edition(self, request: HttpRequest, slug: str, right: Right) -> Edition:
        return get_object_or_404(editions_for(request.user, right), slug=slug)

    def _people(self, request: HttpRequest, edition: Edition) -> Any:
        people = edition.participants.confirmed().select_related("delegation").order_by("sort_name", "id")
        if words := request.GET.get("q", ""):
            people = people.matching(words)
        delegation = request.GET.get("delegation", "")
        if delegation.isascii() and delegation.isdigit() and len(delegation) < 10:
            people = people.filter(delegation=int(delegation))
        return people

    def _last_changes(self, edition: Edition) -> list[Attendance]:
        rows = Attendance.objects.filter(participant__edition=edition).select_related("participant", "session")
        return list(rows.order_by("-recorded_at", "-id")[:10])

    def _save(self, request: HttpRequest, edition: Edition, columns: list[Column]) -> HttpResponse:
        people = {person.pk: person for person in edition.participants.confirmed()}
        try:
            changes = list(_changes(request, people, columns))
            ticked, cleared = attendance.save_grid(edition=edition, changes=changes, by=request.user.get_username())
        except AttendanceError as error:
            messages.error(request, str(error))
        else:
            at = clock.now().astimezone(edition.zone)
            words = {"ticked": ticked, "cleared": cleared, "time": f"{at:%H:%M}"}
            messages.success(request, _("Saved at %(time)s: %(ticked)s present, %(cleared)s taken away.") % words)
        return HttpResponseRedirect(request.get_full_path())

    def sheet(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Participants by days, and a sheet for the sessions of each day, as .xlsx; written into the history."""
        edition = self._edition(request, slug, Right.EXPORT)
        people = list(self._people(request, edition))
        at = clock.now().astimezone(edition.zone)
        words = {"time": formats.date_format(at, "DATETIME_FORMAT"), "place": edition.city or edition.zone.key}
        above = [str(edition.title), _("As of %(time)s (%(place)s time)") % words]
        sheets = [_sheet(_("Days"), attendance.grid(people, attendance.day_columns(edition)), above)]
        for day in edition.days:
            columns = attendance.session_columns(edition, day)
            if columns:
                sheets.append(_sheet(day.isoformat(), attendance.grid(people, columns), above))
        record(
            edition,
            "export attendance",
            by=request.user.get_username(),
            edition=edition,
            after=f"{len(people)} people, {len(sheets)} sheets",
        )
        response = HttpResponse(workbook(sheets), content_type=XLSX)
        name = f"attendance-{edition.slug}-{at:%Y%m%d-%H%M}.xlsx"
        response["Content-Disposition"] = content_disposition_header(True, name) or ""
        response["Cache-Control"] = "private, no-store"
        return response


def _day(edition: Edition, text: str) -> dt.date | None:
    return next((day for day in edition.days if day.isoformat() == text), None)


def _label(column: Column) -> str:
    if column.session is None:
        return f"{formats.date_format(column.day, 'D')} {formats.date_format(column.day, 'j')}"
    session = column.session
    start = f"{session.start.astimezone(session.edition.zone):%H:%M}" if session.start else ""
    return f"{start} {session.letter + '. ' if session.letter else ''}{session.title}"


def _row(row: attendance.GridRow, drawn: Grid) -> dict[str, Any]:
    """A row for the template; `was` keeps what the page showed, so that only what was changed is saved."""
    own = [cell.is_present and not cell.is_derived for cell in row.cells]
    return {
        "person": row.participant,
        "cells": list(zip(row.cells, [_label(column) for column in drawn.columns], strict=True)),
        "total": row.total,
        "was": "".join("1" if tick else "0" for tick in own),
    }


def _changes(request: HttpRequest, people: dict[int, Participant], columns: list[Column]) -> Any:
    for name, was in request.POST.items():
        kind, _dash, key = name.partition("-")
        if kind != "was" or not key.isascii() or not key.isdigit() or len(key) > 9:
            continue
        person = people.get(int(key))
        if person is None:
            raise AttendanceError(_("Somebody on this page has no confirmed place any more. Load the page again."))
        if len(was) != len(columns):
            raise AttendanceError(_("The agenda changed while you wrote. Load the page again and tick once more."))
        ticks = request.POST.getlist(f"p-{key}")
        for index, column in enumerate(columns):
            is_present = str(index) in ticks
            if is_present != (was[index] == "1"):
                yield person, column, is_present


def _sheet(name: str, drawn: Grid, above: list[str]) -> Sheet:
    head = [_("Name"), _("Delegation"), _("Role"), *[_label(column) for column in drawn.columns], _("Total")]
    rows = [
        [r.participant.name, r.participant.delegation.name, str(r.participant.get_role_display())]
        + [1 if cell.is_present else 0 for cell in r.cells]
        + [r.total]
        for r in drawn.rows
    ]
    rows.append([_("Present"), "", "", *drawn.totals, sum(drawn.totals)])
    return Sheet(name, head, rows, above, [32, 28, 18, *[14] * len(drawn.columns), 8])
