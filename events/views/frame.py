"""What stands around every page of an edition: its name, its menu, whom to write to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language

from events.agenda import Agenda, Texts, said
from events.models import Edition
from events.scheduling import released_agenda, texts


@dataclass(frozen=True)
class Frame:
    """The menu and the foot of an edition's pages."""

    slug: str
    label: str
    city: str
    contact: str
    has_agenda: bool
    visits: tuple[int, ...]
    here: str = ""


def frame_of(agenda: Agenda, here: str = "") -> Frame:
    """The frame from a released agenda: no query. `here` names the menu entry of the page."""
    language = get_language() or "en"
    return Frame(
        slug=agenda.slug,
        label=said(agenda.label, language) or said(agenda.title, language),
        city=agenda.city,
        contact=agenda.contact,
        has_agenda=agenda.number > 0,
        visits=tuple(item.visit for item in agenda.items if item.visit),
        here=here,
    )


def footnotes_of(notes: Texts, printed: Iterable[str]) -> list[str]:
    """The footnotes whose mark (what a note begins with, as "*") stands at the end of a word in what is printed."""
    kept = []
    texts = list(printed)
    for note in said(notes, get_language() or "en").splitlines():
        mark = re.match(r"[^\w\s]+", note.strip())
        if mark and any(re.search(rf"\w{re.escape(mark[0])}(?!\w)", text) for text in texts):
            kept.append(note.strip())
    return kept


def edition_frame(edition: Edition, here: str = "") -> Frame:
    """The frame of an edition, whether its agenda was released or not."""
    agenda = released_agenda(edition.slug)
    if agenda is not None:
        return frame_of(agenda, here)
    label = said(texts(edition.label) or texts(edition.title), get_language() or "en")
    return Frame(edition.slug, label, edition.city, edition.contact_email, False, (), here)
