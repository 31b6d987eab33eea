"""Rules of a zone as calendars read them: applied by hand, they give the offset that the zone itself gives."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.vtimezone import vtimezone

ZONES = [
    "Europe/Tirane",
    "Europe/Sarajevo",
    "Europe/Chisinau",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Kiritimati",
    "Europe/Dublin",
]


def offset_by_the_rules(component, moment):
    """RFC 5545, 3.6.5: the observance whose onset, in UTC, is the last before the moment."""
    onsets = []
    for part in component.subcomponents:
        since, before = part["dtstart"].dt, part["tzoffsetfrom"].td
        onsets.append(((since - before).replace(tzinfo=dt.UTC), part["tzoffsetto"].td))
    return max(onset for onset in onsets if onset[0] <= moment)[1]


@pytest.mark.parametrize("name", ZONES)
@settings(max_examples=50)
@given(seconds=st.integers(0, 3 * 365 * 86400))
def test_the_rules_give_the_offset_of_the_zone_at_any_moment(name, seconds):
    zone, first, last = zoneinfo.ZoneInfo(name), dt.date(2027, 3, 28), dt.date(2027, 3, 30)
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    assert offset_by_the_rules(vtimezone(zone, first, last), moment) == moment.astimezone(zone).utcoffset()


@pytest.mark.parametrize(
    ("day", "kind", "start"),
    [
        (dt.date(2027, 3, 28), "DAYLIGHT", "2027-03-28T02:00:00"),
        (dt.date(2027, 10, 31), "STANDARD", "2027-10-31T03:00:00"),
        (dt.date(2055, 3, 28), "DAYLIGHT", "2055-03-28T02:00:00"),
    ],
)
def test_clocks_change_at_the_hour_they_showed_before(day, kind, start):
    component = vtimezone(zoneinfo.ZoneInfo("Europe/Tirane"), day, day)
    starts = [part.decoded("dtstart").isoformat() for part in component.subcomponents if part.name == kind]
    assert start in starts


def test_a_zone_without_summer_time_has_one_rule():
    component = vtimezone(zoneinfo.ZoneInfo("Asia/Kathmandu"), dt.date(2030, 1, 1), dt.date(2030, 1, 2))
    assert [part.name for part in component.subcomponents] == ["STANDARD"]
    assert component.to_ical().count(b"TZOFFSETTO:+0545") == 1
