"""The agenda as plain data: JSON there and back, now and next, the difference of two."""

import dataclasses
import datetime as dt
import zoneinfo
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.agenda import (
    Agenda,
    Item,
    Person,
    Room,
    Talk,
    Topic,
    from_json,
    said,
    to_json,
)
from events.differences import difference, numbered
from events.now_next import now_next

TIRANA = zoneinfo.ZoneInfo("Europe/Tirane")
DAY = dt.date(2018, 10, 9)


def at(hour: int, minute: int = 0, day: dt.date = DAY, zone: dt.tzinfo = TIRANA) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), zone)


def item(key: int, start: dt.datetime | None = None, end: dt.datetime | None = None, **more) -> Item:
    facts: dict[str, Any] = {
        "id": key,
        "uid": f"uid-{key}",
        "kind": "session",
        "letter": "",
        "title": {"en": f"Session {key}"},
        "abstract": {},
        "day": start.date() if start else DAY,
        "start": start,
        "end": end,
        "room": None,
        "topics": (),
        "status": "scheduled",
        "cancelled_note": {},
    }
    return Item(**facts | more)


def agenda(*items: Item, **more) -> Agenda:
    facts: dict[str, Any] = {
        "slug": "2018-tirana",
        "title": {"en": "Workshop"},
        "label": {"en": "Tenth edition"},
        "city": "Tirana",
        "country": "Albania",
        "venue": "",
        "address": "",
        "timezone": "Europe/Tirane",
        "contact": "",
        "first_day": DAY,
        "last_day": DAY + dt.timedelta(days=2),
        "rooms": (Room(1, "Hall A", 80), Room(2, "Hall B", None)),
        "items": items,
    }
    return Agenda(**facts | more)


PERSON = Person(1, "Petro Koçi", "person", "Mr", "Deputy Minister", "Ministry of Defence", "speaker", "confirmed")
texts = st.dictionaries(st.sampled_from(["en", "sq", "bg"]), st.text(max_size=20), max_size=3)
moments = st.integers(0, 4_000_000_000).map(lambda seconds: dt.datetime.fromtimestamp(seconds, dt.UTC))


@given(
    title=texts,
    start=st.none() | moments,
    end=st.none() | moments,
    name=st.text(max_size=20),
    zone=st.sampled_from(["Europe/Tirane", "Asia/Kathmandu", "", "America/St_Johns"]),
)
def test_json_there_and_back_is_the_same_agenda(title, start, end, name, zone):
    talk = Talk(7, title, {}, (dataclasses.replace(PERSON, name=name),))
    whole = agenda(
        item(1, start, end, day=DAY, title=title, people=(PERSON,), talks=(talk,), topics=(3,), visit=9),
        timezone=zone,
        topics=(Topic(3, title),),
        released_at=start,
    )
    assert from_json(to_json(whole)) == whole


def test_a_release_of_an_earlier_or_a_later_version_can_still_be_read():
    stored = to_json(agenda(item(1, at(9), people=(PERSON,))))
    del stored["contact"]
    for row in (stored, stored["items"][0], stored["items"][0]["people"][0], stored["rooms"][0]):
        row["invented later"] = "x"
    assert from_json(stored) == agenda(item(1, at(9), people=(PERSON,)))


def test_a_text_falls_back_to_english_and_then_to_any():
    assert said({"en": "Depots", "sq": "Depo"}, "sq") == "Depo"
    assert said({"en": "Depots"}, "bg") == "Depots"
    assert said({"sq": "Depo"}, "bg") == "Depo"
    assert said({}, "en") == ""


MORNING, NOON = item(1, at(9), at(10)), item(2, at(10), at(12))
BREAK, OPEN = item(3, at(11), at(11, 15), kind="break"), item(4, at(14))
LAST = item(5, at(16))
DAY_ITEMS = agenda(MORNING, NOON, BREAK, OPEN, LAST)


@pytest.mark.parametrize(
    ("moment", "now", "coming"),
    [
        (at(8), [], [1]),
        (at(9), [1], [2]),
        (at(10), [2], [3]),
        (at(11, 5), [2, 3], [4]),
        (at(13), [], [4]),
        (at(15, 59), [4], [5]),
        (at(23, 59), [5], []),
        (at(0, day=DAY + dt.timedelta(days=1)), [], []),
        (at(9) - dt.timedelta(days=30), [], [1]),
    ],
)
def test_now_and_next_before_during_between_and_after(moment, now, coming):
    told = now_next(DAY_ITEMS, moment)
    assert [i.id for i in told.now] == now
    assert [i.id for i in told.next] == coming


def test_a_party_after_midnight_without_an_end_does_not_last_through_the_next_day():
    tomorrow = DAY + dt.timedelta(days=1)
    night = agenda(item(1, at(0, 30, tomorrow), day=DAY), item(2, at(9, 0, tomorrow), at(10, 0, tomorrow)))
    assert [i.id for i in now_next(night, at(8, 59, tomorrow)).now] == [1]
    assert [i.id for i in now_next(night, at(9, 30, tomorrow)).now] == [2]


@st.composite
def programmes(draw):
    """Up to five items within two days, with and without an end, cancelled or not."""
    items = []
    for key in range(draw(st.integers(0, 5))):
        start = at(0).astimezone(dt.UTC) + dt.timedelta(minutes=draw(st.integers(0, 2 * 24 * 60)))
        end = start + dt.timedelta(minutes=draw(st.integers(1, 24 * 60))) if draw(st.booleans()) else None
        status = draw(st.sampled_from(["scheduled", "scheduled", "cancelled"]))
        items.append(item(key, start, end, day=start.astimezone(TIRANA).date(), status=status))
    return agenda(*items)


@given(programmes(), st.integers(-60, 3 * 24 * 60))
def test_now_has_begun_next_has_not_and_nothing_changes_until_it_says_so(whole, minute):
    moment = at(0).astimezone(dt.UTC) + dt.timedelta(minutes=minute)
    told = now_next(whole, moment)
    going = [i for i in whole.items if i.start and not i.is_cancelled]
    assert all(i.start and i.start <= moment and (i.end is None or moment < i.end) for i in told.now)
    assert {i.id for i in told.now} >= {i.id for i in going if i.end and i.start <= moment < i.end}
    assert {i.start for i in told.next} == {min((i.start for i in going if i.start > moment), default=None)} - {None}
    if told.changes_at:
        later = now_next(whole, told.changes_at - dt.timedelta(seconds=1))
        assert (later.now, later.next, later.since) == (told.now, told.next, told.since)
        after = now_next(whole, told.changes_at)
        assert (after.now, after.next, after.since) != (told.now, told.next, told.since)


def test_now_does_not_depend_on_the_zone_of_the_reader():
    for zone in ("America/New_York", "Asia/Tokyo", "UTC"):
        told = now_next(DAY_ITEMS, at(9, 30).astimezone(zoneinfo.ZoneInfo(zone)))
        assert [i.id for i in told.now] == [1]


def test_what_is_cancelled_is_neither_now_nor_next():
    off = dataclasses.replace(MORNING, status="cancelled")
    assert now_next(agenda(off), at(9, 30)).now == ()
    assert now_next(agenda(off), at(8)).next == ()


@pytest.mark.parametrize("day", [dt.date(2027, 3, 28), dt.date(2027, 10, 31)])
def test_now_is_right_on_the_days_when_the_clocks_change(day):
    around = agenda(item(1, at(1, day=day), at(4, day=day)), first_day=day, last_day=day)
    assert now_next(around, at(1, day=day).astimezone(dt.UTC) + dt.timedelta(minutes=30)).now
    assert not now_next(around, at(4, day=day)).now


def test_the_difference_names_each_change_once():
    before = agenda(MORNING, NOON, BREAK, OPEN)
    after = agenda(
        dataclasses.replace(MORNING, start=at(9, 30)),
        dataclasses.replace(NOON, title={"en": "Other"}, room=1),
        dataclasses.replace(BREAK, status="cancelled"),
        dataclasses.replace(LAST, people=(PERSON,)),
    )
    told = [(change.kind, change.item) for change in difference(before, after)]
    assert told == [("moved", 1), ("retitled", 2), ("room", 2), ("cancelled", 3), ("added", 5), ("removed", 4)]
    assert difference(after, after) == []


def test_a_room_with_a_new_name_is_a_change_of_room_and_another_id_of_the_same_name_is_none():
    held = dataclasses.replace(MORNING, room=1)
    renamed = agenda(held, rooms=(Room(1, "Library", 80),))
    assert [c.kind for c in difference(agenda(held), renamed)] == ["room"]
    moved = agenda(dataclasses.replace(MORNING, room=9), rooms=(Room(9, "Hall A", 80),))
    assert difference(agenda(held), moved) == []


def test_speakers_that_change_are_told_by_name():
    told = difference(agenda(MORNING), agenda(dataclasses.replace(MORNING, people=(PERSON,))))
    assert [(c.kind, c.before, c.after) for c in told] == [("speakers", [], ["Petro Koçi"])]


def test_the_sequence_rises_only_with_what_changed():
    first = numbered(agenda(MORNING, NOON, released_at=at(1)), None)
    later = agenda(MORNING, dataclasses.replace(NOON, title={"en": "Other"}), released_at=at(2))
    second = numbered(later, first)
    assert [i.sequence for i in second.items] == [0, 1]
    assert [i.changed_at for i in second.items] == [at(1), at(2)]


@pytest.mark.parametrize("change", [{"venue": "Hotel"}, {"city": "Durres"}, {"timezone": "Europe/Sarajevo"}])
def test_the_sequence_rises_with_the_place_that_calendars_show(change):
    first = numbered(agenda(MORNING, released_at=at(1)), None)
    second = numbered(agenda(MORNING, released_at=at(2), **change), first)
    assert [i.sequence for i in second.items] == [1]
    assert numbered(agenda(MORNING, note="Other"), first).items == first.items


@given(programmes())
def test_an_agenda_does_not_differ_from_itself_and_wholly_from_none(whole):
    assert difference(whole, from_json(to_json(whole))) == []
    assert [c.kind for c in difference(agenda(), whole)] == ["added"] * len(whole.items)
    assert [c.kind for c in difference(whole, agenda())] == ["removed"] * len(whole.items)


def test_filters_can_be_combined():
    whole = agenda(dataclasses.replace(MORNING, room=1, topics=(3,)), dataclasses.replace(NOON, room=1), BREAK)
    assert [i.id for i in whole.only(room=1).items] == [1, 2]
    assert [i.id for i in whole.only(room=1, topic=3).items] == [1]
    assert whole.only(day=DAY + dt.timedelta(days=1)).items == ()
