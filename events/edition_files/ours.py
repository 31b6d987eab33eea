"""Schedules that this site wrote itself: what they say beyond their formats, and what in them is drawn from it."""

import dataclasses
import re
import uuid
from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _

from events.edition_files.parsed import Item, Person, Remark, Talk
from events.edition_files.people import kind_of
from events.edition_files.strict import Node
from events.models import Appearance, Session, Speaker

GENERATOR = "RASR"
LONGEST_SLUG = 60
NO_ROOM = "-"  # both formats put every session into a room
_ADDRESS = re.compile(r"https?://[^/]+/(?:([a-z]{2})/)?editions/([a-z0-9]+(?:-[a-z0-9]+)*)/")
_LETTERED = re.compile(r"([^\W_]{1,3})\. ")


def own_slug(root: Node) -> str:
    """The edition's part of the address in a schedule that this site wrote; empty for one of another program."""
    generator, address = root["generator"], root["schedule"]["conference"]["url"]
    if not isinstance(generator.value, dict):
        return ""
    match = _ADDRESS.fullmatch(address.line(500)) if generator["name"].line(100) == GENERATOR else None
    if match is None or len(match[2]) > LONGEST_SLUG:
        return ""
    if match[1] in dict(settings.LANGUAGES):
        raise address.fail(_("This is the agenda in another language. Load the English one."))
    return match[2]


def completed(item: Item, event: Node, more: Node, remarks: list[Remark]) -> Item:
    """An item of such a schedule as it was meant. `more` is what JSON says beside the events; XML has nothing there."""
    own = more[event["guid"].line(36)] if not more.is_null else more
    if not own.is_null:
        own.fields({"letter", "talks"})
    letter, title = _without_letter(item, own if not more.is_null else None)
    people = list(_people(event, item, remarks))
    talks = [_talk(row) for row in own["talks"].rows()] if not own.is_null else []
    return dataclasses.replace(
        item,
        id=_uid(event["guid"]),
        uid=_uid(event["guid"]),
        title=title,
        letter=letter,
        abstract=event["abstract"].text(),  # the description is drawn from the people and the talks
        room="" if item.room == NO_ROOM else item.room,
        people=tuple(person for talk, person in people if talk is None or talk >= len(talks)),
        talks=tuple(
            dataclasses.replace(one, people=tuple(person for talk, person in people if talk == number))
            for number, one in enumerate(talks)
        ),
    )


def _talk(row: Node) -> Talk:
    row.fields(set())
    title = row["title"].line(500)
    if not title:
        raise row["title"].fail(_("This is missing."))
    return Talk(title, row["abstract"].text())


def _uid(node: Node) -> str:
    try:
        return str(uuid.UUID(node.line(36)))
    except ValueError:
        raise node.fail(_("This is not an identifier that this site gives.")) from None


def _without_letter(item: Item, own: Node | None) -> tuple[str, str]:
    """The letter of a parallel group and the title without it. Where only the title tells, that of a group is taken."""
    if own is None:
        match = _LETTERED.match(item.title) if item.kind == Session.Kind.WORKING_GROUP else None
        letter = match[1] if match else ""
    else:
        letter = "" if own.is_null else own["letter"].line(3)
    lettered = f"{letter}. "
    is_lettered = bool(letter) and item.title.startswith(lettered)
    return (letter, item.title.removeprefix(lettered)) if is_lettered else ("", item.title)


def _people(event: Node, item: Item, remarks: list[Remark]) -> Iterator[tuple[int | None, Person]]:
    """Who appears, and in which talk, in their order. Where only names are told, everybody in the session."""
    found = []
    for row in event["persons"].rows():
        name = row["public_name"].line(200)
        if not name:
            raise row["public_name"].fail(_("This is missing."))
        kind = _one_of(row["kind"], Speaker.Kind.values, kind_of(name))
        for part in row["appearances"].rows():
            part.fields(set())
            found.append((part["order"].whole() or 0, part["talk"].whole(), _person(name, kind, part)))
        if row["appearances"].is_null:
            found.append((0, None, Person(name, kind)))
    seen = set()
    for _order, talk, person in sorted(found, key=lambda entry: entry[0]):
        if (talk, person.name, person.kind, person.role) in seen:
            remarks.append(Remark(item.place, _("“%(name)s” stands here twice; taken once.") % {"name": person.name}))
            continue
        seen.add((talk, person.name, person.kind, person.role))
        yield talk, person


def _person(name: str, kind: str, part: Node) -> Person:
    return Person(
        name,
        kind,
        part["honorific"].line(60),
        part["function"].line(300),
        part["organisation"].line(300),
        _one_of(part["role"], Appearance.Role.values, Appearance.Role.SPEAKER),
        _one_of(part["state"], Appearance.State.values, Appearance.State.CONFIRMED),
    )


def _one_of(node: Node, choices: list[str], default: str) -> str:
    text = node.line(40)
    if text and text not in choices:
        raise node.fail(_("“%(text)s” is none of: %(choices)s.") % {"text": text, "choices": ", ".join(choices)})
    return text or str(default)
