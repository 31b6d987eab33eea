"""Agendas on and around days on which clocks change, in zones far from each other."""

import contextlib
import datetime as dt
import time
import uuid
import zoneinfo

from django.utils import timezone as clock
from hypothesis import strategies as st

from events.agenda import from_json, to_json
from tests.events.test_agenda import agenda, item

# A zone, and moments near which its clocks change in an unusual way or on an unusual day.
CHANGES = {
    "Europe/Tirane": ["2026-03-29T01:00", "2026-10-25T01:00"],
    "Europe/Dublin": ["2027-03-28T01:00", "2027-10-31T01:00"],  # its winter is what is put back
    "Asia/Kathmandu": ["2026-03-29T01:00"],  # 05:45 ahead, and never changes
    "Australia/Lord_Howe": ["2026-04-04T15:00", "2026-10-03T15:30"],  # changes by half an hour
    "America/St_Johns": ["2026-03-08T05:30", "2026-11-01T04:30"],
    "America/Santiago": ["2026-04-05T03:00", "2026-09-06T04:00"],  # changes at midnight
    "Africa/Casablanca": ["2026-02-15T02:00", "2026-03-22T02:00"],  # for Ramadan, by the moon
    "Africa/Cairo": ["2026-04-23T22:00", "2026-10-29T21:00"],
    "Asia/Pyongyang": ["2018-05-04T15:00"],  # moved its zone by half an hour
    "Pacific/Apia": ["2011-12-30T10:00"],  # left out a whole day
    "Pacific/Kiritimati": ["2030-01-01T00:00"],  # 14 hours ahead
    "America/Caracas": ["2016-05-01T07:00"],
    "Europe/Istanbul": ["2016-09-06T21:00", "2015-11-08T01:00"],
    "UTC": ["2026-10-25T01:00"],
}
ELSEWHERE = ["UTC", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Auckland", "Europe/London"]


@contextlib.contextmanager
def read_in(name, monkeypatch):
    """A server in another zone, and another one active in Django."""
    with monkeypatch.context() as patch, clock.override(zoneinfo.ZoneInfo(name)):
        patch.setenv("TZ", name)
        time.tzset()
        yield
    time.tzset()


def released(*items, zone):
    """The agenda as a release gives it back: moments by their offset, not by the rules of a zone."""
    days = [one.day for one in items]
    whole = agenda(*items, timezone=zone, first_day=min(days), last_day=max(days))
    return from_json(to_json(whole))


@st.composite
def agendas(draw, most=4):
    """Sessions around a change of the clocks; some as long as a day, some without an end, some of the day before."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    change = dt.datetime.fromisoformat(draw(st.sampled_from(CHANGES[zone]))).replace(tzinfo=dt.UTC)
    offsets = st.sampled_from(range(-120, 121, 30)) | st.integers(-1500, 1500)
    lengths = st.none() | st.sampled_from([30, 60, 1440]) | st.integers(1, 1440)
    spans = draw(st.lists(st.tuples(offsets, lengths, st.booleans()), min_size=1, max_size=most))
    items = []
    for number, (offset, lasts, is_late) in enumerate(sorted(spans, key=lambda span: span[0]), 1):
        start = change + dt.timedelta(minutes=offset)
        end = start + dt.timedelta(minutes=lasts) if lasts else None
        local = start.astimezone(zoneinfo.ZoneInfo(zone))
        # A night belongs to the day before, if staff say so.
        day = local.date() - dt.timedelta(days=1) if is_late and local.hour < 6 else local.date()
        items.append(item(number, start, end, day=day, uid=str(uuid.UUID(int=number))))
    return released(*items, zone=zone)
