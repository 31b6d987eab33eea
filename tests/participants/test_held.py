"""The file that a participant takes away: everything about that person, nothing of others, no secret."""

import json

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from participants import delivery, nominating
from participants.held import PARTS, held_on
from tests import make
from tests.participants.planted import PEOPLE, RECORD, Planted, canary, seen, stored

pytestmark = pytest.mark.django_db

# Of the secretariat, spent secrets, and what was written about others or for the host alone.
NOT_IN_IT = {"note", "refusal", "looked", "device", "void", "log", "once", "file", "scan", "unsent"}
NOT_IN_IT |= {name.replace("_", "") for name in RECORD}


@pytest.fixture
def world() -> Planted:
    return Planted()


def file_of(person):
    return json.dumps(held_on(person), cls=DjangoJSONEncoder, ensure_ascii=False)


@pytest.mark.parametrize("model", PARTS)
def test_every_kind_of_row_that_hangs_on_a_person_has_its_place_in_the_file(model):
    known = {relation.get_accessor_name() for relation in model._meta.related_objects}
    assert known == set(PARTS[model])


def test_each_part_of_the_file_is_there(world):
    parts = {part for parts in PARTS.values() for part in parts.values()} - {""}
    held = held_on(world.person("guest"))
    assert parts <= set(held)
    assert all(held[part] for part in parts)


def test_the_file_holds_what_the_person_wrote_and_what_was_written_about_them(world):
    held = seen(file_of(world.person("guest")))
    expected = {one for one in seen(stored()) if one.split("-")[1] == "guest"}
    expected = {one for one in expected if one.rsplit("-", 1)[1] not in NOT_IN_IT}
    assert expected <= held
    assert {canary("guest", field) for field in ("nominated", "reference", "newaddress", "change", "subject")} <= held


def test_the_file_holds_nothing_of_others_and_no_secret(world):
    text = file_of(world.person("guest"))
    # A message to a group has the same subject for all.
    assert {one for one in seen(text) if one.split("-")[1] != "guest"} == {canary("declined", "groupsubject")}
    hashes = {secret for who in PEOPLE for secret in world.secrets[who] if len(secret) == 64}
    assert not [one for one in hashes if one in text]
    assert not [name for name in ("note", "refusal", "looked", "device") if canary("guest", name) in text]
    assert canary("guest", "document_number") not in text


def test_somebody_replaced_is_not_named(world):
    absent, guest = world.person("absent"), world.person("guest")
    absent.replaces = guest
    absent.save(update_fields=["replaces"])
    absent.nomination.replaces = guest.nomination
    absent.nomination.save(update_fields=["replaces"])
    assert "guest" not in {word.split("-")[1] for word in seen(file_of(absent))}
    assert "absent" not in {word.split("-")[1] for word in seen(file_of(guest))}


def test_mails_to_whoever_the_nomination_was_for_before_are_not_in_it():
    nomination = make.named(make.delegation(make.edition()), "Ana Prva", email="ana@example.org")
    assert delivery.send_next() == "sent"  # one that waits would be dropped
    nominating.correct(nomination=nomination, name="Boris Drugi", email="boris@example.org", by="contact")
    nomination.refresh_from_db()
    person = make.registered(nomination, email="private@example.org")
    assert set(nomination.messages.values_list("to", flat=True)) == {"ana@example.org", "boris@example.org"}
    assert {message["to"] for message in held_on(person)["messages"]} == {"boris@example.org", "private@example.org"}
    assert "ana@" not in file_of(person).casefold()


def test_the_history_of_visits_requests_and_nomination_is_in_it(world):
    about = {line["about"] for line in held_on(world.person("guest"))["history"]}
    assert about >= {"participant", "visitbooking"}


def test_a_person_without_a_nomination_has_none(world):
    person = world.person("absent")
    person.nomination = None
    person.save(update_fields=["nomination"])
    assert held_on(person)["nomination"] is None
