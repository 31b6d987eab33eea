"""An agenda as .ics (RFC 5545)."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable

import icalendar

from events.agenda import Agenda, Item, said
from events.feeds.words import description, session_url, timed, title
from events.text import clean_line
from events.vtimezone import vtimezone

REFRESH = dt.timedelta(minutes=15)


def to_ics(agenda: Agenda, *, site: str, language: str, only: Iterable[Item] | None = None) -> bytes:
    """The agenda as a calendar, with VTIMEZONE; `only` limits it to some items. `site` is the address of the site."""
    items = timed(agenda, cancelled=True) if only is None else [item for item in only if item.start]
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//RASR//Agenda//EN")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    name = clean_line(said(agenda.label, language) or said(agenda.title, language))
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    if agenda.timezone:
        calendar.add("x-wr-timezone", agenda.zone.key)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    events = [_event(agenda, item, site, language) for item in items]
    # A calendar holds at least one component: without events it is the zone.
    days = [item.start.date() for item in items if item.start] or agenda.days or [_stamp(agenda).date()]
    if agenda.zone.key != "UTC" or not events:
        calendar.add_component(vtimezone(agenda.zone, min(days), max(days)))
    for event in events:
        calendar.add_component(event)
    # To fold a line icalendar looks at each letter of it; most need none of that.
    lines = (
        line.encode() if len(line) < 75 and line.isascii() else line.to_ical() for line in calendar.content_lines()
    )
    return b"\r\n".join(line for line in lines if line) + b"\r\n"


def _written(moment: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """By the clocks of the place; in UTC where they show it twice in a night: programs disagree which is meant then."""
    utc = moment.astimezone(dt.UTC)
    local = utc.astimezone(zone)
    is_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return utc if is_twice else local


def _stamp(agenda: Agenda) -> dt.datetime:
    return agenda.released_at or dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def _event(agenda: Agenda, item: Item, site: str, language: str) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", item.uid)  # as in every other form of the agenda, whatever the address of the site
    stamp = item.changed_at or _stamp(agenda)
    event.add("dtstamp", stamp.astimezone(dt.UTC))
    event.add("last-modified", stamp.astimezone(dt.UTC))
    event.add("sequence", item.sequence)
    event.add("status", "CANCELLED" if item.is_cancelled else "CONFIRMED")
    event.add("summary", title(item, language))
    if item.start:
        event.add("dtstart", _written(item.start, agenda.zone))
    if item.end:
        event.add("dtend", _written(item.end, agenda.zone))
    place = [agenda.room_name(item.room), agenda.venue, agenda.city]
    if location := clean_line(", ".join(part for part in place if part)):
        event.add("location", location)
    if words := description(item, language):
        event.add("description", words)
    event.add("url", session_url(site, agenda, item, language))
    event.add("categories", [item.kind.replace("_", " ")])
    event.add("transp", "OPAQUE")
    return event
