"""The agenda as schedule files.

The public schemas of these formats are not held here (their licence does not say that they may be); what they ask of
the parts we write is asserted one by one.
"""

import datetime as dt
import json
import re

import pytest

from events.models import Session, Topic
from tests import make
from tests.events.fed import SITE, events, ics, json_events, programme, released, schedule, xml

pytestmark = pytest.mark.django_db


def test_every_feed_speaks_the_language_that_is_asked_and_falls_back_to_english():
    agenda = released(programme())
    assert {str(e["summary"]) for e in events(agenda, language="sq")} >= {"Hapja", "Reception"}
    assert xml(agenda, "sq").find(".//event/title").text == "Hapja"
    assert "Hapja" in json.dumps(schedule(agenda, "sq"))


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
    assert [child.tag for child in root] == ["generator", "version", "conference", "day", "day", "day"]
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


def test_the_day_when_clocks_change_has_hours_of_its_own_length():
    day = dt.date(2027, 3, 28)
    edition = make.edition(first_day=day, last_day=day)
    make.session(edition, start=1, end=4)
    agenda = released(edition)
    assert json_events(agenda)[0]["duration"] == "02:00"
    (event,) = events(agenda)
    assert event.decoded("dtend") - event.decoded("dtstart").astimezone(dt.UTC) == dt.timedelta(hours=2)
    assert b"DTSTART:20270328T020000" in ics(agenda)


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


def test_topics_are_tracks():
    edition = programme()
    topic = Topic.objects.create(edition=edition, name="Depots")
    Session.objects.get(title__contains="Opening").topics.add(topic)
    assert "Depots" in {e["track"] for e in json_events(released(edition))}
