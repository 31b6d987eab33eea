"""The calendar opened by other programs: what they read is what was put in, also after an update and a cancellation."""

import datetime as dt
import itertools
from typing import Any

import icalendar
import pytest

from events.models import Session
from tests import make
from tests.events import clocks
from tests.events.fed import NASTY, events, ics, programme, released
from tests.events.readers import Khal, Read, by_icalendar, by_ics, by_vobject
from tests.events.test_agenda import item

pytestmark = pytest.mark.django_db
LIBRARIES = pytest.mark.parametrize("read", [by_icalendar, by_vobject, by_ics])


@pytest.fixture
def khal(tmp_path):
    return Khal(tmp_path)


def put_in(agenda):
    """What the agenda says of each item with a start, as a reader should say it."""

    def utc(moment):
        return moment and moment.astimezone(dt.UTC)

    def title(item):
        return f"{item.letter}. {item.title['en']}" if item.letter else item.title["en"]

    def place(item):
        return ", ".join(filter(None, [agenda.room_name(item.room), agenda.venue, agenda.city]))

    status = {"scheduled": "CONFIRMED", "cancelled": "CANCELLED"}
    return {
        item.uid: Read(title(item), utc(item.start), utc(item.end), status[item.status], place(item))
        for item in agenda.items
        if item.start
    }


def lasting(read, hours=1):
    """As by a program that gives an hour to what has no end."""
    return {uid: one._replace(end=one.end or one.start + dt.timedelta(hours=hours)) for uid, one in read.items()}


@LIBRARIES
def test_a_library_reads_what_was_put_in(read):
    agenda = released(programme())
    assert read(ics(agenda)) == put_in(agenda)


@LIBRARIES
@pytest.mark.parametrize("title", ["Ž🌋" * 60, "👨‍👩‍👧 Љубљана; a, b\\c: " * 9, "x" * 400, "trailing \\", NASTY])
def test_a_library_reads_long_and_odd_texts_as_they_are(read, title):
    edition = make.edition(venue="Salla “Ž”; kati 2, dera \\3")
    make.session(edition, title)
    agenda = released(edition)
    assert read(ics(agenda)) == put_in(agenda)


@LIBRARIES
def test_a_library_reads_the_calendar_of_one_session_and_of_one_without_events(read):
    edition = programme()
    make.session(edition, "Alone", 16, 17)
    agenda = released(edition)
    alone = next(item for item in agenda.items if item.title["en"] == "Alone")
    assert list(read(ics(agenda, only=[alone]))) == [alone.uid]
    assert read(ics(agenda, only=[])) == {}


def test_khal_shows_what_was_put_in(khal):
    agenda = released(programme())
    khal.take(ics(agenda))
    assert khal.listed(agenda.days[0], 3) == lasting(put_in(agenda))


@pytest.mark.parametrize(("zone", "night"), [("Europe/Tirane", "2026-10-25"), ("Australia/Lord_Howe", "2026-04-04")])
def test_khal_shows_the_moments_of_a_night_in_which_clocks_are_put_back(khal, zone, night):
    start = dt.datetime.fromisoformat(f"{night}T00:00").replace(tzinfo=dt.UTC)
    starts = [start - dt.timedelta(hours=2) + dt.timedelta(minutes=30 * step) for step in range(36)]
    day = start.date()
    agenda = clocks.released(
        *(item(n, at, at + dt.timedelta(hours=3), day=day, uid=f"{n}") for n, at in enumerate(starts, 1)), zone=zone
    )
    khal.take(ics(agenda))
    assert khal.listed(day - dt.timedelta(days=1), 4) == put_in(agenda)


def test_khal_follows_an_update_and_a_cancellation_and_has_each_event_once(khal):
    edition = make.edition()
    session = make.session(edition, room=make.room(edition))
    make.session(edition, "Stays", 14, 15)
    first = released(edition)
    khal.take(ics(first))

    later = {"start": make.local(edition, 11, day=1), "end": make.local(edition, 12, 30, day=1), "day": edition.days[1]}
    Session.objects.filter(pk=session.pk).update(room=make.room(edition, "Library"), **later)
    second = released(edition)
    khal.take(ics(second))
    moved = khal.listed(edition.days[0], 3)
    assert moved == put_in(second)
    assert moved[str(session.uid)].place == "Library, Tirana"
    assert moved[str(session.uid)].start == later["start"]
    assert khal.files == 2

    Session.objects.filter(pk=session.pk).update(status="cancelled")
    third = released(edition)
    khal.take(ics(third, only=[third.item(session.pk)]))
    cancelled = khal.listed(edition.days[0], 3)
    assert cancelled == put_in(third)
    assert cancelled[str(session.uid)].status == "CANCELLED"
    assert khal.files == 2


@LIBRARIES
def test_a_library_follows_them_too(read):
    edition = make.edition()
    session = make.session(edition, room=make.room(edition))
    uid = str(session.uid)
    first = read(ics(released(edition)))
    Session.objects.filter(pk=session.pk).update(start=make.local(edition, 9, 30))
    second = read(ics(released(edition)))
    Session.objects.filter(pk=session.pk).update(status="cancelled")
    third = read(ics(released(edition)))
    assert set(first) == set(second) == set(third) == {uid}
    assert second[uid].start - first[uid].start == dt.timedelta(minutes=30)
    assert [one[uid].status for one in (first, second, third)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_the_number_rises_with_what_a_reader_sees_and_never_falls():
    edition = make.edition()
    session = make.session(edition, room=make.room(edition))
    others = make.session(edition, "Beside", 14, 15)
    steps: list[dict[str, Any]] = [
        {"room": make.room(edition, "Library")},
        {"start": make.local(edition, 9, 15)},
        {"order": 5},
        {"status": "cancelled"},
        {"status": "scheduled"},
    ]
    told = [{str(e["uid"]): e for e in events(released(edition))}]
    for step in steps:
        Session.objects.filter(pk=session.pk).update(**step)
        told.append({str(e["uid"]): e for e in events(released(edition))})
    mine = [each[str(session.uid)] for each in told]
    assert [e["sequence"] for e in mine] == sorted(e["sequence"] for e in mine)
    rises = [after["sequence"] > before["sequence"] for before, after in itertools.pairwise(mine)]
    assert rises == [True, True, False, True, True]
    news = [after["last-modified"].dt > before["last-modified"].dt for before, after in itertools.pairwise(mine)]
    assert news == rises
    assert {each[str(others.uid)]["sequence"] for each in told} == {0}


def test_what_comes_back_after_it_was_gone_has_a_higher_number():
    edition = make.edition()
    session = make.session(edition)
    make.session(edition, "Beside", 14, 15)
    released(edition)
    Session.objects.filter(pk=session.pk).update(title="Depots and stores")
    (before,) = (e for e in events(released(edition)) if str(e["uid"]) == str(session.uid))
    session.delete()
    assert len(events(released(edition))) == 1
    make.session(edition, "Depots", uid=session.uid)
    (after,) = (e for e in events(released(edition)) if str(e["uid"]) == str(session.uid))
    assert after["sequence"] > before["sequence"]


def test_lines_end_and_fold_as_the_standard_says():
    edition = make.edition()
    make.session(edition, "👨‍👩‍👧 Љубљана; a, b\\c: " * 9, abstract="one\rtwo\r\nthree\n\nfour\u2028five")
    raw = ics(released(edition))
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert raw.replace(b"\r\n", b"").isascii() is False
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    assert all(line.decode() is not None for line in raw.split(b"\r\n"))
    (event,) = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    assert str(event["description"]) == "one\ntwo\nthree\n\nfour\nfive"
