"""An agenda as .json and .xml, the schedule formats of c3voc.de/wiki/schedule.

Both name their generator, so that edition_files.ours reads them back to the same agenda but for what they cannot hold.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from typing import Any

from lxml import etree

from events.agenda import Agenda, Item, said
from events.edition_files.ours import GENERATOR, NO_ROOM
from events.feeds.words import NOT_XML, description, edition_url, session_url, timed, title
from events.text import clean_line, clean_text, fold

# What the JSON schema takes for the name of a zone.
_ZONE_NAME = re.compile(r"[A-Z][a-z]+/[A-Z][a-z]+|UTC\Z")


def acronym(agenda: Agenda) -> str:
    """A short name of at least four letters, digits and underlines, as both schemas ask."""
    return re.sub(r"[^a-z0-9]", "_", agenda.slug).ljust(4, "_")


def _slug(agenda: Agenda, item: Item) -> str:
    words = re.sub(r"[^a-z0-9]+", "_", fold(said(item.title, "en"))).strip("_")[:60].strip("_")
    return f"{acronym(agenda)}-{item.id}-{words if len(words) > 1 else 'session'}"


def _duration(item: Item) -> str:
    if not (item.start and item.end):
        return "00:00"
    # In UTC: two moments of one zone would be subtracted by their clocks, wrong on the day these change.
    minutes = int((item.end.astimezone(dt.UTC) - item.start.astimezone(dt.UTC)).total_seconds()) // 60
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _guid(*names: object) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(map(str, names))))


def _room_guid(site: str, agenda: Agenda, room: int | None) -> str:
    return _guid(site, "rooms", room if room is not None else agenda.slug)


def _persons(item: Item) -> dict[int, str]:
    """Each speaker once, whatever roles they hold."""
    return {person.speaker: clean_line(person.name) for person in item.everybody}


def _by_day(agenda: Agenda) -> list[tuple[dt.date, list[Item]]]:
    items = timed(agenda, cancelled=False)
    return [(day, [item for item in items if item.day == day]) for day in agenda.days]


def _day_bounds(agenda: Agenda, day: dt.date, items: list[Item]) -> tuple[str, str]:
    """From midnight, or the first start if a session of that day is earlier, to the next midnight or the last end.

    Reckoned in UTC: on a day of clock change midnight may not exist, or a time of the clocks be meant twice.
    """
    start, next_start = (
        dt.datetime.combine(day + dt.timedelta(days=n), dt.time(), agenda.zone).astimezone(dt.UTC) for n in (0, 1)
    )
    moments = [moment.astimezone(dt.UTC) for item in items for moment in (item.start, item.end) if moment]
    bounds = min([start, *moments]), max([start, next_start - dt.timedelta(minutes=1), *moments])
    return bounds[0].astimezone(agenda.zone).isoformat(), bounds[1].astimezone(agenda.zone).isoformat()


def _span(agenda: Agenda, days: list[tuple[dt.date, list[Item]]]) -> tuple[str, str]:
    """The days of the edition; what stands outside of them has a day of its own in the list. Without, of the list."""
    first, last = agenda.first_day, agenda.last_day
    if not (first and last) and days:
        first, last = days[0][0], days[-1][0]
    return (first.isoformat(), last.isoformat()) if first and last else ("", "")


def _rooms_of(agenda: Agenda, items: list[Item]) -> dict[str, list[Item]]:
    rooms: dict[str, list[Item]] = {}
    for item in items:
        rooms.setdefault(clean_line(agenda.room_name(item.room)) or NO_ROOM, []).append(item)
    return rooms


def _topic_names(agenda: Agenda, item: Item, language: str) -> str:
    return clean_line(", ".join(said(topic.name, language) for topic in agenda.topics if topic.id in item.topics))


def to_json(agenda: Agenda, *, site: str, language: str) -> bytes:
    """The agenda as schedule JSON, valid against c3voc.de/schedule/schema.json."""
    listed = _by_day(agenda)
    days: list[dict[str, Any]] = []
    for index, (day, items) in enumerate(listed, 1):
        start, end = _day_bounds(agenda, day, items)
        rooms = {
            name: [_json_event(agenda, item, name, site, language) for item in held]
            for name, held in _rooms_of(agenda, items).items()
        }
        days.append({"index": index, "date": day.isoformat(), "day_start": start, "day_end": end, "rooms": rooms})
    first, last = _span(agenda, listed)
    conference = {
        "acronym": acronym(agenda),
        "title": clean_line(said(agenda.title, language)),
        "daysCount": len(days),
        "start": first,
        "end": last,
        "timeslot_duration": "00:05",
        "url": edition_url(site, agenda, language),
        "rooms": [
            {"name": clean_line(room.name), "guid": _room_guid(site, agenda, room.id), "capacity": room.capacity}
            for room in agenda.rooms
        ],
        "tracks": [{"name": clean_line(said(topic.name, language))} for topic in agenda.topics],
        "meta": _meta(agenda, language),
        "days": days,
    }
    if _ZONE_NAME.match(agenda.timezone):
        conference["time_zone_name"] = agenda.timezone
    schedule = {
        "version": str(agenda.number),
        "base_url": edition_url(site, agenda, language),
        "conference": conference,
    }
    document = {
        "$schema": "https://c3voc.de/schedule/schema.json",
        "generator": {"name": GENERATOR, "url": site},
        "schedule": schedule,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _meta(agenda: Agenda, language: str) -> dict[str, Any]:
    """What the format has no place for: where it is, the letters of groups, talks, and how many items are not here."""
    sessions: dict[str, dict[str, Any]] = {}
    for item in timed(agenda, cancelled=False):
        if item.letter:
            sessions.setdefault(item.uid, {})["letter"] = clean_line(item.letter)
        if item.talks:
            sessions.setdefault(item.uid, {})["talks"] = [
                {"title": clean_line(said(talk.title, language)), "abstract": clean_text(said(talk.abstract, language))}
                for talk in item.talks
            ]
    return {
        "city": clean_line(agenda.city),
        "country": clean_line(agenda.country),
        "venue": clean_line(agenda.venue),
        "time_zone_name": agenda.timezone,
        "without_start": sum(item.start is None and not item.is_cancelled for item in agenda.items),
        "cancelled": sum(item.is_cancelled for item in agenda.items),
        "sessions": sessions,
    }


def _json_persons(item: Item) -> list[dict[str, Any]]:
    """Each speaker once, with every role: in the session, or in its talk of that number."""
    parts = [(None, person) for person in item.people]
    parts += [(number, person) for number, talk in enumerate(item.talks) for person in talk.people]  # type: ignore[misc]
    people: dict[int, dict[str, Any]] = {}
    for order, (talk, person) in enumerate(parts):
        new = {"id": person.speaker, "public_name": clean_line(person.name), "kind": person.kind, "appearances": []}
        people.setdefault(person.speaker, new)["appearances"].append(
            {
                "order": order,
                "talk": talk,
                "honorific": clean_line(person.honorific),
                "function": clean_line(person.function),
                "organisation": clean_line(person.organisation),
                "role": person.role,
                "state": person.state,
            }
        )
    return list(people.values())


def _json_event(agenda: Agenda, item: Item, room: str, site: str, language: str) -> dict[str, Any]:
    start = item.start.astimezone(agenda.zone) if item.start else None
    end = {"end": item.end.astimezone(agenda.zone).isoformat()} if item.end else {}
    return {
        "id": item.id,
        "guid": item.uid,
        "date": start.isoformat() if start else "",
        "start": f"{start:%H:%M}" if start else "",
        **end,
        "duration": _duration(item),
        "room": room,
        "slug": _slug(agenda, item),
        "url": session_url(site, agenda, item, language),
        "title": title(item, language),
        "subtitle": "",
        "track": _topic_names(agenda, item, language) or None,
        "type": item.kind,
        "language": None,
        "abstract": clean_text(said(item.abstract, language)),
        "description": description(item, language),
        "persons": _json_persons(item),
        "links": [],
        "attachments": [],
    }


def to_xml(agenda: Agenda, *, site: str, language: str) -> bytes:
    """The agenda as schedule XML, valid against c3voc.de/schedule/schema.xsd."""
    root = etree.Element("schedule")
    _add(root, "generator", name=GENERATOR, system=site)
    _add(root, "version", str(agenda.number))
    conference = _add(root, "conference")
    _add(conference, "title", clean_line(said(agenda.title, language)))
    _add(conference, "acronym", acronym(agenda))
    days = _by_day(agenda)
    first, last = _span(agenda, days)
    if first:
        _add(conference, "start", first)
        _add(conference, "end", last)
    _add(conference, "days", str(len(days)))
    _add(conference, "timeslot_duration", "00:05")
    _add(conference, "base_url", edition_url(site, agenda, language))
    _add(conference, "url", edition_url(site, agenda, language))
    if agenda.timezone:
        _add(conference, "time_zone_name", agenda.timezone)
    for topic in agenda.topics:
        _add(conference, "track", name=clean_line(said(topic.name, language)))
    for index, (day, items) in enumerate(days, 1):
        start, end = _day_bounds(agenda, day, items)
        node = _add(root, "day", index=str(index), date=day.isoformat(), start=start, end=end)
        for name, held in _rooms_of(agenda, items).items():
            room = _add(node, "room", name=name, guid=_room_guid(site, agenda, held[0].room))
            for item in held:
                _xml_event(room, agenda, item, name, site, language)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _xml_event(parent: Any, agenda: Agenda, item: Item, room: str, site: str, language: str) -> None:
    start = item.start.astimezone(agenda.zone) if item.start else None
    event = _add(parent, "event", id=str(item.id), guid=item.uid)
    _add(event, "room", room)
    _add(event, "title", title(item, language))
    _add(event, "subtitle", "")
    _add(event, "type", item.kind)
    _add(event, "date", start.isoformat() if start else "")
    _add(event, "start", f"{start:%H:%M}" if start else "")
    _add(event, "duration", _duration(item))
    _add(event, "abstract", clean_text(said(item.abstract, language)))
    _add(event, "slug", _slug(agenda, item))
    _add(event, "track", _topic_names(agenda, item, language))
    people = _add(event, "persons")
    for key, name in _persons(item).items():
        _add(people, "person", name, id=str(key))
    _add(event, "language", "")
    _add(event, "description", description(item, language))
    _add(event, "url", session_url(site, agenda, item, language))


def _add(parent: Any, tag: str, text: str | None = None, **attributes: str) -> Any:
    cleaned = {name: NOT_XML.sub("", value) for name, value in attributes.items()}
    node = etree.SubElement(parent, tag, attrib=cleaned)
    if text is not None:
        node.text = NOT_XML.sub("", text)
    return node
