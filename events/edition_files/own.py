"""Our own shape of an edition file: `edition {…}, days [{date, items [{…}]}]`."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from events.edition_files.parsed import EditionFile, Item, Remark, Room, Talk
from events.edition_files.people import read_people
from events.edition_files.strict import Node
from events.models.session import Session

EDITION = {"title", "city", "country", "venue", "start_date", "end_date", "timezone", "source_url"}
ITEM = {"id", "start", "end", "title", "kind", "room", "speakers", "notes", "talks", "abstract", "topics"}
KINDS = set(Session.Kind.values)


def read_own(root: Node) -> EditionFile:
    """The file as plain values; raises EditionFileError with the path of what is wrong."""
    remarks: list[Remark] = []
    _say_unknown(root, {"edition", "days"}, remarks)
    edition = root["edition"]
    _say_unknown(edition, EDITION, remarks)
    file = EditionFile(
        title=edition["title"].line(300),
        city=edition["city"].line(120),
        country=edition["country"].line(120),
        venue=edition["venue"].line(200),
        first_day=edition["start_date"].date(),
        last_day=edition["end_date"].date(),
        timezone=edition["timezone"].zone(),
        source=edition["source_url"].url(),
        remarks=remarks,
    )
    if file.first_day and file.last_day and file.last_day < file.first_day:
        raise edition["end_date"].fail(_("The last day is before the first day."))
    days = list(root["days"].rows())
    dates = _dates(days, file)
    _complete_days(file, edition, dates)
    for row, day in zip(days, dates, strict=True):
        for order, item in enumerate(row["items"].rows() if not row.is_null else []):
            if taken := _read_item(item, day, order, file):
                file.items.append(taken)
    rooms = dict.fromkeys(item.room for item in file.items if item.room)
    file.rooms = [Room(name) for name in rooms]
    if not file.title:
        file.title = " ".join(part for part in (file.city, str(file.year or "")) if part)
        if not file.title:
            raise edition["title"].fail(_("An edition needs a title, a city or a first day."))
        remarks.append(
            Remark(edition["title"].place, _("No title; “%(title)s” stands for it.") % {"title": file.title})
        )
    return file


def _say_unknown(node: Node, known: set[str], remarks: list[Remark]) -> None:
    for key in node.fields(known):
        remarks.append(Remark(node[key].place, _("This field is not known; left out.")))


def _dates(days: list[Node], file: EditionFile) -> list[dt.date | None]:
    """The date of each day. A missing one comes from the days of the edition, a dated neighbour, or nowhere."""
    for row in days:
        if not row.is_null:
            _say_unknown(row, {"date", "items"}, file.remarks)
    printed = [None if row.is_null else row["date"].date() for row in days]
    counted = _counted(len(days), file)
    fits = all(day in (None, expected) for day, expected in zip(printed, counted, strict=False))
    dates: list[dt.date | None] = []
    for number, (row, day) in enumerate(zip(days, printed, strict=True)):
        if day is None:
            day = counted[number] if counted and fits else _beside(printed, number)
            if day:
                sentence = _("No date; taken as %(day)s, from the other days.") % {"day": day}
            else:
                sentence = _("No date, and none follows from the other days; its items have no day yet.")
            file.remarks.append(Remark(row["date"].place if not row.is_null else row.place, sentence))
        elif file.first_day and file.last_day and not file.first_day <= day <= file.last_day:
            sentence = _("%(day)s is not one of the days of the edition; taken as it stands.") % {"day": day}
            file.remarks.append(Remark(row["date"].place, sentence))
        dates.append(day)
    return dates


def _counted(number: int, file: EditionFile) -> list[dt.date]:
    """The days of the edition where there are exactly as many as the list has; else none."""
    if not file.first_day or not file.last_day or (file.last_day - file.first_day).days + 1 != number:
        return []
    return [file.first_day + dt.timedelta(days=n) for n in range(number)]


def _beside(printed: list[dt.date | None], number: int) -> dt.date | None:
    """The day after the one before, or before the one after; None where neither is dated or they disagree."""
    one = dt.timedelta(days=1)
    before = printed[number - 1] if number else None
    after = printed[number + 1] if number + 1 < len(printed) else None
    found = {day for day in (before and before + one, after and after - one) if day}
    return found.pop() if len(found) == 1 else None


def _complete_days(file: EditionFile, edition: Node, dates: list[dt.date | None]) -> None:
    """Take a missing first or last day from the agenda; where that fails, an edition has neither."""
    known = [day for day in dates if day]
    for name, key, outermost in (("first_day", "start_date", min), ("last_day", "end_date", max)):
        if getattr(file, name) is None and known:
            day = outermost(known)
            setattr(file, name, day)
            sentence = _("No date; taken as %(day)s, from the days of the agenda.") % {"day": day}
            file.remarks.append(Remark(edition[key].place, sentence))
    if (start := file.first_day or file.last_day) is not None:
        file.year = start.year
    if bool(file.first_day) != bool(file.last_day):
        missing = "end_date" if file.first_day else "start_date"
        sentence = _("No date, and none follows from the agenda; the edition has no days yet.")
        file.remarks.append(Remark(edition[missing].place, sentence))
        file.first_day = file.last_day = None
    if file.first_day and file.last_day:
        if file.last_day < file.first_day:
            raise edition["end_date"].fail(_("The last day is before the first day."))
        if (file.last_day - file.first_day).days > 31:
            raise edition["end_date"].fail(_("An edition lasts at most 31 days."))


def _read_item(node: Node, day: dt.date | None, order: int, file: EditionFile) -> Item | None:
    if node.is_null:
        file.remarks.append(Remark(node.place, _("Nothing stands here; left out.")))
        return None
    _say_unknown(node, ITEM, file.remarks)
    kind = _kind(node["kind"], file.remarks)
    title = node["title"].line(500)
    if not title:
        title = str(Session.Kind(kind).label)
        file.remarks.append(Remark(node["title"].place, _("No title; “%(title)s” stands for it.") % {"title": title}))
    start, end, note = _times(node, day, file.remarks)
    return Item(
        place=node.place,
        id=node["id"].key(),
        title=title,
        kind=kind,
        abstract=node["abstract"].text(),
        day=day,
        start=start,
        end=end,
        order=min(order, 30_000),
        room=node["room"].line(200),
        topics=tuple(dict.fromkeys(filter(None, (row.line(300) for row in node["topics"].rows())))),
        people=tuple(read_people(node["speakers"], file.remarks)),
        talks=tuple(talk for row in node["talks"].rows() if (talk := _read_talk(row, file.remarks))),
        note=note,
    )


def _kind(node: Node, remarks: list[Remark]) -> str:
    printed = node.line(100)
    kind = printed.casefold().replace("-", "_").replace(" ", "_")
    if kind in KINDS:
        return kind
    sentence = _("The kind “%(kind)s” is not known; taken as “other”.") if printed else _("No kind; taken as “other”.")
    remarks.append(Remark(node.place, sentence % {"kind": printed} if printed else sentence))
    return str(Session.Kind.OTHER)


def _times(node: Node, day: dt.date | None, remarks: list[Remark]) -> tuple[Any, Any, str]:
    """Start, end and note. What has no day keeps its printed times in the note: a start without a day is no moment."""
    start, end, note = node["start"].time(), node["end"].time(), node["notes"].line(900)
    if end and not start:
        remarks.append(Remark(node["end"].place, _("An end without a start; kept in the note.")))
    elif start and not day:
        remarks.append(Remark(node["start"].place, _("A time without a day; kept in the note.")))
    if (end and not start) or (start and not day):
        printed = "–".join(moment.strftime("%H:%M") if moment else "" for moment in (start, end))
        return None, None, "; ".join(filter(None, (note, _("printed time: %(time)s") % {"time": printed})))
    if start is None or day is None:
        return None, None, note
    begins = dt.datetime.combine(day, start)
    if end is None:
        return begins, None, note
    last = day + dt.timedelta(days=1) if end == dt.time() else day  # an evening may end at midnight
    ends = dt.datetime.combine(last, end)
    if ends <= begins:
        raise node["end"].fail(_("The end is not after the start."))
    return begins, ends, note


def _read_talk(node: Node, remarks: list[Remark]) -> Talk | None:
    if node.is_null:
        remarks.append(Remark(node.place, _("Nothing stands here; left out.")))
        return None
    _say_unknown(node, {"title", "speakers", "abstract"}, remarks)
    title = node["title"].line(500)
    if not title:
        title = _("Contribution")
        remarks.append(Remark(node["title"].place, _("No title; “%(title)s” stands for it.") % {"title": title}))
    return Talk(title, node["abstract"].text(), tuple(read_people(node["speakers"], remarks)))
