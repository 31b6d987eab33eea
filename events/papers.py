"""The released agenda on A4: one table for each day, drawn from the document alone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from events import typesetting
from events.agenda import Agenda, Item, Person, notes_used, said
from events.feeds.words import edition_url
from events.models import AgendaRelease, Appearance, Session
from events.text import clean_line

LONGEST_ABSTRACT = 400  # characters; the whole text is on the page of the session
LONGEST_WHOLE = 2500  # characters of a session that is never parted by the end of a page
# Pictures among letters, for which the font has no drawing: an empty box would stand there.
_PICTURES = re.compile(
    "[\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff\U000e0020-\U000e007f]"
)


def agenda_pdf(agenda: Agenda, *, site: str, language: str) -> bytes:
    """The agenda in that language; links lead to `site`. The same release gives the same bytes."""
    content = _drawable(_content(agenda, site, language))
    return typesetting.pdf("agenda.typ", content, title=content["heading"])


def agenda_pictures(agenda: Agenda, *, site: str, language: str) -> list[bytes]:
    """The pages of the same paper as PNG."""
    content = _drawable(_content(agenda, site, language))
    return typesetting.pictures("agenda.typ", content, title=content["heading"])


def _content(agenda: Agenda, site: str, language: str) -> dict[str, Any]:
    with translation.override(language):
        days = [_day(agenda, day, language) for day in agenda.days]
        if undated := [item for item in agenda.items if item.day is None]:
            days.append({"heading": _("Day to be announced"), "rows": [_row(agenda, one, language) for one in undated]})
        released = agenda.released_at.astimezone(agenda.zone) if agenda.released_at else None
        return {
            "lang": language,
            "released": [released.year, released.month, released.day] if released else None,
            "heading": _("Agenda: %(title)s") % {"title": said(agenda.title, language)},
            "above": list(filter(None, [_facts(agenda, language), _zone(agenda), _note(agenda)])),
            "head": [_("Time"), _("Session"), _("Room")],
            "days": days,
            "empty": _("The programme of this day will follow."),
            "notes": notes_used(agenda.footnotes, _printed(agenda, language), language),
            "foot": _release(agenda, released),
            "address": f"{edition_url(site, agenda, language)}agenda/",
            "page": _("Page {page} of {pages}"),
        }


def _drawable(value: Any) -> Any:
    """The same words without pictures among them."""
    if isinstance(value, dict):
        return {key: _drawable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_drawable(inner) for inner in value]
    return clean_line(_PICTURES.sub("", value)) if isinstance(value, str) else value


def _facts(agenda: Agenda, language: str) -> str:
    place = ", ".join(part for part in (agenda.city, agenda.country) if part)
    return " · ".join(part for part in (said(agenda.label, language), place, agenda.venue) if part)


def _zone(agenda: Agenda) -> str:
    if not any(item.start for item in agenda.items):
        return ""
    if not agenda.timezone:
        return _("The time zone is not known. Times are as printed.")
    return _("All times are at the place (%(zone)s).") % {"zone": agenda.timezone}


def _note(agenda: Agenda) -> str:
    return _("About this release: %(note)s") % {"note": agenda.note} if agenda.note else ""


def _release(agenda: Agenda, released: dt.datetime | None) -> str:
    words = {"number": agenda.number, "status": AgendaRelease.Status(agenda.status).label}
    if released is None:
        return _("Release %(number)s (%(status)s)") % words
    words |= {"day": date_format(released.date()), "time": f"{released:%H:%M}"}
    return _("Release %(number)s (%(status)s), %(day)s, %(time)s") % words


def _day(agenda: Agenda, day: dt.date, language: str) -> dict[str, Any]:
    heading = capfirst(f"{date_format(day, 'l')}, {date_format(day)}")
    return {"heading": heading, "rows": [_row(agenda, i, language) for i in agenda.items if i.day == day]}


def _row(agenda: Agenda, item: Item, language: str) -> dict[str, Any]:
    """A session as words; nothing in it is markup."""
    kind = str(Session.Kind(item.kind).label)
    group = _("Group %(letter)s") % {"letter": item.letter} if item.letter else ""
    abstract = clean_line(said(item.abstract, language))
    shown = {
        "time": _time(agenda, item),
        "kind": " · ".join(part for part in (kind, group) if part),
        "title": said(item.title, language),
        "off": _("Cancelled") if item.is_cancelled else "",
        "note": said(item.cancelled_note, language) if item.is_cancelled else "",
        "abstract": _shortened(abstract),
        "people": [_line(person) for person in item.people],
        "talks": [
            {"title": said(talk.title, language), "people": [_line(person) for person in talk.people]}
            for talk in item.talks
        ],
        "room": agenda.room_name(item.room),
        "thin": item.kind in {Session.Kind.BREAK, Session.Kind.MEAL},
    }
    return shown | {"long": len(str(shown)) > LONGEST_WHOLE}


def _time(agenda: Agenda, item: Item) -> str:
    if item.start is None:
        return _("Time to be announced")
    start = item.start.astimezone(agenda.zone)
    words = f"{start:%H:%M}"
    if start.date() != item.day:
        words = f"{date_format(start.date(), 'j M')}, {words}"
    if item.end is None:
        return words
    end = item.end.astimezone(agenda.zone)
    later = f" {_('(next day)')}" if end.date() > start.date() else ""
    return f"{words}–{end:%H:%M}{later}"


def _shortened(text: str) -> str:
    if len(text) <= LONGEST_ABSTRACT:
        return text
    return text[:LONGEST_ABSTRACT].rsplit(" ", 1)[0].rstrip(" ,;:.") + " …"


def _line(person: Person) -> dict[str, str]:
    """The name, and what stands behind it."""
    notes = [] if person.role == Appearance.Role.SPEAKER else [str(Appearance.Role(person.role).label)]
    if person.state == Appearance.State.TO_BE_CONFIRMED:
        notes.append(str(Appearance.State.TO_BE_CONFIRMED.label))
    behind = ", ".join(part for part in (person.function, person.organisation) if part)
    return {
        "name": f"{person.honorific} {person.name}".strip(),
        "behind": behind,
        "notes": f"({', '.join(notes)})" if notes else "",
    }


def _printed(agenda: Agenda, language: str) -> Iterator[str]:
    """Every text of the paper in which the name of a delegation may stand."""
    for item in agenda.items:
        yield said(item.title, language)
        yield _shortened(clean_line(said(item.abstract, language)))
        yield from (said(talk.title, language) for talk in item.talks)
        for person in item.everybody:
            yield from (person.name, person.function, person.organisation)
