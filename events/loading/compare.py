"""What a file says of a session and what stands in the database, as plain values that can be compared and kept."""

import datetime as dt
import operator
from typing import Any

from i18nfield.strings import LazyI18nString

from events.edition_files.parsed import Item, Person
from events.models import Appearance, Edition, Session

Values = dict[str, Any]
Key = tuple[str, str, str, int]


def english(value: Any) -> str:
    """The English text of a translated value."""
    texts = value.data if isinstance(value, LazyI18nString) else value
    return str((texts.get("en") if isinstance(texts, dict) else texts) or "")


def with_english(value: Any, text: str) -> LazyI18nString:
    """The same value with another English text; translations stay."""
    texts = value.data if isinstance(value, LazyI18nString) else None
    kept = {language: said for language, said in (texts.items() if isinstance(texts, dict) else []) if said}
    return LazyI18nString(kept | {"en": text} if text or kept else "")


def plain(person: Person) -> list[str]:
    """A speaker as a list of texts."""
    p = person
    return [p.name, p.kind, p.honorific, p.function, p.organisation, p.role, p.state]


def _plain_appearance(appearance: Appearance) -> list[str]:
    a = appearance
    return [a.speaker.name, a.speaker.kind, a.honorific, a.function, a.organisation, a.role, a.state]


def current(session: Session) -> Values:
    """The fields of a session as the database has them; talks and appearances are expected to be prefetched."""
    moments = [m.astimezone(dt.UTC).isoformat() if m else None for m in (session.start, session.end)]
    return {
        "title": english(session.title),
        "kind": session.kind,
        "letter": session.letter,
        "abstract": english(session.abstract),
        "times": [session.day.isoformat() if session.day else None, *moments],
        "order": session.order,
        "room": session.room.name if session.room else "",
        "topics": sorted(english(topic.name) for topic in session.topics.all()),
        "note": session.source_note,
        "people": [_plain_appearance(a) for a in session.appearances.all() if a.talk_id is None],
        "talks": [
            [english(talk.title), english(talk.abstract), [_plain_appearance(a) for a in talk.appearances.all()]]
            for talk in session.talks.all()
        ],
    }


# -- Which session an item is -----------------------------------------------------------------------------------------


def _numbered(parts: list[tuple[str, str, str]]) -> list[Key]:
    """Day, start and title, and the order among equals."""
    counts: dict[tuple[str, str, str], int] = {}
    keys = []
    for part in parts:
        counts[part] = counts.get(part, -1) + 1
        keys.append((*part, counts[part]))
    return keys


def keys_of(items: list[Item]) -> list[Key]:
    """The key of each item as the file says it: no later edit of the session changes it."""
    return _numbered(
        [(str(i.day or ""), i.start.strftime("%H:%M") if i.start else "", i.title.casefold()) for i in items]
    )


def _keys_of_sessions(sessions: list[Session], edition: Edition) -> list[Key]:
    """The key under which a session was loaded; of one that staff made, the key that it would have."""
    made = [s for s in sessions if s.loaded is None]
    parts = [
        (
            str(s.day or ""),
            s.start.astimezone(edition.zone).strftime("%H:%M") if s.start else "",
            english(s.title).casefold(),
        )
        for s in made
    ]
    by_hand = dict(zip((s.pk for s in made), _numbered(parts), strict=True))
    return [by_hand[s.pk] if s.loaded is None else (*s.loaded["key"],) for s in sessions]  # type: ignore[misc]


def match(items: list[Item], sessions: list[Session], edition: Edition) -> list[tuple[Item, Key, Session | None]]:
    """Each item, its key and its session: by uid or id, else by key, else by title where day or start was open.

    An item that was given an id, or lost it, since the last load is still the same.
    """
    by_uid = {str(session.uid): session for session in sessions}
    keyed = list(zip(_keys_of_sessions(sessions, edition), sessions, strict=True))
    keys = keys_of(items)
    by_id = {session.external_id: session for session in sessions if session.external_id}
    found = [by_uid.get(item.uid) or (by_id.get(item.id) if item.id else None) for item in items]
    taken = {session.pk for session in found if session}
    for fits in (operator.eq, _was_open):
        for number, (item, key) in enumerate(zip(items, keys, strict=True)):
            if found[number] is None:
                free = (s for k, s in keyed if s.pk not in taken and not (item.id and s.external_id) and fits(k, key))
                found[number] = session = next(free, None)
                taken |= {session.pk} if session else set()
    return list(zip(items, keys, found, strict=True))


def _was_open(old: Key, new: Key) -> bool:
    """Whether the old key is the new one with its day or start not yet known."""
    differs = [a != b for a, b in zip(old[:2], new[:2], strict=True)]
    return old[2] == new[2] and any(differs) and not any(d and a for d, a in zip(differs, old[:2], strict=True))
