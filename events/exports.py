"""The released agenda as .xlsx: a row for each session and each contribution, which load_edition reads back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from events.agenda import Agenda, Item, Person, Talk, Texts, said
from events.edition_files.columns import APART, COLUMNS, FACTS, TALK, heading, parts_of_speaker
from events.models import AgendaRelease, Session, Speaker
from events.sheets import Sheet, workbook
from events.text import fold

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = {"title": 50, "speakers": 50, "abstract": 50, "topics": 24, "room": 20, "kind": 16, "id": 38, "day": 12}
Column = tuple[str, str]


def agenda_xlsx(agenda: Agenda, *, language: str) -> bytes:
    """The agenda, its speakers and what it is about, each on a sheet, with the words of that language."""
    with translation.override(language):
        columns = _columns(agenda, language)
        widths = [WIDTHS.get(name, 10) for name, _code in columns]
        head = [heading(name, code) for name, code in columns]
        rows = [row for item in agenda.items for row in _rows(agenda, item, columns)]
        sheets = [
            Sheet(_("Agenda"), head, rows, widths=widths, wraps=True),
            _speakers(agenda, language),
            Sheet(_("About this table"), [_("Fact"), _("Value")], _about(agenda), widths=[30, 60], wraps=True),
        ]
        return workbook(_("Agenda: %(title)s") % {"title": said(agenda.title, language)}, sheets)


def _columns(agenda: Agenda, language: str) -> list[Column]:
    """Every column; titles and abstracts in each language that has any, the reader's first. English is always there."""
    held: list[Item | Talk] = [*agenda.items, *(talk for item in agenda.items for talk in item.talks)]
    texts = {"title": [each.title for each in held], "abstract": [each.abstract for each in held]}
    columns: list[Column] = []
    for name in COLUMNS:
        written = [code for code, _name in settings.LANGUAGES if any(text.get(code) for text in texts.get(name, []))]
        codes = sorted({"en", *written}, key=lambda code: (code != language, code != "en", code))
        columns += [(name, code) for code in codes] if name in texts and codes != ["en"] else [(name, "")]
    return columns


def _rows(agenda: Agenda, item: Item, columns: list[Column]) -> Iterator[list[Any]]:
    topics = [said(topic.name, "en") for topic in agenda.topics if topic.id in item.topics]
    facts = {
        "day": item.day,
        "start": _moment(agenda, item, item.start),
        "end": _moment(agenda, item, item.end),
        "room": agenda.room_name(item.room),
        "kind": str(Session.Kind(item.kind).label),
        "letter": item.letter,
        "topics": "\n".join(topics),
        "status": str(Session.Status(item.status).label),
        "id": item.uid,
    }
    yield _row(facts, item, columns)
    for talk in item.talks:
        yield _row({"kind": _(TALK), "id": item.uid}, talk, columns)


def _row(facts: dict[str, Any], what: Item | Talk, columns: list[Column]) -> list[Any]:
    texts: dict[str, Texts] = {"title": what.title, "abstract": what.abstract}
    facts = facts | {"speakers": "\n".join(speaker_in_a_cell(person) for person in what.people)}
    return [texts[name].get(code or "en", "") if name in texts else facts.get(name) for name, code in columns]


def speaker_in_a_cell(person: Person) -> str:
    """One line: name, function, organisation, role and state."""
    name = f"{person.honorific} {person.name}".strip()
    return APART.join(parts_of_speaker(name, person.function, person.organisation, person.role, person.state))


def _moment(agenda: Agenda, item: Item, moment: dt.datetime | None) -> dt.time | dt.datetime | str | None:
    """A time of the day; with its date where that is another day, with its offset where the time comes twice."""
    if moment is None:
        return None
    local = moment.astimezone(agenda.zone)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        return local.isoformat()
    plain = local.replace(tzinfo=None, microsecond=0)
    return plain.time() if local.date() == item.day else plain


def _speakers(agenda: Agenda, language: str) -> Sheet:
    """Everybody by name, in each function in which they appear, with their sessions."""
    found: dict[tuple[str, ...], list[str]] = {}
    for item in agenda.items:
        for person in item.everybody:
            name = f"{person.honorific} {person.name}".strip()
            kind = str(Speaker.Kind(person.kind).label)
            titles = found.setdefault((fold(person.name), name, kind, person.function, person.organisation), [])
            titles += [title for title in [said(item.title, language)] if title not in titles]
    rows = [[*who, "\n".join(titles)] for (_order, *who), titles in sorted(found.items())]
    head = [_("Name"), _("Kind"), _("Function"), _("Organisation"), _("Sessions")]
    return Sheet(_("Speakers"), head, rows, widths=[30, 14, 40, 40, 60], wraps=True)


def _about(agenda: Agenda) -> Iterator[list[Any]]:
    facts = {
        "title": said(agenda.title, "en"),
        "slug": agenda.slug,
        "city": agenda.city,
        "country": agenda.country,
        "venue": agenda.venue,
        "first_day": agenda.first_day,
        "last_day": agenda.last_day,
        "timezone": agenda.timezone,
        "release": agenda.number,
    }
    yield from ([_(FACTS[name]), value] for name, value in facts.items())
    yield [_("Status of the release"), str(AgendaRelease.Status(agenda.status).label)]
    if agenda.released_at:
        yield [_("Released"), f"{date_format(agenda.released_at.astimezone(agenda.zone), 'j F Y, H:i')}"]
    yield [_("About this release"), agenda.note]
    yield [
        _("To load this table again"),
        _("Change the first sheet. A speaker is one line: name | function | organisation | role | to be confirmed."),
    ]
