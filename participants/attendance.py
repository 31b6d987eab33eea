"""Who was there: marks by day or by session. A correction makes a mark void and writes another; nothing is deleted."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import formats
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from events.models import Edition, Session, record
from participants.capacity import lock_edition
from participants.models import Attendance, Participant, Scan

Mark, Source = Attendance.Mark, Attendance.Source
# Nobody is counted at these; one that was marked all the same is shown.
UNCOUNTED = (Session.Kind.BREAK, Session.Kind.MEAL, Session.Kind.ARRIVAL, Session.Kind.REGISTRATION)


class AttendanceError(Exception):
    """A mark that cannot be written; the text is a sentence for a person."""


# -- Where people are counted -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """Where people are counted: a day, at the registration desk, or a session."""

    day: dt.date
    session: Session | None = None

    @property
    def name(self) -> str:
        """As addresses and forms write it: "day:2018-10-09" or "session:12"."""
        return f"session:{self.session.pk}" if self.session else f"day:{self.day.isoformat()}"

    @property
    def title(self) -> str:
        """Start, letter (unless the title says it) and title of a session; empty for a day."""
        if self.session is None:
            return ""
        start = self.session.start
        time = f"{start.astimezone(self.session.edition.zone):%H:%M}" if start else ""
        letter, title = self.session.letter, str(self.session.title)
        is_said = not letter or re.search(rf"\b{re.escape(letter)}\b", title)  # "Working group A"
        return " ".join(part for part in (time, "" if is_said else f"{letter}.", title) if part)

    def __str__(self) -> str:
        day = formats.date_format(self.day, "l j F")
        return f"{day}, {self.title}" if self.session else day


def read_point(edition: Edition, name: str) -> Point:
    """The point of this name. Raises AttendanceError where it is no day and no session of this edition."""
    if name.startswith("day:"):
        for day in edition.days:
            if name == f"day:{day.isoformat()}":
                return Point(day)
    if re.fullmatch(r"session:[0-9]{1,9}", name):
        session = edition.sessions.filter(pk=int(name[8:]), day__isnull=False).first()
        if session is not None and session.day is not None:
            return Point(session.day, session)
    raise AttendanceError(_("Choose a day, a session or a vehicle of this edition."))


def day_points(edition: Edition) -> list[Point]:
    """The days of the edition."""
    return [Point(day) for day in edition.days]


def session_points(edition: Edition, day: dt.date | None = None) -> list[Point]:
    """The sessions that people attend, of one day or of all; breaks, meals and cancelled ones only if marked."""
    marked = Exists(Attendance.objects.standing().filter(session=OuterRef("pk")))
    attended = Q(status=Session.Status.SCHEDULED) & ~Q(kind__in=UNCOUNTED)
    sessions = edition.sessions.filter(Q(day__in=[day] if day else edition.days) & (attended | Q(marked)))
    return [Point(one.day, one) for one in sessions if one.day is not None]


def points(edition: Edition) -> list[Point]:
    """Every day, each followed by its sessions; one query."""
    by_day = defaultdict(list)
    for point in session_points(edition):
        by_day[point.day].append(point)
    return [point for day in edition.days for point in (Point(day), *by_day[day])]


# -- Verbs --------------------------------------------------------------------------------------------------------


@transaction.atomic
def mark(
    *,
    participant: Participant,
    day: dt.date,
    session: Session | None = None,
    mark: str = Mark.PRESENT,
    source: str = Source.LIST,
    by: str,
    at: dt.datetime | None = None,
) -> Attendance:
    """Write a mark and return it; one that says the same already stays as it is, another is made void.

    Raises AttendanceError for somebody without a place, for a day or session of another edition, and when the
    edition is archived.
    """
    participant = _lock(participant.pk)
    point = Point(day, session)
    _check(participant.edition, point)
    if participant.status != Participant.Status.CONFIRMED:
        raise AttendanceError(_no_place(participant))
    standing = _standing(participant, point)
    if standing and standing.mark == mark:
        return standing
    row = _new(participant, point, mark, source, by, at)
    if standing:
        _void(standing, point, by, "corrected")
    row.save()
    before = standing.mark if standing else ""
    record(participant, f"mark {point.name}", by=by, edition=participant.edition, before=before, after=mark)
    return row


@transaction.atomic
def clear(
    *, participant: Participant, day: dt.date, session: Session | None = None, by: str, reason: str = ""
) -> Attendance | None:
    """Make the standing mark void, and the check-in that wrote it; returns it, None where there is none.

    Raises AttendanceError when the edition is archived, and for a day or session of another edition.
    """
    participant = _lock(participant.pk)
    point = Point(day, session)
    _check(participant.edition, point)
    standing = _standing(participant, point)
    if standing:
        _void(standing, point, by, reason)
        record(participant, f"clear {point.name}", by=by, edition=participant.edition, before=standing.mark)
    return standing


@dataclass
class Saved:
    """What became of a grid: how many ticks were set and taken away, and a sentence for each that was refused."""

    ticked: int = 0
    cleared: int = 0
    refused: list[str] = field(default_factory=list)


@transaction.atomic
def save_grid(*, edition: Edition, changes: Iterable[tuple[int, Point, bool]], by: str) -> Saved:
    """Write the ticks (key of a participant, point, present or not) that were changed on a page.

    A tick for somebody who has lost the place is refused by a sentence and the others are written. Taking a tick away
    touches presence alone: a mark that says something else stays. Raises AttendanceError when the edition is archived
    and for a point of another edition. The number of queries grows with corrections, not with ticks.
    """
    changes = list(changes)
    edition = lock_edition(edition.pk)
    for point in {point for _pk, point, _is_present in changes}:
        _check(edition, point)
    locked = Participant.objects.select_for_update(of=("self",), no_key=True).filter(edition=edition)
    people = {one.pk: one for one in locked.filter(pk__in={change[0] for change in changes}).order_by("pk")}
    standing = {_key(row): row for row in Attendance.objects.standing().filter(participant__in=people)}
    saved, rows = Saved(), []
    for pk, point, is_present in changes:
        person, row = people.get(pk), standing.get((pk, point.name))
        if is_present == bool(row and row.mark == Mark.PRESENT):
            continue
        if is_present and (person is None or person.status != Participant.Status.CONFIRMED):
            saved.refused.append(_no_place(person))
            continue
        if row:
            _void(row, point, by, "corrected" if is_present else "taken away")
        if person and is_present:
            rows.append(_new(person, point, Mark.PRESENT, Source.LIST, by, None))
        saved.cleared += not is_present
    saved.ticked = len(Attendance.objects.bulk_create(rows))
    if saved.ticked or saved.cleared:
        after = f"{saved.ticked} present, {saved.cleared} taken away"
        record(edition, "save attendance", by=by, edition=edition, after=after)
    return saved


def _lock(pk: int) -> Participant:
    locked = Participant.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("edition").get(pk=pk)


def _check(edition: Edition, point: Point) -> None:
    if edition.status == Edition.Status.ARCHIVED:
        raise AttendanceError(_("This edition is archived. Its attendance can only be read."))
    session = point.session
    if session is not None and (session.edition_id != edition.pk or session.day != point.day):
        raise AttendanceError(_("This session is not in the agenda of that day."))
    if session is None and point.day not in edition.days:
        raise AttendanceError(_("%(day)s is not a day of this edition.") % {"day": point.day.isoformat()})


def _no_place(person: Participant | None) -> str:
    if person is None:
        return _("Only people of this edition can be marked.")
    words = {"name": person.name, "status": person.get_status_display()}
    return _("%(name)s cannot be marked: the registration is “%(status)s”.") % words


def _key(row: Attendance) -> tuple[int, str]:
    """A session keeps its marks when it moves to another day."""
    return row.participant_id, f"session:{row.session_id}" if row.session_id else f"day:{row.day.isoformat()}"


def _standing(participant: Participant, point: Point) -> Attendance | None:
    rows = participant.attendance.standing().filter(session=point.session)
    return (rows if point.session else rows.filter(day=point.day)).first()


def _new(person: Participant, point: Point, mark: str, source: str, by: str, at: dt.datetime | None) -> Attendance:
    return Attendance(
        participant=person,
        day=point.day,
        session=point.session,
        mark=mark,
        source=source,
        recorded_at=at or clock.now(),
        recorded_by=by,
    )


def _void(row: Attendance, point: Point, by: str, reason: str) -> None:
    """The check-in goes with the mark that it wrote: the person can be checked in again."""
    row.void_at, row.void_by, row.void_reason = clock.now(), by, reason[:200]
    row.save(update_fields=["void_at", "void_by", "void_reason"])
    entries = Scan.objects.filter(participant=row.participant_id, point=point.name, result=Scan.Result.OK)
    entries.filter(void_at=None).update(void_at=row.void_at, void_by=by)


# -- Reading ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One person at one point, with the mark given there. `is_derived`: a day counts because a session of it does."""

    point: Point
    row: Attendance | None
    is_present: bool
    is_derived: bool = False

    @property
    def mark(self) -> str:
        """The mark given at this point itself; empty without one."""
        return self.row.mark if self.row else ""


@dataclass(frozen=True)
class GridRow:
    """One person with a cell for each column and how many of them are present."""

    participant: Participant
    cells: list[Cell]
    total: int

    @property
    def ticked(self) -> str:
        """The names of the points where the person is marked present, as a form keeps them to see what was changed."""
        return " ".join(cell.point.name for cell in self.cells if cell.mark == Mark.PRESENT)


@dataclass(frozen=True)
class Grid:
    """Participants by columns, with the number present in each column."""

    columns: Sequence[Point]
    rows: list[GridRow]
    totals: list[int]


Marks = Mapping[int, list[Attendance]]


def marks_of(people: Iterable[Participant]) -> Marks:
    """The standing marks of these people by their key; one query."""
    marks: dict[int, list[Attendance]] = defaultdict(list)
    for row in Attendance.objects.standing().filter(participant__in=[person.pk for person in people]):
        marks[row.participant_id].append(row)
    return marks


def grid(people: Sequence[Participant], columns: Sequence[Point], marks: Marks | None = None) -> Grid:
    """The grid of these people; one query for all marks, none where they are given."""
    marks = marks_of(people) if marks is None else marks
    rows = []
    for person in people:
        cells = [_cell(marks.get(person.pk, []), column) for column in columns]
        rows.append(GridRow(person, cells, sum(cell.is_present for cell in cells)))
    totals = [sum(row.cells[index].is_present for row in rows) for index in range(len(columns))]
    return Grid(columns, rows, totals)


def _cell(rows: list[Attendance], column: Point) -> Cell:
    own = next((row for row in rows if _key(row)[1] == column.name), None)
    if own and own.mark == Mark.PRESENT:
        return Cell(column, own, True)
    in_session = any(row.day == column.day and row.session_id and row.mark == Mark.PRESENT for row in rows)
    is_derived = column.session is None and in_session
    return Cell(column, own, is_derived, is_derived)
