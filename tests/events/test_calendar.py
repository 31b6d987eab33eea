"""The agenda as a calendar: what stands in it, line by line."""

import dataclasses
import datetime as dt
import re
import uuid

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.agenda import Room
from events.models import Session, Talk
from tests import make
from tests.events.fed import NASTY, SITE, events, ics, json_events, programme, released, schedule, xml
from tests.events.test_agenda import PERSON, at, item
from tests.events.test_agenda import agenda as plain_agenda

pytestmark = pytest.mark.django_db


def test_the_calendar_holds_what_has_a_start_and_cancelled_sessions_too():
    told = {str(e["summary"]): e for e in events(released(programme()))}
    assert set(told) == {"Opening", "A. Group A", "Reception", "Software"}
    assert told["Software"]["status"] == "CANCELLED"
    assert told["Opening"]["status"] == "CONFIRMED"
    assert "dtend" not in told["Reception"]


def test_times_are_zoned_with_the_full_name_and_its_rules():
    agenda = released(programme())
    opening = next(e for e in events(agenda) if e["summary"] == "Opening")
    assert opening["dtstart"].params["TZID"] == "Europe/Tirane"
    assert opening.decoded("dtstart") == make.local(make.Edition.objects.get(), 9)
    assert b"BEGIN:VTIMEZONE" in ics(agenda)


def test_the_calendar_says_where_who_and_how_to_refresh():
    agenda = released(programme())
    opening = next(e for e in events(agenda) if e["summary"] == "Opening")
    assert opening["location"] == "Hall A, Hotel Example, Tirana"
    assert "Mr Petro Koçi, Deputy Minister, MoD" in opening["description"]
    assert opening["url"].startswith(f"{SITE}/editions/{agenda.slug}/sessions/")
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT15M" in ics(agenda)


def test_lines_are_short_end_in_crlf_and_never_split_a_letter():
    edition = make.edition()
    make.session(edition, "Žućšđ " * 60)
    raw = ics(released(edition))
    assert raw.count(b"\n") == raw.count(b"\r\n")
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()


def test_no_text_adds_a_line_of_its_own():
    edition = make.edition(venue=NASTY)
    session = make.session(edition, NASTY, abstract=NASTY, room=make.room(edition, NASTY))
    make.speaker(session, NASTY, function=NASTY)
    Talk.objects.create(session=session, title=NASTY)
    agenda = released(edition)
    raw = ics(agenda)
    assert len(icalendar.Calendar.from_ical(raw).walk("VALARM")) == 0
    names = [line.split(b":")[0].split(b";")[0] for line in raw.replace(b"\r\n ", b"").split(b"\r\n")]
    assert names.count(b"BEGIN") == names.count(b"END")
    assert b"BEGIN:VALARM" not in re.split(rb"\r\n(?! )", raw)
    assert schedule(agenda)["days"]
    assert xml(agenda).find(".//title").text


def test_an_update_and_a_cancellation_are_followed_by_the_same_uid():
    edition = make.edition()
    session = make.session(edition)
    (first,) = events(released(edition))
    Session.objects.filter(pk=session.pk).update(title="Depots and stores")
    (second,) = events(released(edition))
    Session.objects.filter(pk=session.pk).update(status="cancelled")
    (third,) = events(released(edition))
    (fourth,) = events(released(edition))
    assert first["uid"] == second["uid"] == third["uid"]
    assert [e["sequence"] for e in (first, second, third, fourth)] == [0, 1, 2, 2]
    assert [str(e["status"]) for e in (first, second, third)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert first.decoded("last-modified") <= second.decoded("last-modified")


def test_one_session_can_be_taken_alone():
    agenda = released(programme())
    assert len(events(agenda, only=[agenda.items[0]])) == 1


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Europe/Sarajevo", "America/St_Johns"])
def test_zones_with_odd_offsets_and_days_of_clock_change_come_back_right(zone):
    day = dt.date(2027, 3, 28)
    edition = make.edition(timezone=zone, first_day=day, last_day=day)
    session = make.session(edition, start=9, end=17)
    (event,) = events(released(edition))
    session.refresh_from_db()
    assert event.decoded("dtstart") == session.start
    assert event.decoded("dtend") == session.end


def test_an_edition_without_a_zone_has_its_times_in_utc():
    gaps = {"registration_opens": None, "registration_closes": None, "timezone": ""}
    edition = make.edition(**gaps)
    make.session(edition)
    agenda = released(edition)
    raw = ics(agenda)
    assert b"DTSTART:20301008T090000Z" in raw
    assert b"VTIMEZONE" not in raw
    assert b"X-WR-TIMEZONE" not in raw
    assert "time_zone_name" not in schedule(agenda)


@pytest.mark.parametrize("zone", ["Europe/Tirane", "UTC"])
@pytest.mark.parametrize("days", [{}, {"first_day": None, "last_day": None}])
def test_a_calendar_without_events_still_holds_its_zone(zone, days):
    agenda = plain_agenda(timezone=zone, **days)
    assert events(agenda) == []
    assert ics(agenda).count(b"BEGIN:VTIMEZONE") == 1


def test_every_event_has_what_the_standard_asks_once():
    agenda = released(programme())
    raw = ics(agenda).decode()
    assert raw.count("VERSION:2.0\r\n") == raw.count("PRODID:") == 1
    for block in raw.split("BEGIN:VEVENT")[1:]:
        names = [re.split("[:;]", line)[0] for line in block.split("\r\n") if line and not line.startswith(" ")]
        for name in ("UID", "DTSTAMP", "DTSTART", "SEQUENCE", "LAST-MODIFIED", "STATUS", "SUMMARY", "URL"):
            assert names.count(name) == 1, name
    uids = re.findall("UID:(.+)\r", raw)
    assert len(uids) == len(set(uids)) == 4
    assert set(uids) == {item.uid for item in agenda.items if item.start}


wild = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from([NASTY, "a\rb", "a\x00b;c,d"])


@given(wild, wild, wild)
def test_whatever_a_text_holds_the_lines_of_the_calendar_are_ours(title, name, place):
    who = (dataclasses.replace(PERSON, name=name, function=title),)
    held = item(1, at(9), at(10), uid=str(uuid.uuid4()), title={"en": title}, abstract={"en": name}, people=who, room=1)
    agenda = plain_agenda(held, venue=place, title={"en": title}, label={"en": name}, rooms=(Room(1, place, None),))
    raw = ics(agenda)
    assert raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n")
    (event,) = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    ours = {"SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "SEQUENCE", "CATEGORIES", "LAST-MODIFIED", "LOCATION"}
    assert set(event) <= ours | {"DESCRIPTION", "STATUS", "TRANSP", "URL"}
    assert not event.subcomponents
    assert not event.errors
    assert len(json_events(agenda)) == len(list(xml(agenda).iter("event"))) == 1
