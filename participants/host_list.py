"""The list of visitors that goes to the host of a visit, as .xlsx and as PDF: what the host asks, nothing else."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from events import typesetting
from events.models import Edition, FieldVisit
from events.sheets import Sheet, workbook
from participants import nationalities
from participants.models import VisitBooking, VisitRecord
from participants.records import DOCUMENT_TYPES, FIELDS
from participants.visit_places import record_asked
from participants.wording import notes_with, printed, when

DAYS = ("document_expiry", "birth_date")
# How much of the width of a page a column takes, beside the others.
WIDTHS = {"document_type": 5, "document_number": 6, "document_expiry": 5, "birth_date": 5, "sizes": 6}
_OLDEST_DAY_OF_A_SHEET = 1900


@dataclass(frozen=True)
class HostList:
    """The list as words and days: lines above it, the head, a row for each visitor, footnotes below."""

    title: str
    above: list[str]
    head: list[str]
    rows: list[list[Any]]
    below: list[str]
    widths: list[int]


def drawn_up(visit: FieldVisit, bookings: list[VisitBooking], at: dt.datetime) -> HostList:
    """The list of these bookings as of a moment."""
    edition, names = visit.session.edition, record_asked(visit)
    head = [_("Name"), _("Delegation"), _("Function"), *map(_label, names)]
    rows = [_row(booking, names) for booking in bookings]
    marks = {booking.participant.delegation.footnote_mark for booking in bookings}
    if any(str(value).endswith(nationalities.MARK) for row in rows for value in row[3:]):
        marks.add(nationalities.MARK)
    return HostList(
        title=_("Visitors: %(site)s") % {"site": visit.site},
        above=_above(visit, edition, len(rows), at),
        head=head,
        rows=rows,
        below=notes_with(edition, marks),
        widths=[10, 7, 9, *(WIDTHS.get(name, 8) for name in names)],
    )


def xlsx(paper: HostList) -> bytes:
    """One sheet, nothing hidden, no name in the properties of the file."""
    above = [paper.title, *paper.above, _mark()]
    rows = [[_for_a_sheet(value) for value in row] for row in paper.rows]
    widths = [width * 3 for width in paper.widths]
    return workbook(_("Host list"), [Sheet(_("Visitors"), paper.head, rows, above, paper.below, widths)])


def pdf(paper: HostList) -> bytes:
    """A4, with the number of each page."""
    return typesetting.pdf("host_list.typ", _content(paper), title=paper.title)


def pictures(paper: HostList) -> list[bytes]:
    """The pages of the PDF as PNG."""
    return typesetting.pictures("host_list.typ", _content(paper), title=paper.title)


def _content(paper: HostList) -> dict[str, Any]:
    return {
        "lang": (get_language() or "en")[:2],
        "mark": _mark(),
        "above": paper.above,
        "head": paper.head,
        "rows": [[_in_words(value) for value in row] for row in paper.rows],
        "below": paper.below,
        "widths": paper.widths,
        "empty": _("Nobody has a place on this visit yet."),
        "page": _("Page {page} of {pages}"),
        "foot": paper.above[-1],
    }


def _above(visit: FieldVisit, edition: Edition, people: int, at: dt.datetime) -> list[str]:
    local = at.astimezone(edition.zone)
    moment = {
        "day": date_format(local.date()),
        "time": f"{local:%H:%M}",
        "place": edition.city or edition.zone.key,
        "zone": edition.zone.key,
    }
    return [
        ", ".join(part for part in (str(edition.title), edition.place) if part),
        ". ".join(part for part in (when(visit.session, edition), visit.host_unit) if part),
        ngettext("%(people)s person has a place.", "%(people)s people have a place.", people) % {"people": people},
        _("As of %(day)s, %(time)s (%(place)s time, %(zone)s)") % moment,
    ]


def _row(booking: VisitBooking, names: list[str]) -> list[Any]:
    """Names as in the travel document, which the host compares; where a record is missing the cells are empty."""
    person, record = booking.participant, getattr(booking, "record", None)
    name = ", ".join(part for part in (person.family_name, person.given_name) if part)
    values = [value_of(record, field) if record else "" for field in names]
    return [name, printed(person.delegation), person.function, *values]


def value_of(record: VisitRecord, field: str) -> Any:
    """An answer as a person reads it; days as days, unless what is stored is none."""
    text = getattr(record, field)
    if field == "nationality":
        return nationalities.name_of(text) if text else ""
    if field == "document_type":
        return str(DOCUMENT_TYPES.get(text, text))
    if field in DAYS:
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            return text
    return text


def _for_a_sheet(value: Any) -> Any:
    """A sheet counts its days from 1900."""
    return value.isoformat() if isinstance(value, dt.date) and value.year < _OLDEST_DAY_OF_A_SHEET else value


def answers_of(record: VisitRecord) -> list[tuple[str, str]]:
    """Label and answer of all that was written into a record."""
    written = [name for name in FIELDS if getattr(record, name)]
    return [(_label(name), _in_words(value_of(record, name))) for name in written]


def _in_words(value: Any) -> str:
    return date_format(value) if isinstance(value, dt.date) else str(value)


def _mark() -> str:
    return _("Confidential: personal data for the host of the visit only")


def _label(name: str) -> str:
    field: Any = VisitRecord._meta.get_field(name)
    words = str(field.verbose_name)
    return words[:1].upper() + words[1:]
