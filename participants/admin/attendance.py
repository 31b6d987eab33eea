"""The attendance grid: participants by day or by the sessions of a day; tick, save, see who marked what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import formats
from django.utils import timezone as clock
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _

from events.admin.scope import ReadOnly, ScopedAdmin
from events.models import Edition, record
from events.sheets import Sheet, workbook
from participants import attendance
from participants.access import Right, editions_for, may
from participants.attendance import AttendanceError, Point
from participants.exports import footnotes, printed
from participants.models import Attendance, Participant

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LAST = 12
FILTERS = ("day", "only", "q", "delegation", "order")


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
        """With the grid, the page of one person and the sheet."""
        view = self.admin_site.admin_view
        return [
            path("grid/", view(self.choose), name="participants_attendance_choose"),
            path("grid/<slug:slug>/", view(self.grid), name="participants_attendance_grid"),
            path("grid/<slug:slug>/<int:pk>/", view(self.person), name="participants_attendance_person"),
            path("grid/<slug:slug>/attendance.xlsx", view(self.sheet), name="participants_attendance_xlsx"),
            *super().get_urls(),
        ]

    def choose(self, request: HttpRequest) -> HttpResponse:
        """The editions whose attendance one may mark."""
        if not may(request.user, Right.MARK_ATTENDANCE):
            raise PermissionDenied
        editions = editions_for(request.user, Right.MARK_ATTENDANCE).exclude(first_day=None)
        return self._page(request, "choose", _("Attendance"), editions=editions)

    def grid(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Show the grid, or save its ticks."""
        edition = _edition(request, slug, Right.MARK_ATTENDANCE)
        if request.method == "POST":
            _save(request, edition)
            return HttpResponseRedirect(request.get_full_path())
        today = clock.now().astimezone(edition.zone).date()
        day, columns = _columns(request, edition, today)
        drawn = attendance.grid(list(_people(request, edition)), columns)
        with clock.override(edition.zone):
            return self._page(
                request,
                "grid",
                _("Attendance of %(edition)s") % {"edition": edition},
                edition=edition,
                grid=drawn,
                day=day,
                today=today,
                chosen={name: request.GET.get(name, "")[:200] for name in FILTERS},
                delegations=edition.delegations.in_protocol_order(),
                last=_last_changes(edition),
                footnotes=footnotes(edition, [row.participant.delegation for row in drawn.rows]),
                query=urlencode({name: request.GET[name] for name in FILTERS if request.GET.get(name)}),
                may_export=may(request.user, Right.EXPORT, edition),
            )

    def person(self, request: HttpRequest, slug: str, pk: int) -> HttpResponse:
        """Every mark of one person, standing and void; a mark other than present is given here."""
        edition = _edition(request, slug, Right.MARK_ATTENDANCE)
        people = edition.participants.select_related("delegation", "edition")
        person = get_object_or_404(people, pk=min(pk, 2**63 - 1))
        if request.method == "POST":
            _save_person(request, person)
            return HttpResponseRedirect(request.get_full_path())
        with clock.override(edition.zone):
            return self._page(
                request,
                "person",
                _("Attendance of %(person)s") % {"person": person},
                edition=edition,
                person=person,
                cells=attendance.grid([person], attendance.points(edition)).rows[0].cells,
                marks=Attendance.Mark.choices,
                rows=_changes_of(Q(participant=person)),
            )

    def sheet(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Participants by days, and a sheet for the sessions of each day, as .xlsx; written into the history."""
        edition = _edition(request, slug, Right.EXPORT)
        people, at = list(_people(request, edition)), clock.now().astimezone(edition.zone)
        sheets = _sheets(edition, people, at, is_filtered=any(request.GET.get(name) for name in ("q", "delegation")))
        by = request.user.get_username()
        after = f"{len(people)} people, {len(sheets)} sheets: name, delegation, role, presence"
        record(edition, "export attendance", by=by, edition=edition, after=after)
        response = HttpResponse(workbook(sheets[0].above[0], sheets), content_type=XLSX)
        name = f"attendance-{edition.slug}-{at:%Y%m%d-%H%M}.xlsx"
        response["Content-Disposition"] = content_disposition_header(True, name) or ""
        return response

    def _page(self, request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return render(request, f"admin/participants/attendance/{name}.html", frame | context)


# -- What is shown ------------------------------------------------------------------------------------------------


def _edition(request: HttpRequest, slug: str, right: Right) -> Edition:
    if not may(request.user, right):
        raise PermissionDenied
    return get_object_or_404(editions_for(request.user, right), slug=slug)


def _columns(request: HttpRequest, edition: Edition, today: dt.date) -> tuple[dt.date | None, list[Point]]:
    """The day whose sessions are shown (None: the days themselves), and the columns."""
    day = next((day for day in edition.days if day.isoformat() == request.GET.get("day")), None)
    if day:
        return day, attendance.session_points(edition, day)
    days = attendance.day_points(edition)
    if request.GET.get("only") == "today" and today in edition.days:
        days = [Point(today)]
    return None, days


def _people(request: HttpRequest, edition: Edition) -> QuerySet[Participant]:
    """The confirmed, and whoever was there before losing the place; searched and filtered as the page asks."""
    was_here = Attendance.objects.standing().filter(participant__edition=edition, mark=Attendance.Mark.PRESENT)
    shown = Q(status=Participant.Status.CONFIRMED) | Q(pk__in=was_here.values("participant"))
    people = edition.participants.filter(shown).select_related("delegation")
    if words := request.GET.get("q", ""):
        people = people.matching(words)
    delegation = request.GET.get("delegation", "")
    if delegation.isascii() and delegation.isdigit() and len(delegation) < 10:
        people = people.filter(delegation=int(delegation))
    if request.GET.get("order") == "protocol":
        return people.in_protocol_order()
    return people.order_by("sort_name", "id")


def _changes_of(which: Q) -> QuerySet[Attendance]:
    """Marks written and made void, the latest first."""
    rows = Attendance.objects.filter(which).select_related("participant", "session__edition")
    return rows.annotate(changed=Greatest("recorded_at", Coalesce("void_at", "recorded_at"))).order_by(
        "-changed", "-id"
    )


def _last_changes(edition: Edition) -> list[Attendance]:
    return list(_changes_of(Q(participant__edition=edition))[:LAST])


# -- Saving -------------------------------------------------------------------------------------------------------


def _save(request: HttpRequest, edition: Edition) -> None:
    known = {point.name: point for point in attendance.points(edition)}
    changes, unknown = [], set()
    for pk, name, is_present in _ticks(request):
        if name in known:
            changes.append((pk, known[name], is_present))
        else:
            unknown.add(name)
    try:
        saved = attendance.save_grid(edition=edition, changes=changes, by=request.user.get_username())
    except AttendanceError as error:
        messages.error(request, str(error))
        return
    if unknown:
        messages.error(request, _("The agenda changed while you wrote. A session left it; its ticks were not saved."))
    for sentence in saved.refused[:20]:
        messages.error(request, sentence)
    words = {
        "ticked": saved.ticked,
        "cleared": saved.cleared,
        "time": f"{clock.now().astimezone(edition.zone):%H:%M}",
    }
    messages.success(request, _("Saved at %(time)s: %(ticked)s present, %(cleared)s taken away.") % words)


def _ticks(request: HttpRequest) -> Iterator[tuple[int, str, bool]]:
    """What differs from the page as it was loaded: ticks that another member of staff set since are left alone."""
    for name, was in request.POST.items():
        kind, _dash, key = name.partition("-")
        if kind == "was" and key.isascii() and key.isdigit() and len(key) < 19:
            before, after = set(str(was).split()), set(request.POST.getlist(f"p-{key}"))
            for point in sorted(before ^ after):
                yield int(key), point, point in after


def _save_person(request: HttpRequest, person: Participant) -> None:
    by, written = request.user.get_username(), 0
    try:
        with transaction.atomic():
            for point in attendance.points(person.edition):
                before, after = request.POST.get(f"was-{point.name}", ""), request.POST.get(point.name, "")
                if before == after or after not in ("", *Attendance.Mark.values):
                    continue
                place: dict[str, Any] = {"participant": person, "day": point.day, "session": point.session, "by": by}
                if after:
                    attendance.mark(**place, mark=after)
                else:
                    attendance.clear(**place, reason="taken away")
                written += 1
    except AttendanceError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Saved: %(number)s marks changed.") % {"number": written})


# -- As a sheet ---------------------------------------------------------------------------------------------------


def _sheets(edition: Edition, people: list[Participant], at: dt.datetime, *, is_filtered: bool) -> list[Sheet]:
    """All from one reading of the marks, so that the sheets agree."""
    marks = attendance.marks_of(people)
    when = {"time": formats.date_format(at, "DATETIME_FORMAT"), "place": edition.city or edition.zone.key}
    number = {"number": len(people)}
    above = [
        f"{edition.title}, {edition.place}" if edition.place else str(edition.title),
        _("As of %(time)s (%(place)s time)") % when,
        _("Some people only, as searched: %(number)s") % number
        if is_filtered
        else _("All people: %(number)s") % number,
        _("1 = present, 0 = no mark"),
    ]
    by_day: dict[dt.date, list[Point]] = {day: [] for day in edition.days}
    for point in attendance.session_points(edition):
        by_day[point.day].append(point)
    tables = [(_("Days"), attendance.day_points(edition))]
    tables += [(day.isoformat(), columns) for day, columns in by_day.items() if columns]
    below = footnotes(edition, [person.delegation for person in people])
    return [_sheet(name, attendance.grid(people, columns, marks), above, below) for name, columns in tables]


def _sheet(name: str, drawn: attendance.Grid, above: list[str], below: list[str]) -> Sheet:
    head = [_("Name"), _("Delegation"), _("Role"), *[_head(column) for column in drawn.columns], _("Total")]
    rows: list[list[Any]] = [
        [one.participant.name, printed(one.participant.delegation), str(one.participant.get_role_display())]
        + [_value(cell) for cell in one.cells]
        + [one.total]
        for one in drawn.rows
    ]
    rows.append([_("Present"), "", "", *drawn.totals, sum(drawn.totals)])
    return Sheet(name, head, rows, above, below, [32, 28, 20, *[14] * len(drawn.columns), 8])


def _head(column: Point) -> str:
    return column.title or f"{formats.date_format(column.day, 'D')} {column.day.isoformat()}"


def _value(cell: attendance.Cell) -> int | str:
    if cell.row is None or cell.is_present:
        return int(cell.is_present)
    return str(cell.row.get_mark_display())
