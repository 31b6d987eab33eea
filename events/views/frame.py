"""What stands around every page of an edition: its name, its menu, whom to write to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils import timezone as clock
from django.utils.translation import get_language

from events.agenda import Agenda, Donor, Texts, notes_used, said
from events.models import Edition
from events.scheduling import donors_of, released_agenda, texts


@dataclass(frozen=True)
class Frame:
    """The menu and the foot of an edition's pages."""

    slug: str
    label: str
    city: str
    contact: str
    has_agenda: bool
    visits: tuple[int, ...]
    is_over: bool
    donors: tuple[Donor, ...] = ()
    here: str = ""
    has_speakers: bool = False


def end_of(agenda: Agenda) -> dt.datetime | None:
    """The midnight after the last day, at the place; None where the days are not known."""
    if agenda.last_day is None:
        return None
    return dt.datetime.combine(agenda.last_day + dt.timedelta(days=1), dt.time(), agenda.zone)


def frame_of(agenda: Agenda, here: str = "", *, at: dt.datetime | None = None) -> Frame:
    """The frame from a released agenda at a moment (None: now): no query. `here` names the menu entry of the page."""
    language = get_language() or "en"
    end = end_of(agenda)
    return Frame(
        slug=agenda.slug,
        label=said(agenda.label, language) or said(agenda.title, language),
        city=agenda.city,
        contact=agenda.contact,
        has_agenda=agenda.number > 0,
        visits=tuple(item.visit for item in agenda.items if item.visit),
        is_over=end is not None and end <= (at or clock.now()),
        donors=agenda.donors,
        here=here,
        has_speakers=any(True for item in agenda.items for _person in item.everybody),
    )


def footnotes_of(notes: Texts, printed: Iterable[str]) -> list[str]:
    """The footnotes that the marks in what is printed ask for, in the reader's language."""
    return notes_used(notes, printed, get_language() or "en")


def edition_frame(edition: Edition, here: str = "") -> Frame:
    """The frame of an edition, whether its agenda was released or not; donors and end as they are now."""
    is_over, donors = edition.is_over(), donors_of(edition)
    agenda = released_agenda(edition.slug)
    if agenda is not None:
        return replace(frame_of(agenda, here), is_over=is_over, donors=donors)
    label = said(texts(edition.label) or texts(edition.title), get_language() or "en")
    return Frame(edition.slug, label, edition.city, edition.contact_email, False, (), is_over, donors, here)
