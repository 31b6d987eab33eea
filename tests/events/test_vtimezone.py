"""Rules of a zone as calendars read them: by hand and by two libraries, they give the offset of the zone itself."""

import datetime as dt
import io
import zoneinfo
from typing import Any

import icalendar
import pytest
from dateutil.tz import tzical
from hypothesis import given, settings
from hypothesis import strategies as st

from events.vtimezone import vtimezone

ZONES = [
    "Europe/Tirane",
    "Europe/Sarajevo",
    "Europe/Chisinau",
    "Asia/Kathmandu",
    "America/St_Johns",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Pyongyang",
    "Europe/Istanbul",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Europe/Dublin",
    "Antarctica/Troll",
    "Etc/GMT+2",
]
YEAR = 365 * 86400


def offset_by_the_rules(component, moment):
    """RFC 5545, 3.6.5: the observance whose onset, in UTC, is the last before the moment."""
    onsets = []
    for part in component.subcomponents:
        since, before = part["dtstart"].dt, part["tzoffsetfrom"].td
        onsets.append(((since - before).replace(tzinfo=dt.UTC), part["tzoffsetto"].td))
    return max(onset for onset in onsets if onset[0] <= moment)[1]


def changes(component):
    """Each onset with its kind, as its clocks showed it before."""
    return [(part.name, part.decoded("dtstart").isoformat()) for part in component.subcomponents]


@pytest.mark.parametrize("name", ZONES)
@settings(max_examples=40)
@given(year=st.integers(1990, 2100), seconds=st.integers(0, 3 * YEAR))
def test_the_rules_give_the_offset_of_the_zone_at_any_moment_of_any_year(name, year, seconds):
    zone, day = zoneinfo.ZoneInfo(name), dt.date(year, 3, 28)
    moment = dt.datetime(year - 1, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    assert offset_by_the_rules(vtimezone(zone, day, day), moment) == moment.astimezone(zone).utcoffset()


@pytest.mark.parametrize("name", ZONES)
@settings(max_examples=10)
@given(year=st.integers(1990, 2100), minutes=st.integers(0, YEAR // 60))
def test_other_programs_reckon_with_them_as_we_do(name, year, minutes):
    zone, day = zoneinfo.ZoneInfo(name), dt.date(year, 3, 28)
    calendar = icalendar.Calendar()
    calendar.add_component(vtimezone(zone, day, day))
    component: Any
    (component,) = icalendar.Calendar.from_ical(calendar.to_ical()).walk("VTIMEZONE")
    moment = dt.datetime(year, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
    shown = moment.astimezone(zone)
    if shown.replace(fold=0).utcoffset() != shown.replace(fold=1).utcoffset():
        return  # clocks show it twice; calendars write such a moment in UTC
    for theirs in (tzical(io.StringIO(calendar.to_ical().decode())).get(), component.to_tz(lookup_tzid=False)):
        assert shown.replace(tzinfo=theirs).astimezone(dt.UTC) == moment


@pytest.mark.parametrize(
    ("day", "kind", "start"),
    [
        (dt.date(2027, 3, 28), "DAYLIGHT", "2027-03-28T02:00:00"),
        (dt.date(2027, 10, 31), "STANDARD", "2027-10-31T03:00:00"),
        (dt.date(2055, 3, 28), "DAYLIGHT", "2055-03-28T02:00:00"),
        (dt.date(2100, 10, 31), "STANDARD", "2100-10-31T03:00:00"),
    ],
)
def test_clocks_change_at_the_hour_they_showed_before(day, kind, start):
    assert (kind, start) in changes(vtimezone(zoneinfo.ZoneInfo("Europe/Tirane"), day, day))


@pytest.mark.parametrize("name", ["Asia/Kathmandu", "Pacific/Kiritimati", "Etc/GMT+2", "Europe/Istanbul"])
def test_a_zone_without_summer_time_has_one_rule(name):
    component = vtimezone(zoneinfo.ZoneInfo(name), dt.date(2030, 1, 1), dt.date(2030, 1, 2))
    assert [part.name for part in component.subcomponents] == ["STANDARD"]


def test_an_offset_of_three_quarters_of_an_hour_is_written_in_full():
    component = vtimezone(zoneinfo.ZoneInfo("Asia/Kathmandu"), dt.date(2030, 1, 1), dt.date(2030, 1, 2))
    assert component.to_ical().count(b"TZOFFSETTO:+0545") == 1


def test_a_zone_that_moved_for_good_has_no_summer_time_for_it():
    component = vtimezone(zoneinfo.ZoneInfo("Asia/Pyongyang"), dt.date(2018, 5, 4), dt.date(2018, 5, 6))
    assert changes(component) == [("STANDARD", "2017-01-01T08:30:00"), ("STANDARD", "2018-05-04T23:30:00")]


def test_morocco_goes_back_for_ramadan_by_the_moon_and_is_ahead_for_the_rest_of_the_year():
    component = vtimezone(zoneinfo.ZoneInfo("Africa/Casablanca"), dt.date(2026, 2, 15), dt.date(2026, 2, 15))
    during = [entry for entry in changes(component) if "2026" in entry[1]]
    assert during == [("STANDARD", "2026-02-15T03:00:00"), ("DAYLIGHT", "2026-03-22T02:00:00")]


def test_in_dublin_summer_is_daylight_time_though_its_law_calls_it_standard():
    component = vtimezone(zoneinfo.ZoneInfo("Europe/Dublin"), dt.date(2027, 6, 1), dt.date(2027, 6, 1))
    during = [entry for entry in changes(component) if "2027" in entry[1]]
    assert during == [("DAYLIGHT", "2027-03-28T01:00:00"), ("STANDARD", "2027-10-31T02:00:00")]
