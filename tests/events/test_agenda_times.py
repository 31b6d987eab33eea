"""Time in every form of the agenda: changes of clocks, odd offsets, sessions past midnight, readers elsewhere.

What is put in as a moment comes out as the same moment, wherever the server and its reader are.
"""

import dataclasses
import datetime as dt
import json
import zoneinfo
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from events.caching import bodies
from events.clashes import findings_of
from events.edition_files import read_bytes
from events.feeds.calendar import to_ics
from events.feeds.schedules import to_json, to_xml
from events.loading import load
from events.models import Session
from events.now_next import now_next
from events.scheduling import release_agenda
from events.views.rows import days_of
from tests import make
from tests.events.clocks import CHANGES, ELSEWHERE, agendas, read_in, released
from tests.events.fed import SITE
from tests.events.readers import by_icalendar, by_ics, by_vobject
from tests.events.test_agenda import item

MINUTE = dt.timedelta(minutes=1)
few = settings(max_examples=60)


def utc(moment: Any) -> Any:
    return moment and moment.astimezone(dt.UTC)


def put_in(whole):
    return {item.uid: (utc(item.start), utc(item.end)) for item in whole.items}


def ics(whole):
    return to_ics(whole, site=SITE, language="en")


def conference(whole):
    return json.loads(to_json(whole, site=SITE, language="en"))["schedule"]["conference"]


def in_json(whole):
    return [(day, event) for day in conference(whole)["days"] for held in day["rooms"].values() for event in held]


def length(text):
    hours, minutes = map(int, text.split(":"))
    return dt.timedelta(hours=hours, minutes=minutes)


@pytest.mark.parametrize("read", [by_icalendar, by_vobject, by_ics])
@settings(max_examples=30)
@given(whole=agendas())
def test_a_calendar_gives_every_moment_back(read, whole):
    assert {uid: (one.start, one.end) for uid, one in read(ics(whole)).items()} == put_in(whole)


@few
@given(whole=agendas())
def test_schedules_give_every_moment_back_with_the_offset_of_that_moment(whole):
    seen = {}
    for _day, event in in_json(whole):
        start = dt.datetime.fromisoformat(event["date"])
        end = dt.datetime.fromisoformat(event["end"]) if "end" in event else None
        assert start.utcoffset() == start.astimezone(whole.zone).utcoffset()
        assert event["start"] == f"{start.astimezone(whole.zone):%H:%M}"
        assert length(event["duration"]) == (utc(end) - utc(start) if end else dt.timedelta())
        seen[event["guid"]] = (utc(start), utc(end))
    assert seen == put_in(whole)
    for event in etree.fromstring(to_xml(whole, site=SITE, language="en")).iter("event"):
        start = dt.datetime.fromisoformat(str(event.findtext("date")))
        lasts = length(event.findtext("duration"))
        assert start.utcoffset() == start.astimezone(whole.zone).utcoffset()
        assert (utc(start), utc(start) + lasts if lasts else None) == put_in(whole)[event.get("guid")]


@few
@given(whole=agendas())
def test_the_bounds_of_a_day_hold_its_sessions_and_exist_on_its_clocks(whole):
    for day in conference(whole)["days"]:
        start, end = (dt.datetime.fromisoformat(day[name]) for name in ("day_start", "day_end"))
        assert start <= end
        for bound in (start, end):
            assert bound.astimezone(whole.zone).replace(tzinfo=None) == bound.replace(tzinfo=None)
        for one in (one for one in whole.items if str(one.day) == day["date"]):
            assert start <= one.start
            assert (one.end or one.start) <= end


@few
@given(whole=agendas())
def test_the_page_shows_the_clocks_of_the_place_in_the_order_of_the_moments(whole):
    rows: list[Any] = [(day, slot, row) for day in days_of(whole) for slot in day.slots for row in slot.rows]
    assert sorted(row.item.id for _day, _slot, row in rows) == sorted(item.id for item in whole.items)
    for day, slot, row in rows:
        assert (utc(row.start), utc(row.end)) == put_in(whole)[row.item.uid]
        assert row.start.utcoffset() == row.start.astimezone(whole.zone).utcoffset()
        assert (utc(slot.start), utc(slot.end)) == (utc(row.start), utc(row.end)), "side by side is at the same time"
        assert day.date == row.item.day
        assert row.ends_later_day == bool(row.end and row.end.date() > row.start.date())
    for day in days_of(whole):
        starts = [utc(slot.start) for slot in day.slots]
        assert starts == sorted(starts)


@few
@given(whole=agendas(), minutes=st.integers(-3000, 3000), zone=st.sampled_from(ELSEWHERE))
def test_now_and_next_are_the_same_for_a_reader_anywhere(whole, minutes, zone):
    at = utc(whole.items[0].start) + minutes * MINUTE
    seen = now_next(whole, at)
    running = {item.id for item in whole.items if item.end and utc(item.start) <= at < utc(item.end)}
    endless = {item.id for item in whole.items if not item.end}
    assert running <= {item.id for item in seen.now} <= running | endless
    first = min((utc(item.start) for item in whole.items if utc(item.start) > at), default=None)
    assert {item.id for item in seen.next} == {item.id for item in whole.items if utc(item.start) == first}
    assert seen.changes_at is None or seen.changes_at > at
    assert seen.since is None or seen.since <= at
    there = now_next(whole, at.astimezone(whole.zone))
    assert (there.now, there.next, there.until) == (seen.now, seen.next, seen.until)


@few
@given(whole=agendas())
def test_what_has_no_end_runs_until_the_next_of_its_day_or_midnight_of_the_place(whole):
    for one in (one for one in whole.items if not one.end):
        seen = now_next(whole, one.start)
        after = sorted((utc(o.start), o.day) for o in whole.items if utc(o.start) > utc(one.start))
        tomorrow = one.start.astimezone(whole.zone).date() + dt.timedelta(days=1)
        midnight = dt.datetime.combine(tomorrow, dt.time(), whole.zone).astimezone(dt.UTC)
        same_day = [start for start, day in after if day == one.day]
        over = same_day[0] if same_day else min([midnight, *(start for start, _day in after)])
        assert one.id in {i.id for i in seen.now}
        assert one.id in {i.id for i in now_next(whole, over - MINUTE / 2).now}
        assert one.id not in {i.id for i in now_next(whole, over).now}


@few
@given(whole=agendas())
def test_findings_of_overlaps_go_by_moments_and_not_by_clocks(whole):
    in_one_room = dataclasses.replace(
        whole, items=tuple(dataclasses.replace(item, room=1, title={"en": f"“{item.id}”"}) for item in whole.items)
    )
    timed = [item for item in in_one_room.items if item.end]
    overlaps = any(
        one.id < other.id and utc(one.start) < utc(other.end) and utc(other.start) < utc(one.end)
        for one in timed
        for other in timed
    )
    assert any(found.blocks for found in findings_of(in_one_room, None, places=None)) == overlaps


@settings(max_examples=20)
@given(whole=agendas(), zone=st.sampled_from(ELSEWHERE))
def test_no_form_depends_on_where_the_server_or_the_reader_is(whole, zone):
    def forms():
        slots = [(slot.start, slot.end, [row.item.id for row in slot.rows]) for d in days_of(whole) for slot in d.slots]
        schedules = [draw(whole, site=SITE, language="en") for draw in (to_json, to_xml)]
        return ics(whole), *schedules, slots, now_next(whole, whole.items[0].start)

    here = forms()
    with pytest.MonkeyPatch.context() as patch, read_in(zone, patch):
        assert forms() == here


@pytest.mark.parametrize(
    ("zone", "first", "shown"),
    [
        ("Europe/Tirane", "2026-10-25T00:30", "02:30"),
        ("Australia/Lord_Howe", "2026-04-04T14:45", "01:45"),
        ("America/St_Johns", "2026-11-01T03:45", "01:15"),
        ("Africa/Casablanca", "2026-02-15T01:15", "02:15"),
    ],
)
def test_of_a_time_that_comes_twice_in_a_night_both_are_kept_apart(zone, first, shown):
    start = dt.datetime.fromisoformat(first).replace(tzinfo=dt.UTC)
    zone_info = zoneinfo.ZoneInfo(zone)
    before, after = (moment.astimezone(zone_info).utcoffset() for moment in (start, start + dt.timedelta(hours=2)))
    assert before
    assert after is not None
    back = before - after
    spans = [(start, start + back), (start + back, start + back + 30 * MINUTE)]
    day = start.astimezone(zone_info).date()
    whole = released(*(item(n, *span, day=day, uid=f"{n}") for n, span in enumerate(spans, 1)), zone=zone)
    slots = days_of(whole)[0].slots
    assert [[row.item.id for row in slot.rows] for slot in slots] == [[1], [2]]
    assert {f"{slot.start:%H:%M}" for slot in slots} == {shown}
    assert [[one.id for one in now_next(whole, moment).now] for moment, _end in spans] == [[1], [2]]
    for read in (by_icalendar, by_vobject, by_ics):
        assert {uid: (one.start, one.end) for uid, one in read(ics(whole)).items()} == put_in(whole)
    assert len({event["date"] for _day, event in in_json(whole)}) == 2


@few
@given(whole=agendas(), draw=st.sampled_from([to_json, to_xml]))
def test_our_own_load_reads_every_moment_and_every_day_back(whole, draw):
    file = read_bytes(draw(whole, site=SITE, language="en"))
    assert {item.uid: (utc(item.start), utc(item.end)) for item in file.items} == put_in(whole)
    assert {item.uid: item.day for item in file.items} == {item.uid: item.day for item in whole.items}
    assert (file.first_day, file.last_day, file.timezone) == (whole.first_day, whole.last_day, whole.timezone)
    assert file.remarks == []


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["Europe/Tirane", "Australia/Lord_Howe", "America/Santiago"])
def test_the_page_is_the_same_wherever_the_server_is(client, zone):
    change = dt.datetime.fromisoformat(CHANGES[zone][-1]).replace(tzinfo=dt.UTC)
    day = change.astimezone(zoneinfo.ZoneInfo(zone)).date()
    edition = make.edition(timezone=zone, first_day=day, last_day=day + dt.timedelta(days=1))
    start = change - 150 * MINUTE
    Session.objects.create(edition=edition, title="Night", start=start, end=start + dt.timedelta(hours=6), day=day)
    release_agenda(edition=edition, by="sec")
    page = f"/editions/{edition.slug}/agenda/?at={start + MINUTE:%Y-%m-%dT%H:%MZ}"

    def shown():
        bodies.clear()
        return client.get(page).content.decode()

    here = shown()
    assert f"{start.astimezone(edition.zone):%H:%M}" in here
    for elsewhere in ELSEWHERE:
        with pytest.MonkeyPatch.context() as patch, read_in(elsewhere, patch):
            assert shown() == here


@pytest.mark.django_db
@pytest.mark.parametrize("zone", sorted(CHANGES))
def test_times_of_a_file_are_those_that_the_clocks_of_the_place_show(zone):
    change = dt.datetime.fromisoformat(CHANGES[zone][0]).replace(tzinfo=dt.UTC)
    info = zoneinfo.ZoneInfo(zone)
    day = change.astimezone(info).date()
    walls = [dt.datetime.combine(day, dt.time(hour, minute)) for hour in range(24) for minute in (0, 30)]
    there = [
        wall
        for wall in walls
        if wall.replace(tzinfo=info).astimezone(dt.UTC).astimezone(info) == wall.replace(tzinfo=info)
    ]
    rows = [{"start": f"{wall:%H:%M}", "title": f"{wall:%H:%M}", "kind": "session"} for wall in there]
    content = {"edition": {"title": "X", "timezone": zone}, "days": [{"date": str(day), "items": rows}]}
    edition = load(read_bytes(json.dumps(content).encode()), by="test").edition
    sessions: list[Any] = list(edition.sessions.all())
    assert {str(one.title): f"{one.start.astimezone(info):%H:%M}" for one in sessions} == {
        row["title"]: row["start"] for row in rows
    }
    assert len(sessions) == len(there)
