"""The schedule of a conference as other programs write it: schedule.json and schedule.xml hold the same tree."""

import datetime as dt
import re
import zoneinfo
from collections import Counter

from django.utils.translation import gettext as _
from lxml import etree

from events.edition_files.ours import completed, own_slug
from events.edition_files.own import KINDS
from events.edition_files.parsed import EditionFile, EditionFileError, Item, Person, Remark, Room
from events.edition_files.people import kind_of, split_honorific
from events.edition_files.strict import Fields, Node
from events.models.session import Session

_KINDS = {
    "talk": "session",
    "lecture": "session",
    "presentation": "session",
    "workshop": "session",
    "keynote": "plenary",
    "panel_discussion": "panel",
    "coffee_break": "break",
    "lunch": "meal",
    "dinner": "meal",
    "reception": "social",
}
_CONFERENCE = {"title", "acronym", "start", "end", "time_zone_name", "rooms", "days", "url", "city", "venue", "tracks"}
_EVENT = {"id", "guid", "date", "start", "end", "duration", "room", "title", "subtitle", "track", "type", "abstract"}
_EVENT |= {"description", "persons", "language", "slug", "url", "code", "answers"}


def read_schedule(root: Node) -> EditionFile:
    """The schedule as plain values; raises EditionFileError with the path or the line of what is wrong."""
    root["schedule"].fields(set())
    conference = root["schedule"]["conference"]
    conference.fields(_CONFERENCE)
    slug = own_slug(root)
    meta = conference["meta"]
    if slug and not meta.is_null:
        meta.fields(set())
    place = conference if meta.is_null or not slug else meta
    file = EditionFile(
        title=conference["title"].line(300),
        acronym=conference["acronym"].line(60),
        slug=slug,
        city=place["city"].line(120),
        country=place["country"].line(120),
        venue=place["venue"].line(200),
        timezone=conference["time_zone_name"].zone() or place["time_zone_name"].zone(),
        source="" if slug else conference["url"].url(),
        topics=_listed(conference["tracks"]),
        first_day=_day(conference["start"]),
        last_day=_day(conference["end"]),
    )
    if not file.title:
        raise conference["title"].fail(_("This is missing."))
    file.rooms = [Room(row["name"].line(200), row["capacity"].whole()) for row in conference["rooms"].rows()]
    left_out: Counter[str] = Counter()
    more = meta["sessions"] if slug and not meta.is_null else Node(None, "")
    if not more.is_null:
        more.fields(set())
    dates = []
    for row in conference["days"].rows():
        row.fields(set())
        day = row["date"].date()
        dates.append(day)
        row["rooms"].fields(set())
        for name in row["rooms"].value:
            for event in row["rooms"][name].rows():
                item = _read_event(event, day, name, file, left_out)
                file.items.append(completed(item, event, more, file.remarks) if slug else item)
    for key, times in sorted(left_out.items()):
        file.remarks.append(Remark(key, _("Left out, %(times)d times: there is no place for it.") % {"times": times}))
    _check_days(file, conference, [day for day in dates if day])
    if not slug or file.timezone:
        _check_offsets(file, conference["time_zone_name"])
    known = {room.name for room in file.rooms}
    file.rooms = [room for room in file.rooms if room.name]
    file.rooms += [Room(name) for name in dict.fromkeys(i.room for i in file.items) if name and name not in known]
    return file


def _day(node: Node) -> dt.date | None:
    """A conference begins on a date or at a moment."""
    if isinstance(node.value, str) and "T" in node.value:
        moment = node.moment()
        return moment.date() if moment else None
    return node.date()


def _check_days(file: EditionFile, conference: Node, dates: list[dt.date]) -> None:
    file.first_day = file.first_day or min(dates, default=None)
    file.last_day = file.last_day or max(dates, default=file.first_day)
    file.first_day = file.first_day or file.last_day
    if file.first_day and file.last_day:
        file.year = file.first_day.year
        if file.last_day < file.first_day:
            raise conference["end"].fail(_("The last day is before the first day."))
        if (file.last_day - file.first_day).days > 31:
            raise conference["end"].fail(_("An edition lasts at most 31 days."))


def _check_offsets(file: EditionFile, node: Node) -> None:
    """A time counts by its own offset; where the zone of the file has another one, that is said."""
    zone = zoneinfo.ZoneInfo(file.timezone or "UTC")
    wrong = [i for i in file.items if i.start and i.start.utcoffset() != i.start.astimezone(zone).utcoffset()]
    if file.timezone and wrong:
        sentence = _("%(n)d times have another offset than %(zone)s; each was taken by its own offset.")
        file.remarks.append(Remark(node.place, sentence % {"n": len(wrong), "zone": file.timezone}))


def _read_event(node: Node, day: dt.date | None, room: str, file: EditionFile, left_out: Counter[str]) -> Item:
    for key in node.fields(_EVENT):
        if node[key].value not in (None, "", [], False, {}):
            left_out[key] += 1
    title, key = node["title"].line(500), node["id"].key() or node["guid"].key()
    if not title or not key:
        raise node["id" if title else "title"].fail(_("This is missing."))
    start = node["date"].moment()
    if start is None:
        raise node["date"].fail(_("This is missing."))
    on = day or start.date()
    if abs((start.date() - on).days) > 1:
        raise node["date"].fail(_("This time is not on its day, %(day)s.") % {"day": on})
    end = _end(node, start)
    subtitle, abstract, description = node["subtitle"].line(500), node["abstract"].text(), node["description"].text()
    track = node["track"].line(300)
    return Item(
        place=node.place,
        id=key,
        title=title,
        kind=_kind(node["type"], file.remarks),
        abstract="\n\n".join(dict.fromkeys(filter(None, (subtitle, abstract, description)))),
        day=on,
        start=start,
        end=end,
        room=Node(room, node.place).line(200),
        topics=_topics(track, file.topics),
        people=tuple(_people(node["persons"], file.remarks)),
    )


def _kind(node: Node, remarks: list[Remark]) -> str:
    printed = node.line(100)
    kind = re.sub(r"[ -]", "_", printed.casefold())
    kind = _KINDS.get(kind, kind)
    if kind in KINDS:
        return kind
    remarks.append(Remark(node.place, _("The kind “%(kind)s” is not known; taken as “other”.") % {"kind": printed}))
    return str(Session.Kind.OTHER)


def _listed(tracks: Node) -> list[str]:
    """The names in the list of tracks; other programs write other things there, which are passed over."""
    rows = tracks.rows() if isinstance(tracks.value, list) else ()
    names = (row["name"] for row in rows if isinstance(row.value, dict))
    return [name.line(300) for name in names if isinstance(name.value, str)]


def _topics(track: str, known: list[str]) -> tuple[str, ...]:
    """The topics of an event: several of the list stand in one text, with commas between them."""
    found, rest = [], track
    while rest and rest not in known:
        name = max((one for one in known if rest.startswith(f"{one}, ")), key=len, default=None)
        if name is None:
            return (track,)
        found.append(name)
        rest = rest.removeprefix(f"{name}, ")
    return tuple(dict.fromkeys([*found, rest])) if rest else ()


def _end(node: Node, start: dt.datetime) -> dt.datetime | None:
    """The end, as a moment or by the duration; None where neither is known."""
    end = node["end"].moment()
    if end is None:
        lasts = _duration(node["duration"])
        return start + lasts if lasts else None
    if end <= start:
        raise node["end"].fail(_("The end is not after the start."))
    if end - start > dt.timedelta(hours=24):
        raise node["end"].fail(_("A session lasts at most 24 hours."))
    return end


def _duration(node: Node) -> dt.timedelta:
    """Hours and minutes, or days, hours and minutes; nothing where the end is not known."""
    text = node.line(20)
    if not re.fullmatch(r"(?:[0-9]{1,2}:)?[0-9]{1,2}:[0-5][0-9]", text):
        raise node.fail(_("“%(text)s” is not a duration. Write it like 01:30.") % {"text": text})
    minutes, hours, days = [*map(int, reversed(text.split(":"))), 0][:3]
    lasts = dt.timedelta(days=days, hours=hours, minutes=minutes)
    if lasts > dt.timedelta(hours=24):
        raise node.fail(_("A session lasts at most 24 hours."))
    return lasts


def _people(rows: Node, remarks: list[Remark]) -> list[Person]:
    people: dict[str, Person] = {}
    for row in rows.rows():
        row.fields(set())
        printed = row["public_name"].line(200) or row["full_public_name"].line(200) or row["name"].line(200)
        if not printed:
            remarks.append(Remark(row.place, _("Nobody is named; left out.")))
            continue
        kind = kind_of(printed)
        honorific, name = split_honorific(printed) if kind == "person" else ("", printed)
        people.setdefault(name, Person(name, kind, honorific, biography=row["biography"].text()))
    return list(people.values())


# -- XML ----------------------------------------------------------------------------------------------------------


class _Text(str):
    """The text of an element, and its line."""

    __slots__ = ("place",)
    place: str


def _placed(element: etree._Element) -> _Text:
    text = _Text(element.text or "")
    text.place = _("line %(line)d, %(name)s") % {"line": element.sourceline or 0, "name": element.tag}
    return text


def _with_place(fields: Fields, element: etree._Element) -> Fields:
    fields.place = _("line %(line)d, %(name)s") % {"line": element.sourceline or 0, "name": element.tag}
    return fields


def _only(elements: list[etree._Element]) -> Fields:
    """Elements by their name; one that stands twice is a mistake that Node.check names."""
    fields = Fields()
    for element in elements:
        if element.tag in fields:
            fields.twice = element.tag
        fields[element.tag] = _placed(element)
    return fields


def read_xml(text: str) -> Node:
    """schedule.xml as the tree that schedule.json has. Document types and entities are refused: a schedule has none."""
    if re.search(r"<!\s*(?:DOCTYPE|ENTITY)", text, re.IGNORECASE):
        line = text[: re.search(r"<!\s*(?:DOCTYPE|ENTITY)", text, re.IGNORECASE).start()].count("\n") + 1  # type: ignore[union-attr]
        raise EditionFileError(
            _("A schedule has no document type and no entities."), _("line %(line)d") % {"line": line}
        )
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        schedule = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        place = _("line %(line)d") % {"line": error.lineno or 1}
        raise EditionFileError(_("This is not XML: %(why)s.") % {"why": error.msg}, place) from None
    if schedule.tag != "schedule":
        raise EditionFileError(
            _("The first element is not “schedule”."), _("line %(line)d") % {"line": schedule.sourceline or 1}
        )
    found = schedule.find("conference")
    conference = _only([child for child in found if child.tag != "track"]) if found is not None else Fields()
    if found is not None:
        _with_place(conference, found)
        conference["tracks"] = [Fields(name=track.get("name")) for track in found.iterfind("track")]
    conference["days"] = [_read_day(day) for day in schedule.iterfind("day")]
    writer = schedule.find("generator")
    generator = Fields(name=writer.get("name")) if writer is not None else None
    tree = Fields(conference=conference if found is not None else None)
    root = Node(Fields(schedule=tree, generator=generator), "")
    root.check()
    return root


def _read_day(day: etree._Element) -> Fields:
    rooms = Fields()
    for room in day.iterfind("room"):
        rooms.setdefault(room.get("name", ""), []).extend(_read_element(event) for event in room.iterfind("event"))
    return _with_place(Fields(date=day.get("date"), rooms=rooms), day)


def _read_element(event: etree._Element) -> Fields:
    fields = _only([child for child in event if child.tag not in {"persons", "links", "attachments", "recording"}])
    fields |= {str(name): str(value) for name, value in event.attrib.items()}
    people = event.findall("persons/person")
    fields["persons"] = [_with_place(Fields(public_name=_placed(person)), person) for person in people]
    for key in ("links", "attachments"):
        fields[key] = [child.get("href") for child in event.iterfind(f"{key}/*")]
    return _with_place(fields, event)
