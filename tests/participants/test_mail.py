"""What each mail says, and to whom."""

import re
import uuid

import icalendar
import pytest
from django.db import transaction
from django.test import Client

from events.models import FieldVisit
from events.scheduling import release_agenda
from participants import mail, registration
from participants.models import Message
from tests import make

pytestmark = pytest.mark.django_db
NASTY = "Evil\r\nBcc: other <b>&{{7*7}}"


def last(participant):
    return participant.messages.latest("pk")


def test_a_confirmation_says_when_where_and_holds_link_code_and_calendar():
    edition = make.edition(venue="Hotel Example", address="Example street 1")
    make.session(edition, start=9, end=17)
    release_agenda(edition=edition, by="sec")
    person = make.participant(edition)
    message = last(person)
    for words in (
        "8 to 10 October 2030",
        "8 October 2030, 09:00 (Tirana time)",
        "Hotel Example, Example street 1, Tirana, Albania",
        person.code,
        person.reference,
        "secretariat@example.org",
    ):
        assert words in message.text
        assert words in message.html
    (event,) = icalendar.Calendar.from_ical(message.calendar).walk("VEVENT")
    assert event.decoded("dtstart") == make.local(edition, 9)
    assert event["location"] == "Hotel Example, Example street 1, Tirana, Albania"


def test_without_a_programme_the_calendar_holds_whole_days():
    edition = make.edition()
    (event,) = icalendar.Calendar.from_ical(last(make.participant(edition)).calendar).walk("VEVENT")
    assert event.decoded("dtstart") == edition.first_day
    assert (event.decoded("dtend") - edition.last_day).days == 1


@pytest.mark.parametrize("status", ["", "waitlisted"])
def test_the_link_in_a_mail_opens_the_registration(status):
    edition = make.edition(requires_review=True)
    person = make.participant(edition, status)
    link = re.search(r"/my/[\w-]{43}/", last(person).text)
    assert link
    answer = Client().get(link.group())
    assert answer["Location"] == f"/my/{person.reference}/"


def test_mails_to_who_has_no_registration_any_more_hold_no_link():
    person = make.participant(make.edition(requires_review=True), "declined")
    assert "/my/" not in last(person).text


def test_subjects_hold_nothing_private_and_no_header_is_added():
    edition = make.edition()
    person = make.participant(edition, family_name=NASTY, given_name=NASTY, function=NASTY, organisation=NASTY)
    message = last(person)
    assert message.subject == "RASR Tirana: your place is confirmed"
    assert "<b>&" not in message.html
    assert "&lt;b&gt;&amp;{{7*7}}" in message.html
    assert message.to == person.email


def test_a_mail_speaks_the_language_of_its_reader():
    person = make.participant(make.edition(), language="sq")
    assert '<html lang="sq">' in last(person).html
    assert "/sq/my/" in last(person).text


def test_a_mail_is_queued_only_when_what_caused_it_is_saved():
    edition = make.edition()
    with transaction.atomic():
        make.participant(edition)
        transaction.set_rollback(True)
    assert not Message.objects.exists()


def test_each_message_has_a_number_of_its_own_from_our_domain(settings):
    settings.SITE_URL = "https://rasr.example"
    edition = make.edition()
    ids = {last(make.participant(edition)).message_id for _n in range(3)}
    assert len(ids) == 3
    assert all(number.endswith("@rasr.example>") for number in ids)


def test_a_lost_link_is_sent_a_few_times_an_hour_at_most():
    person = make.participant(make.edition())
    assert [mail.lost_link(person) is not None for _n in range(5)] == [True, True, True, False, False]


@pytest.mark.parametrize(
    "name", ["www.evil.example", "Visit evil.example now", "https://evil.example", "a@evil.example", "EVIL.com"]
)
def test_a_name_that_mail_programs_would_make_a_link_of_is_not_in_the_mail(name):
    message = last(make.participant(make.edition(), given_name="", family_name=name))
    for text in (message.text, message.html):
        assert "evil" not in text.lower()
        assert "Dear participant," in text


@pytest.mark.parametrize("name", ["J. R. Smith", "Zoë O'Neill-Đukić", "Mr. D", "J.R. Smith"])
def test_other_names_are_said(name):
    assert f"Dear {name}," in last(make.participant(make.edition(), given_name="", family_name=name)).text


def test_visits_are_in_the_mail_and_those_with_a_place_in_the_calendar():
    edition = make.edition()
    visit = make.visit(edition, meeting_point="Hotel lobby")
    other = make.session(edition, "Second visit", 14, 15, on=1, kind="field_visit")
    waiting = FieldVisit.objects.create(session=other, site="Depot", capacity=0)
    given = make.answers(make.delegation(edition))
    person = registration.submit(
        edition=edition, answers=given, submission=uuid.uuid4(), visits=[visit, waiting], by="test"
    )
    message = last(person)
    assert "Field visit: Clearance site, 9 October 2030, 13:00 (Tirana time), your place is confirmed" in message.text
    assert "Field visit: Depot, 9 October 2030, 14:00 (Tirana time), you are on the waiting list" in message.text
    days, going = [one.walk("VEVENT")[0] for one in icalendar.Calendar.from_ical(message.calendar, multiple=True)]
    assert days.decoded("dtstart") == edition.first_day
    assert going.decoded("dtstart") == make.local(edition, 13, day=1)
    assert going.decoded("dtend") == make.local(edition, 18, day=1)
    assert (going["summary"], going["location"]) == ("Clearance site", "Hotel lobby")


def test_the_calendar_feed_is_named_once_there_is_an_agenda(settings):
    settings.SITE_URL = "https://rasr.example"
    edition = make.edition()
    feed = f"https://rasr.example/editions/{edition.slug}/agenda.ics"
    assert feed not in last(make.participant(edition)).text
    make.session(edition)
    release_agenda(edition=edition, by="sec")
    assert feed in last(make.participant(edition)).text


@pytest.mark.parametrize("kind", ["received", "confirmed", "waitlisted", "declined", "withdrawn"])
def test_every_mail_about_a_decision_has_both_parts_and_can_be_answered(kind):
    edition = make.edition(requires_review=True)
    message = last(make.participant(edition, "" if kind == "received" else kind))
    assert message.kind == kind
    assert message.reply_to == "secretariat@example.org"
    for text in (message.text, message.html):
        assert "Dear Boris Primjerić," in text
        assert "The secretariat" in text
    assert "<table" not in message.html
    assert bool(message.calendar) == (kind == "confirmed")


def test_only_who_had_a_place_reads_that_it_is_free():
    edition = make.edition(requires_review=True)
    for first, is_said in (("confirmed", True), ("waitlisted", False)):
        person = make.participant(edition, first)
        registration.withdraw(participant=person, by="sec")
        assert ("Your place is free for another person." in last(person).text) == is_said


def test_a_subject_fits_its_field_whatever_the_city():
    message = last(make.participant(make.edition(city="Ž" * 120)))
    assert len(message.subject) <= 200


def test_the_city_is_said_once():
    message = last(make.participant(make.edition(venue="Hotel Example", address="Example street 1, Tirana")))
    assert "Place: Hotel Example, Example street 1, Tirana, Albania\n" in message.text
