"""A table that was written of a release, set beside it: what staff have edited since that release is theirs."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.utils.translation import gettext as _

from events import agenda as frozen
from events.edition_files import EditionFile, Remark
from events.edition_files.parsed import Item, Person, Talk
from events.loading.compare import Values, plain
from events.models import Edition
from events.scheduling import released_agenda

Key = tuple[str, str, str, str, str]


def as_released(file: EditionFile, edition: Edition) -> dict[str, Values]:
    """What the release of which the table was written says of each session, in the form that a load remembers.

    A field that still is as released may be written anew, like one that still is as loaded.
    """
    found = _release(file, edition)
    return {item.uid: _values(found, item) for item in found.items} if found else {}


def completed(file: EditionFile, edition: Edition, remarks: list[Remark]) -> EditionFile:
    """The table with everybody who is written as in its release as who they were there, and with what calls a session.

    A file that is no table of this edition comes back as it is.
    """
    if file.form == "xlsx" and file.slug and file.slug != edition.slug:
        remarks.append(Remark("", _("The table is of the edition %(slug)s.") % {"slug": file.slug}))
    found = _release(file, edition)
    if found is None:
        return file
    people = {_key(_person(p)): _person(p) for item in found.items for p in item.everybody}
    topics = {frozen.said(topic.name, "en"): topic.name.get("en", "") for topic in found.topics}
    ids = {str(uid): key for uid, key in edition.sessions.values_list("uid", "external_id")}
    return replace(file, items=[_completed(item, ids, people, topics) for item in file.items])


def _release(file: EditionFile, edition: Edition) -> frozen.Agenda | None:
    if file.release is None or file.slug != edition.slug:
        return None
    return released_agenda(edition.slug, number=file.release, published_only=False)


def _values(found: frozen.Agenda, item: frozen.Item) -> Values:
    moments = [moment.astimezone(dt.UTC).isoformat() if moment else None for moment in (item.start, item.end)]
    topics = [topic.name.get("en", "") for topic in found.topics if topic.id in item.topics]
    return {
        "title": item.title.get("en", ""),
        "kind": item.kind,
        "letter": item.letter,
        "abstract": item.abstract.get("en", ""),
        "times": [item.day.isoformat() if item.day else None, *moments],
        "room": found.room_name(item.room),
        "topics": sorted(topics),
        "people": _plain(item.people),
        "talks": [[t.title.get("en", ""), t.abstract.get("en", ""), _plain(t.people)] for t in item.talks],
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


def _completed(item: Item, ids: dict[str, str], people: dict[Key, Person], topics: dict[str, str]) -> Item:
    def known(several: tuple[Person, ...]) -> tuple[Person, ...]:
        return tuple(people.get(_key(one), one) for one in several)

    return replace(
        item,
        id=item.id or ids.get(item.uid, ""),
        topics=tuple(topics.get(name, name) for name in item.topics),
        people=known(item.people),
        talks=tuple(Talk(talk.title, talk.abstract, known(talk.people)) for talk in item.talks),
    )
