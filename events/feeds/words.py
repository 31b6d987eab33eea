"""What every feed says of an item, in the same words: its address, title, speakers, description.

Items without a start are left out of all feeds; cancelled ones stay in the calendar only.
"""

from __future__ import annotations

import re

from django.utils import translation

from events.agenda import Agenda, Item, said
from events.change_words import speaker_line
from events.text import clean_line, clean_text

# Illegal in XML 1.0; texts are cleaned when stored, this guards what was stored before a rule was made.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def edition_url(site: str, agenda: Agenda, language: str) -> str:
    """The address of the edition's page in that language."""
    return f"{site}{'' if language == 'en' else f'/{language}'}/editions/{agenda.slug}/"


def session_url(site: str, agenda: Agenda, item: Item, language: str = "en") -> str:
    """The address of a session's page in that language."""
    return f"{edition_url(site, agenda, language)}sessions/{item.id}/"


def timed(agenda: Agenda, *, cancelled: bool) -> list[Item]:
    """The items a feed can hold."""
    return [item for item in agenda.items if item.start and (cancelled or not item.is_cancelled)]


def description(item: Item, language: str) -> str:
    """Abstract, speakers and talks as plain text."""
    parts = [said(item.abstract, language), said(item.cancelled_note, language) if item.is_cancelled else ""]
    with translation.override(language):
        parts += [speaker_line(person) for person in item.people]
        for talk in item.talks:
            names = "; ".join(speaker_line(person) for person in talk.people)
            parts.append(f"{said(talk.title, language)}{f': {names}' if names else ''}")
    return clean_text("\n".join(part for part in parts if part))


def title(item: Item, language: str) -> str:
    """The title, with the letter of a parallel group before it."""
    return clean_line(f"{item.letter}. {said(item.title, language)}" if item.letter else said(item.title, language))
