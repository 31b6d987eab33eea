"""Secret links: random, hashed, with an end, revocable."""

import base64
import datetime as dt

import pytest
import time_machine
from django.utils import timezone as clock

from participants import links
from participants.models import Link
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make.participant(make.edition())


def issue(person, **more):
    facts = {"participant": person, "expires_at": clock.now() + dt.timedelta(days=1)}
    return links.issue(Link.Purpose.MY, **facts | more)


def test_a_token_opens_its_subject_for_its_purpose_only(person):
    token = issue(person)
    found = links.find(token, Link.Purpose.MY)
    assert found is not None
    assert found.participant == person
    assert links.find(token, Link.Purpose.CALENDAR) is None


def test_only_a_hash_is_stored(person):
    token = issue(person)
    row = Link.objects.latest("pk")
    assert token not in str(vars(row))
    assert len(row.token_hash) == 64


def test_tokens_are_256_random_bits_without_an_order_or_a_common_beginning(person):
    tokens = [issue(person) for _n in range(200)]
    assert len(set(tokens)) == 200
    assert {len(base64.urlsafe_b64decode(token + "=")) for token in tokens} == {32}
    assert len({token[:4] for token in tokens}) > 190
    assert tokens != sorted(tokens)


@pytest.mark.parametrize("more", ["=", " ", "\n", "\x00", "A", "é"])
def test_a_token_that_was_changed_opens_nothing(person, more):
    token = issue(person)
    other = "B" if token[0] == "A" else "A"
    for wrong in (token + more, more + token, other + token[1:], token[:-1], token.swapcase(), token * 300, ""):
        assert links.find(wrong, Link.Purpose.MY) is None


def test_an_ended_or_revoked_link_opens_nothing(person):
    token = issue(person)
    with time_machine.travel(clock.now() + dt.timedelta(days=2)):
        assert links.find(token, Link.Purpose.MY) is None
    assert links.revoke_all(person) >= 1
    assert links.find(token, Link.Purpose.MY) is None


def test_the_link_of_a_participant_lasts_until_the_private_data_ends(person):
    end = links.my_end(person)
    last = person.edition.last_day + dt.timedelta(days=person.edition.keep_unconfirmed_days)
    assert end.astimezone(person.edition.zone).date() == last


def test_links_in_mails_begin_with_the_address_of_the_site_and_speak_the_language_of_the_reader(person, settings):
    settings.SITE_URL = "https://rasr.example"
    assert links.my_link(person).startswith("https://rasr.example/my/")
    person.language = "sq"
    assert links.my_link(person).startswith("https://rasr.example/sq/my/")


def test_the_links_of_a_nomination_or_a_delegation_are_revoked_alone(person):
    nomination = make.named(person.delegation)
    links.delegation_link(person.delegation)
    assert links.revoke_for(nomination=nomination) == 1
    assert links.revoke_for(nomination=nomination) == 0
    assert links.good().filter(nomination=nomination).count() == 0
    assert links.good().filter(delegation=person.delegation).count() == 1
