"""What each mail says, and to whom."""

import re

import icalendar
import pytest
from django.db import transaction
from django.test import Client

from events.scheduling import release_agenda
from participants import mail
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
        "8 October 2030 to 10 October 2030",
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
