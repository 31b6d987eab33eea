"""A programme with something of everything, its feeds, and texts that try to break out of them."""

import json

import icalendar
from lxml import etree

from events.feeds.calendar import to_ics
from events.feeds.schedules import to_json, to_xml
from events.scheduling import release_agenda, released_agenda
from tests import make

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


def json_events(agenda):
    return [e for day in schedule(agenda)["days"] for held in day["rooms"].values() for e in held]
