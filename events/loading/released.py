"""A table that was written from a release, set beside it: what staff have edited since that release is theirs."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from events import agenda as frozen
from events.edition_files import EditionFile, Remark
from events.edition_files.parsed import Item, Person, Talk
from events.loading.compare import Values, current, english, plain
from events.models import Edition, Session
from events.scheduling import released_agenda

Key = tuple[str, str, str, str, str]


def against_release(file: EditionFile, edition: Edition, remarks: list[Remark]) -> EditionFile:
    """The file with what a table cannot hold; each session of the edition remembers what the release said of it.

    A field that still is as released may then be written anew, one that staff edited since is kept. A file that was
    not written from a release of this edition comes back as it is.
    """
    if file.slug and file.slug != edition.slug:
        sentence = _("The table is of the edition %(slug)s.")
        remarks.append(Remark("", sentence % {"slug": file.slug}))
    found = released_agenda(edition.slug, number=file.release, published_only=False) if file.release else None
    if found is None or file.slug != edition.slug:
        return file
    sessions = _sessions(edition)
    for item in found.items:
        if session := sessions.get(item.uid):
            _remember(session, _values(found, item, session), edition)
    people = {_key(_person(p)): _person(p) for item in found.items for p in item.everybody}
    topics = {frozen.said(topic.name, "en"): topic.name.get("en", "") for topic in found.topics}
    return replace(file, items=[_completed(item, sessions.get(item.id), people, topics) for item in file.items])


def _sessions(edition: Edition) -> dict[str, Session]:
    related = ("topics", "appearances__speaker", "talks__appearances__speaker")
    rows = edition.sessions.select_related("room").prefetch_related(*related)
    return {str(session.uid): session for session in rows}


def _remember(session: Session, values: Values, edition: Edition) -> None:
    loaded = (session.loaded or {"key": _key_of(session, edition)}) | values
    if loaded != session.loaded:
        session.loaded = loaded
        session.save(update_fields=["loaded"])


def _key_of(session: Session, edition: Edition) -> list[Any]:
    start = session.start.astimezone(edition.zone).strftime("%H:%M") if session.start else ""
    return [str(session.day or ""), start, english(session.title).casefold(), 0]


def _values(found: frozen.Agenda, item: frozen.Item, session: Session) -> Values:
    """What the release says, in the form in which a load remembers it; of what it does not say, what is now."""
    moments = [moment.astimezone(dt.UTC).isoformat() if moment else None for moment in (item.start, item.end)]
    topics = [topic.name.get("en", "") for topic in found.topics if topic.id in item.topics]
    talks = [
        [t.title.get("en", ""), t.abstract.get("en", ""), [plain(_person(p)) for p in t.people]] for t in item.talks
    ]
    now = current(session)
    return {
        "title": item.title.get("en", ""),
        "kind": item.kind,
        "abstract": item.abstract.get("en", ""),
        "times": [item.day.isoformat() if item.day else None, *moments],
        "order": now["order"],
        "room": found.room_name(item.room),
        "topics": sorted(topics),
        "note": now["note"],
        "people": _plain(item.people),
        "talks": talks,
    }


def _plain(people: tuple[frozen.Person, ...]) -> list[list[str]]:
    return [plain(_person(person)) for person in people]


def _person(person: frozen.Person) -> Person:
    p = person
    return Person(p.name, p.kind, p.honorific, p.function, p.organisation, p.role, p.state)


def _key(person: Person) -> Key:
    """Somebody as the cell of a table shows them."""
    name = f"{person.honorific} {person.name}".strip()
    shown = [text.replace("|", "/") for text in (name, person.function, person.organisation)]
    return shown[0], shown[1], shown[2], person.role, person.state


def _completed(item: Item, session: Session | None, people: dict[Key, Person], topics: dict[str, str]) -> Item:
    """With order and note as they are here, and everybody who is written as in the release as who they were there."""

    def known(several: tuple[Person, ...]) -> tuple[Person, ...]:
        return tuple(people.get(_key(one), one) for one in several)

    return replace(
        item,
        order=session.order if session else item.order,
        note=session.source_note if session else item.note,
        topics=tuple(topics.get(name, name) for name in item.topics),
        people=known(item.people),
        talks=tuple(Talk(talk.title, talk.abstract, known(talk.people)) for talk in item.talks),
    )
