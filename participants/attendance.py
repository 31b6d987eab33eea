"""Who was there: marks by day or by session. A correction makes a mark void and writes another; nothing is deleted."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from events.models import Edition, Session, record
from participants.models import Attendance, Participant

Mark, Source = Attendance.Mark, Attendance.Source


class AttendanceError(Exception):
    """A mark that cannot be written; the text is a sentence for a person."""


@dataclass(frozen=True)
class Column:
    """A day, or a session of a day."""

    day: dt.date
    session: Session | None = None


@dataclass(frozen=True)
class Cell:
    """One person and one column. `is_derived`: the day counts because a session of it is marked."""

    row: Attendance | None
    is_present: bool
    is_derived: bool = False


@dataclass(frozen=True)
class GridRow:
    """One person with a cell for each column and how many of them are present."""

    participant: Participant
    cells: list[Cell]
    total: int


@dataclass(frozen=True)
class Grid:
    """Participants by columns, with the number present in each column."""

    columns: list[Column]
    rows: list[GridRow]
    totals: list[int]


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

    Raises AttendanceError for somebody without a place, and for a day or session of another edition.
    """
    participant = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant.pk)
    if participant.status != Participant.Status.CONFIRMED:
        raise AttendanceError(_("Only people with a confirmed place can be marked."))
    _check_column(participant, day, session)
    standing = _standing(participant, day, session)
    if standing and standing.mark == mark:
        return standing
    if standing:
        _void(standing, by, reason="corrected")
    return Attendance.objects.create(
        participant=participant,
        day=day,
        session=session,
        mark=mark,
        source=source,
        recorded_at=at or clock.now(),
        recorded_by=by,
    )


@transaction.atomic
def clear(
    *, participant: Participant, day: dt.date, session: Session | None = None, by: str, reason: str = ""
) -> Attendance | None:
    """Make the standing mark void and return it; None where there is none."""
    participant = Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant.pk)
    standing = _standing(participant, day, session)
    if standing:
        _void(standing, by, reason)
    return standing


@transaction.atomic
def save_grid(*, edition: Edition, changes: Iterable[tuple[Participant, Column, bool]], by: str) -> tuple[int, int]:
    """Write the ticks that were set and take away those that were unset; returns how many of each.

    All or none: raises AttendanceError with the first sentence that stands against one of them.
    """
    ticked = cleared = 0
    for participant, column, is_present in sorted(changes, key=lambda change: change[0].pk):
        place = {"participant": participant, "day": column.day, "session": column.session, "by": by}
        if is_present:
            mark(**place)  # type: ignore[arg-type]
            ticked += 1
        elif clear(**place):  # type: ignore[arg-type]
            cleared += 1
    if ticked or cleared:
        record(edition, "save attendance", by=by, edition=edition, after=f"{ticked} present, {cleared} taken away")
    return ticked, cleared


def _check_column(participant: Participant, day: dt.date, session: Session | None) -> None:
    edition = participant.edition
    if session is not None and (session.edition_id != edition.pk or session.day != day):
        raise AttendanceError(_("This session is not in the agenda of that day."))
    if session is None and day not in edition.days:
        raise AttendanceError(_("%(day)s is not a day of this edition.") % {"day": day.isoformat()})


def _standing(participant: Participant, day: dt.date, session: Session | None) -> Attendance | None:
    return participant.attendance.standing().filter(day=day, session=session).first()


def _void(row: Attendance, by: str, reason: str) -> None:
    row.void_at, row.void_by, row.void_reason = clock.now(), by, reason[:200]
    row.save(update_fields=["void_at", "void_by", "void_reason"])


# -- Reading ------------------------------------------------------------------------------------------------------


def day_columns(edition: Edition) -> list[Column]:
    """A column for each day of the edition."""
    return [Column(day) for day in edition.days]


def session_columns(edition: Edition, day: dt.date) -> list[Column]:
    """A column for each session of the day that people attend; breaks, meals and cancelled ones are none."""
    attended = edition.sessions.filter(day=day, status=Session.Status.SCHEDULED, start__isnull=False)
    skipped = [Session.Kind.BREAK, Session.Kind.MEAL, Session.Kind.ARRIVAL, Session.Kind.REGISTRATION]
    return [Column(day, session) for session in attended.exclude(kind__in=skipped).order_by("start", "letter", "id")]


def grid(people: Iterable[Participant], columns: list[Column]) -> Grid:
    """The grid of these people; one query for all marks, however many people and columns."""
    people = list(people)
    days = {column.day for column in columns}
    rows = Attendance.objects.standing().filter(participant__in=people, day__in=days)
    marks: dict[tuple[int, dt.date], list[Attendance]] = defaultdict(list)
    for row in rows:
        marks[row.participant_id, row.day].append(row)
    drawn = []
    for person in people:
        cells = [_cell(marks[person.pk, column.day], column) for column in columns]
        drawn.append(GridRow(person, cells, sum(cell.is_present for cell in cells)))
    totals = [sum(row.cells[index].is_present for row in drawn) for index in range(len(columns))]
    return Grid(columns, drawn, totals)


def _cell(rows: list[Attendance], column: Column) -> Cell:
    wanted = column.session.pk if column.session else None
    own = next((row for row in rows if row.session_id == wanted), None)
    if own and own.mark == Mark.PRESENT:
        return Cell(own, True)
    if column.session is None and (by_session := next((row for row in rows if row.mark == Mark.PRESENT), None)):
        return Cell(by_session, True, is_derived=True)
    return Cell(own, False)
