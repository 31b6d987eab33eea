"""Search in an agenda: every word must stand somewhere in a session, whatever its case, accents or script."""

from __future__ import annotations

import dataclasses
import re

from events.agenda import Agenda, Item, words_of
from events.models import Session

LONGEST = 200  # characters of a search that are read


def search(agenda: Agenda, text: str) -> Agenda:
    """The same agenda with the sessions that hold every word of `text`: in their titles, abstracts, talks, speakers
    and organisations in any language, in their room or topics, or in the name of their kind in the reader's language.

    A text without a letter or digit fits nothing, an empty one everything.
    """
    if not text.strip():
        return agenda
    words = set(words_of(text).split())
    if not words:
        return dataclasses.replace(agenda, items=())
    rooms = {room.id: words_of(room.name) for room in agenda.rooms}
    topics = {topic.id: words_of(" ".join(topic.name.values())) for topic in agenda.topics}
    kinds = {kind: words_of(str(kind.label)) for kind in Session.Kind}

    def beside(item: Item) -> str:
        kind = kinds[Session.Kind(item.kind)]
        return " ".join([rooms.get(item.room or 0, ""), kind, *(topics.get(topic, "") for topic in item.topics)])

    def fits(item: Item) -> bool:
        around = beside(item)
        return all(word in item.words or word in around for word in words)

    return dataclasses.replace(agenda, items=tuple(item for item in agenda.items if fits(item)))


def readable(text: str) -> str:
    """A search as it is read and shown again: one line, not too long."""
    return re.sub(r"\s+", " ", text[:LONGEST]).strip()
