"""What the mails to delegations and their nominees say, and to whom."""

import datetime as dt
import re

import pytest
from django.utils import timezone as clock

from participants import nominating
from tests import make

pytestmark = pytest.mark.django_db


def invited(edition=None, **more):
    facts = {"contact_name": "Ana Kontakt", "contact_email": "contact@example.org"} | more
    delegation = make.delegation(edition or make.edition(), **facts)
    nominating.invite(delegation=delegation, by="sec")
    return delegation.messages.get()


def test_the_invitation_says_what_the_edition_says_in_paragraphs_above_the_link():
    deadline = make.local(make.edition(), 12, day=-30)
    edition = make.edition(
        invitation="You are invited & welcome.\r\n\r\n\r\nThe hosts pay <lunch>.", nomination_deadline=deadline
    )
    message = invited(edition, quota=4)
    assert "You are invited & welcome.\n\nThe hosts pay <lunch>.\n\n" in message.text
    assert "<p>You are invited &amp; welcome.</p>\n<p>The hosts pay &lt;lunch&gt;.</p>" in message.html
    for words in (
        "Dear Ana Kontakt",
        "8 to 10 October 2030",
        "Tirana, Albania",
        "Places for your delegation: 4",
        "Nominate before: 8 September 2030, 12:00 (Tirana time)",
        "Page of the delegation",
    ):
        assert words in message.text
    assert message.subject == "RASR Tirana: invitation"
    assert message.reply_to == "secretariat@example.org"


def test_an_invitation_without_a_text_says_what_it_is():
    assert "We invite Albania to this workshop." in invited().text


def test_mails_speak_the_language_of_the_delegation(settings):
    edition = make.edition(invitation={"en": "Welcome.", "sq": "Mirë se vini."})
    message = invited(edition, language="sq")
    assert "Mirë se vini." in message.text
    assert re.search(rf"{settings.SITE_URL}/sq/delegations/[\w-]{{43}}/", message.text)
    nomination = make.named(make.delegation(edition))
    assert nomination.messages.get().language == "sq"
    assert re.search(rf"{settings.SITE_URL}/sq/register/[\w-]{{43}}/", nomination.messages.get().text)


def test_a_nominee_reads_who_named_them_and_until_when_to_register(settings):
    edition = make.edition(registration_closes=make.local(make.edition(), 18, day=-10))
    message = make.named(make.delegation(edition), "Vesna Primjerić").messages.get()
    for words in (
        "Dear Vesna Primjerić",
        "Albania has nominated you",
        "Register before: 28 September 2030, 18:00 (Tirana time)",
        "for you alone",
    ):
        assert words in message.text
    assert "Registration opens" not in message.text
    assert re.search(rf"^{settings.SITE_URL}/register/[\w-]{{43}}/$", message.text, re.MULTILINE)


def test_who_is_named_early_reads_when_registration_opens():
    opens = make.local(make.edition(), 9, day=-60)
    edition = make.edition(registration_opens=opens, registration_closes=opens + dt.timedelta(days=9))
    assert "Registration opens: 9 August 2030, 09:00" in make.named(make.delegation(edition)).messages.get().text


def test_a_substitute_reads_that_a_place_is_kept():
    message = make.substitute(make.participant(make.edition())).messages.get()
    assert "A place is kept for you." in message.text
    assert "Register before: 8 October 2030" in message.text


def test_who_is_replaced_or_taken_back_reads_so_and_gets_no_link():
    delegation = make.delegation(make.edition())
    registered = make.registered(make.named(delegation, "One"))
    only_named = make.named(delegation, "Two")
    make.substitute(registered)
    nominating.withdraw_nomination(nomination=only_named, by="contact")
    to_one, to_two = registered.messages.latest("pk"), only_named.messages.latest("pk")
    assert "Your delegation sends another person in your place." in to_one.text
    assert "Your registration has ended with it" in to_one.text
    assert "Your nomination for this workshop was withdrawn." in to_two.text
    for message in (to_one, to_two):
        assert "http" not in message.text
        assert 'href="http' not in message.html


def test_a_contact_person_without_a_name_is_no_participant():
    message = invited(contact_name="")
    for text in (message.text, message.html):
        assert "Dear Sir or Madam," in text


def test_a_name_that_looks_like_a_link_is_not_written_to_a_stranger():
    message = make.named(make.delegation(make.edition()), "Win at www.example.com").messages.get()
    assert "example.com" not in message.text + message.html
    for text in (message.text, message.html):
        assert "Dear Sir or Madam," in text


def test_a_nominee_s_link_ends_with_the_last_day_and_the_contact_s_with_the_private_data():
    edition = make.edition(keep_unconfirmed_days=10)
    invited(edition)
    nomination = make.named(make.delegation(edition))
    last = make.local(edition, 23, 59, day=2)
    assert nomination.links.get().expires_at == last
    assert nomination.delegation.links.get().expires_at == last + dt.timedelta(days=10)


def test_where_the_days_are_unknown_a_nominee_s_link_lasts_as_long_as_private_data():
    edition = make.edition(first_day=None, last_day=None, registration_opens=None, registration_closes=None)
    nomination = make.named(make.delegation(edition))
    assert nomination.links.get().expires_at > clock.now() + dt.timedelta(days=edition.keep_unconfirmed_days - 1)


@pytest.mark.parametrize("visits", [True, False])
def test_the_end_of_a_registration_speaks_of_visits_to_those_who_had_asked_for_one(visits):
    person = make.participant(make.edition())
    if visits:
        make.booking(make.visit(person.edition), person=person)
    make.substitute(person)
    text = person.messages.get(kind="replaced").text
    assert ("places on field visits" in text) == visits
    assert f"Workshop: {person.edition.title}" in text
