"""The agenda for other programs: read back by their own libraries, followed through an update and a cancellation.

The public schemas of the schedule formats are not held here (their licence does not say that they may be); what they
ask of the parts we write is asserted one by one.
"""

import datetime as dt
import json
import re

import icalendar
import pytest
from lxml import etree

from events import feeds
from events.models import Session, Talk, Topic
from events.scheduling import release_agenda, released_agenda
from tests import make

pytestmark = pytest.mark.django_db
SITE = "https://rasr.example"
NASTY = 'Evil\r\nBEGIN:VALARM\nX;Y,Z\\ "q" <b>&amp; \u202edesrever'


def released(edition, **more):
    release_agenda(edition=edition, by="sec", **more)
    agenda = released_agenda(edition.slug)
    assert agenda is not None
    return agenda


def ics(agenda, language="en", **more):
    return feeds.to_ics(agenda, site=SITE, language=language, **more)


def events(agenda, **more):
    return icalendar.Calendar.from_ical(ics(agenda, **more)).walk("VEVENT")


def schedule(agenda, language="en"):
    return json.loads(feeds.to_json(agenda, site=SITE, language=language))["schedule"]["conference"]


def xml(agenda, language="en"):
    return etree.fromstring(feeds.to_xml(agenda, site=SITE, language=language))


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


def test_topics_are_tracks():
    edition = programme()
    topic = Topic.objects.create(edition=edition, name="Depots")
    Session.objects.get(title__contains="Opening").topics.add(topic)
    assert "Depots" in {e["track"] for e in json_events(released(edition))}
