"""The agenda for other programs: read back by their own libraries, followed through an update and a cancellation.

The public schemas of the schedule formats are not held here (their licence does not say that they may be); what they
ask of the parts we write is asserted one by one.
"""

import dataclasses
import datetime as dt
import json
import re
import uuid

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from events.agenda import Room
from events.feeds.calendar import to_ics
from events.feeds.schedules import to_json, to_xml
from events.models import Session, Talk, Topic
from events.scheduling import release_agenda, released_agenda
from tests import make
from tests.events.test_agenda import PERSON, at, item
from tests.events.test_agenda import agenda as plain_agenda

pytestmark = pytest.mark.django_db
SITE = "https://rasr.example"
NASTY = 'Evil\r\nBEGIN:VALARM\nX;Y,Z\\ "q" <b>&amp; \u202edesrever'


def released(edition, **more):
    release_agenda(edition=edition, by="sec", **more)
    agenda = released_agenda(edition.slug)
    assert agenda is not None
    return agenda


def ics(agenda, language="en", **more):
    return to_ics(agenda, site=SITE, language=language, **more)


def events(agenda, **more):
    return icalendar.Calendar.from_ical(ics(agenda, **more)).walk("VEVENT")


def schedule(agenda, language="en"):
    return json.loads(to_json(agenda, site=SITE, language=language))["schedule"]["conference"]


def xml(agenda, language="en"):
    return etree.fromstring(to_xml(agenda, site=SITE, language=language))


def programme():
    """Two groups at once in two rooms, a session without an end, one without a start, a cancelled one."""
    edition = make.edition(venue="Hotel Example")
    session = make.session(edition, {"en": "Opening", "sq": "Hapja"}, room=make.room(edition), kind="opening")
    make.speaker(session, "Petro Koçi", honorific="Mr", function="Deputy Minister", organisation="MoD")
    make.session(edition, "Group A", 10, 11, letter="A", room=make.room(edition, "Library"))
    make.session(edition, "Reception", 19, None, on=1)
    make.session(edition, "Later", None)
    make.session(edition, "Software", 14, 15, status="cancelled")
    return edition


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


def test_every_feed_speaks_the_language_that_is_asked_and_falls_back_to_english():
    agenda = released(programme())
    assert {str(e["summary"]) for e in events(agenda, language="sq")} >= {"Hapja", "Reception"}
    assert xml(agenda, "sq").find(".//event/title").text == "Hapja"
    assert "Hapja" in json.dumps(schedule(agenda, "sq"))


def json_events(agenda):
    return [e for day in schedule(agenda)["days"] for held in day["rooms"].values() for e in held]


def test_schedules_leave_out_what_has_no_start_and_what_is_cancelled():
    agenda = released(programme())
    titles = {"Opening", "A. Group A", "Reception"}
    assert {e["title"] for e in json_events(agenda)} == titles
    assert {e.find("title").text for e in xml(agenda).iter("event")} == titles


def test_the_json_schedule_keeps_to_its_schema():
    agenda = released(programme())
    conference = schedule(agenda)
    assert re.fullmatch(r"[a-z0-9_-][a-z0-9_]{3,}", conference["acronym"])
    assert conference["daysCount"] == len(conference["days"]) == 3
    assert conference["time_zone_name"] == "Europe/Tirane"
    required = "abstract date duration guid id language links persons room slug start subtitle title track type url"
    for event in json_events(agenda):
        assert set(required.split()) <= set(event)
        assert re.fullmatch(r"[a-z0-9_-]+[a-z0-9]", event["slug"])
        assert re.fullmatch(r"(0[0-9]|1[0-9]|2[0-3]):[0-5][0-9]", event["start"])
        assert re.fullmatch(r"[0-9]+:[0-9]{2}", event["duration"])
        assert dt.datetime.fromisoformat(event["date"]).tzinfo
    reception = next(e for e in json_events(agenda) if e["title"] == "Reception")
    assert reception["duration"] == "00:00"


def test_the_xml_schedule_keeps_to_its_schema():
    root = xml(released(programme()))
    assert [child.tag for child in root] == ["version", "conference", "day", "day", "day"]
    assert re.fullmatch(r"[a-z0-9_-]{4,}", root.findtext("conference/acronym"))
    assert [day.get("index") for day in root.iter("day")] == ["1", "2", "3"]
    for event in root.iter("event"):
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", event.get("guid"))
        assert re.fullmatch(r"[a-z0-9_]{4,}-[a-z0-9\-_]{4,}", event.findtext("slug"))
        assert re.fullmatch(r"[0-9]{1,2}:[0-9]{2}", event.findtext("duration"))
        assert re.search(r"[+-]\d\d:\d\d$", event.findtext("date"))


def test_guids_and_ids_stay_over_releases():
    edition = programme()
    first = {e["guid"]: e["id"] for e in json_events(released(edition))}
    assert {e["guid"]: e["id"] for e in json_events(released(edition))} == first


def test_a_session_past_midnight_stays_on_its_day():
    edition = make.edition()
    late = {"day": edition.first_day, "start": make.local(edition, 23), "end": make.local(edition, 1, day=1)}
    Session.objects.create(edition=edition, title="Reception", **late)
    agenda = released(edition)
    day = schedule(agenda)["days"][0]
    assert day["date"] == str(edition.first_day)
    assert day["rooms"]["-"][0]["duration"] == "02:00"
    assert day["day_end"] == make.local(edition, 1, day=1).isoformat()


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Europe/Sarajevo", "America/St_Johns"])
def test_zones_with_odd_offsets_and_days_of_clock_change_come_back_right(zone):
    day = dt.date(2027, 3, 28)
    edition = make.edition(timezone=zone, first_day=day, last_day=day)
    session = make.session(edition, start=9, end=17)
    (event,) = events(released(edition))
    session.refresh_from_db()
    assert event.decoded("dtstart") == session.start
    assert event.decoded("dtend") == session.end


def test_the_day_when_clocks_change_has_hours_of_its_own_length():
    day = dt.date(2027, 3, 28)
    edition = make.edition(first_day=day, last_day=day)
    make.session(edition, start=1, end=4)
    agenda = released(edition)
    assert json_events(agenda)[0]["duration"] == "02:00"
    (event,) = events(agenda)
    assert event.decoded("dtend") - event.decoded("dtstart").astimezone(dt.UTC) == dt.timedelta(hours=2)
    assert b"DTSTART:20270328T020000" in ics(agenda)


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


@pytest.mark.parametrize(("zone", "is_named"), [("Europe/Tirane", True), ("CET", False), ("Etc/GMT+2", False)])
def test_a_zone_is_named_in_json_only_as_the_schema_takes_it(zone, is_named):
    edition = make.edition(timezone=zone)
    make.session(edition)
    assert ("time_zone_name" in schedule(released(edition))) == is_named


@pytest.mark.parametrize(("title", "end"), [("A", "session"), ("Ž!", "session"), ("Ћуприја", "cuprija"), ("42", "42")])
def test_a_slug_is_long_enough_whatever_the_title(title, end):
    edition = make.edition()
    make.session(edition, title)
    (event,) = json_events(released(edition))
    assert event["slug"].endswith(f"-{end}")
    assert re.fullmatch(r"[a-z0-9_]{4,}-[a-z0-9\-_]{4,}", event["slug"])


def test_who_holds_two_roles_is_one_person_and_the_roles_are_told():
    edition = make.edition()
    session = make.session(edition)
    make.speaker(session, "Petro Koçi")
    make.speaker(session, "Petro Koçi", role="chair")
    make.speaker(session, "Belgium", state="to_be_confirmed")
    agenda = released(edition)
    assert [p["public_name"] for p in json_events(agenda)[0]["persons"]] == ["Petro Koçi", "Belgium"]
    assert [node.text for node in xml(agenda).iter("person")] == ["Petro Koçi", "Belgium"]
    (event,) = events(agenda)
    assert str(event["description"]).split("\n") == ["Petro Koçi", "Petro Koçi (chair)", "Belgium (to be confirmed)"]


def test_links_of_a_feed_lead_to_pages_in_its_language():
    agenda = released(programme())
    page = f"/editions/{agenda.slug}/sessions/"
    assert {str(e["url"]).split(page)[0] for e in events(agenda)} == {SITE}
    assert {str(e["url"]).split(page)[0] for e in events(agenda, language="sq")} == {f"{SITE}/sq"}
    assert xml(agenda, "sq").findtext(".//event/url").startswith(f"{SITE}/sq/editions/")


def test_a_calendar_without_events_still_holds_its_zone():
    edition = make.edition()
    make.session(edition, "Later", None)
    agenda = released(edition)
    assert events(agenda) == []
    assert ics(agenda).count(b"BEGIN:VTIMEZONE") == 1


def test_every_event_has_what_the_standard_asks_once():
    raw = ics(released(programme())).decode()
    assert raw.count("VERSION:2.0\r\n") == raw.count("PRODID:") == 1
    for block in raw.split("BEGIN:VEVENT")[1:]:
        names = [re.split("[:;]", line)[0] for line in block.split("\r\n") if line and not line.startswith(" ")]
        for name in ("UID", "DTSTAMP", "DTSTART", "SEQUENCE", "LAST-MODIFIED", "STATUS", "SUMMARY", "URL"):
            assert names.count(name) == 1, name
    uids = re.findall("UID:(.+)\r", raw)
    assert len(uids) == len(set(uids)) == 4
    assert all(uid.endswith("@rasr.example") for uid in uids)


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


def test_topics_are_tracks():
    edition = programme()
    topic = Topic.objects.create(edition=edition, name="Depots")
    Session.objects.get(title__contains="Opening").topics.add(topic)
    assert "Depots" in {e["track"] for e in json_events(released(edition))}
