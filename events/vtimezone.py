"""A VTIMEZONE (RFC 5545, 3.6.5) from the rules of an IANA zone.

icalendar writes one too, but dates the change to summer time an hour late and ends in 2037.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator

import icalendar

SECOND = dt.timedelta(seconds=1)


def vtimezone(zone: zoneinfo.ZoneInfo, first: dt.date, last: dt.date) -> icalendar.Timezone:
    """The zone as a component that holds from the year before `first` to the year after `last`."""
    component = icalendar.Timezone()
    component.add("tzid", zone.key)
    begin = dt.datetime(first.year - 1, 1, 1, tzinfo=dt.UTC)
    end = dt.datetime(last.year + 2, 1, 1, tzinfo=dt.UTC)
    component.add_component(_observance(zone, begin, begin))
    for change in _changes(zone, begin, end):
        component.add_component(_observance(zone, change - SECOND, change))
    return component


def _offset(zone: zoneinfo.ZoneInfo, moment: dt.datetime) -> dt.timedelta:
    return moment.astimezone(zone).utcoffset() or dt.timedelta()


def _saved(zone: zoneinfo.ZoneInfo, moment: dt.datetime) -> dt.timedelta:
    return moment.astimezone(zone).dst() or dt.timedelta()


def _changes(zone: zoneinfo.ZoneInfo, begin: dt.datetime, end: dt.datetime) -> Iterator[dt.datetime]:
    """The first second of each new offset, in UTC."""
    day = begin
    while day < end:
        before, after = day, day + dt.timedelta(days=1)
        if _offset(zone, before) != _offset(zone, after):
            while after - before > SECOND:
                middle = before + (after - before) // 2
                middle = middle.replace(microsecond=0)
                if _offset(zone, middle) == _offset(zone, day):
                    before = middle
                else:
                    after = middle
            yield after
        day += dt.timedelta(days=1)


def _observance(zone: zoneinfo.ZoneInfo, before: dt.datetime, since: dt.datetime) -> icalendar.Component:
    """What holds from the moment `since` on; its start is written as clocks showed it `before`."""
    local = since.astimezone(zone)
    saved, saved_before = _saved(zone, since), _saved(zone, before)
    # Where winter is the exception (Dublin) or Ramadan (Morocco), what they save is below nothing: then the usual
    # time is the one that is ahead, as programs expect of daylight time.
    is_daylight = saved > min(saved_before, dt.timedelta())
    part = icalendar.TimezoneDaylight() if is_daylight else icalendar.TimezoneStandard()
    part.add("dtstart", (since + _offset(zone, before)).replace(tzinfo=None))
    part.add("tzoffsetfrom", _offset(zone, before))
    part.add("tzoffsetto", _offset(zone, since))
    part.add("tzname", local.tzname())
    return part
