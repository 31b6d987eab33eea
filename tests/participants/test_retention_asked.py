"""A person asks to be erased: at once, all that need not be kept, and nothing of anybody else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from participants import changing, joining, nominating, registration
from participants.capacity import waiting_line
from participants.models import Nomination, Participant
from participants.registration import RegistrationError
from participants.retention import erase_due, erase_participant, is_kept
from tests import make
from tests.participants import planted
from tests.participants.planted import PEOPLE, Planted, canary, seen, statistics, stored

pytestmark = pytest.mark.django_db
NAMES = ("title", "given_name", "family_name", "printed_name")


@pytest.fixture
def world() -> Planted:
    return Planted()


def noon(world: Planted, days: int) -> dt.datetime:
    return dt.datetime.combine(world.edition.days[-1] + dt.timedelta(days=days), dt.time(12), world.edition.zone)


def of(who: str, words: set[str]) -> set[str]:
    """Those of the canaries that are of that person; a message to a group is the secretariat's."""
    return {one for one in words if one.split("-")[1] == who and "-group" not in one and one != canary(who, "looked")}


@pytest.mark.parametrize("who", ["absent", "declined", "withdrawn", "waiting"])
def test_who_was_not_there_is_erased_wholly_and_nobody_else(world, who):
    before = seen(stored())
    numbers = statistics(world.edition)
    erase_participant(participant=world.people[who], by="secretariat", at=noon(world, 1))
    text = stored()
    gone = before - seen(text)
    # The try with a typed name at the desk has no person.
    assert gone == of(who, before) - {canary("waiting", "session"), canary("waiting", "typed")}
    assert [secret for secret in world.secrets[who] if secret in text] == []
    assert statistics(world.edition) == numbers
    assert f"{canary(who, 'scan')}" not in planted.files()


def test_who_was_there_keeps_name_and_attendance_until_their_end(world):
    numbers = statistics(world.edition)
    erased = erase_participant(participant=world.people["guest"], by="secretariat", at=noon(world, 1))
    assert erased.erased_at is not None
    assert erased.name == canary("guest", "printed_name")
    assert erased.status == "confirmed"
    left = of("guest", seen(stored()))
    # Why a mark was corrected belongs to the attendance.
    assert left == {canary("guest", name) for name in (*NAMES, "void")}
    assert statistics(world.edition) == numbers
    erase_due(at=noon(world, 181))
    assert world.person("guest").name == canary("guest", "printed_name")
    erase_due(at=noon(world, 3000))
    assert seen(stored()) == set()
    assert statistics(world.edition) == numbers


def test_an_edition_that_keeps_attendance_for_no_time_keeps_no_name():
    world = Planted(keep_attendance_years=0)
    guest = world.people["guest"]
    assert is_kept(guest, noon(world, 0))
    assert not is_kept(guest, noon(world, 1))
    erase_participant(participant=guest, by="secretariat", at=noon(world, 1))
    assert of("guest", seen(stored())) == set()


def test_what_stands_is_withdrawn_first_and_its_place_goes_on(world):
    edition = make.edition(capacity=1)
    held, waits = make.participant(edition, "confirmed"), make.participant(edition)
    assert waits.status == "waitlisted"
    erased = erase_participant(participant=held, by="secretariat")
    waits.refresh_from_db()
    assert (erased.status, erased.family_name, waits.status) == ("withdrawn", "", "confirmed")
    assert not erased.messages.exists()
    assert waits.messages.filter(kind="promoted").exists()


def test_a_nomination_that_stands_is_withdrawn_with_the_registration(world):
    absent = world.people["absent"]
    erased = erase_participant(participant=absent, by="secretariat")
    nomination = Nomination.objects.get(pk=absent.nomination_id)
    assert erased.status == "withdrawn"
    assert nomination.withdrawn_at is not None
    assert nomination.name == "–"
    assert not nomination.links.exists()


def test_after_the_edition_nobody_is_promoted(world):
    erase_participant(participant=world.people["absent"], by="secretariat", at=noon(world, 1))
    assert world.person("absent").status == "confirmed"
    assert world.person("waiting").status == "waitlisted"


def test_twice_is_once(world):
    first = erase_participant(participant=world.people["absent"], by="secretariat", at=noon(world, 1))
    again = erase_participant(participant=first, by="secretariat", at=noon(world, 2))
    assert (again.reference, again.erased_at, again.version) == (first.reference, first.erased_at, first.version)
    lines = world.edition.history.filter(verb="erase", subject="participant", subject_id=first.pk)
    assert [(line.after, line.actor) for line in lines] == [("all", "secretariat")]


def test_the_history_says_what_was_kept(world):
    guest = world.people["guest"]
    erase_participant(participant=guest, by="secretariat", at=noon(world, 1))
    line = world.edition.history.get(verb="erase", subject_id=guest.pk)
    assert line.after == "all but name and attendance"


def test_a_letter_that_names_others_stays(world):
    declined, absent = world.people["declined"], world.people["absent"]
    Nomination.objects.filter(pk=declined.nomination_id).update(letter=absent.nomination.letter)
    erase_participant(participant=absent, by="secretariat", at=noon(world, 1))
    assert "canary-absent-scan" in planted.files()
    erase_participant(participant=declined, by="secretariat", at=noon(world, 1))
    assert "canary-absent-scan" not in planted.files()
    assert "canary-guest-scan" in planted.files()


@pytest.mark.parametrize("verb", [registration.confirm, registration.decline, registration.reopen])
def test_a_registration_that_was_erased_stays_as_it_is(world, verb):
    erased = erase_participant(participant=world.people["waiting"], by="secretariat", at=noon(world, 1))
    with pytest.raises(RegistrationError, match="erased"):
        verb(participant=erased, by="secretariat")


def test_a_form_that_was_open_before_writes_nothing_back(world):
    person = world.person("absent")
    erase_participant(participant=person, by="secretariat", at=noon(world, 1))
    with pytest.raises(RegistrationError):
        changing.change_details(
            participant=person, answers={"family_name": "Back"}, version=person.version, by="participant"
        )
    assert world.person("absent").family_name == ""


def test_nobody_erased_is_next_in_line(world):
    edition = make.edition(capacity=1)
    make.participant(edition, "confirmed")
    waits = make.participant(edition)
    Participant.objects.filter(pk=waits.pk).update(erased_at=dt.datetime.now(dt.UTC))
    assert waiting_line(edition) == []


def test_everybody_one_by_one_leaves_only_what_names_no_registration(world):
    for who in world.people:
        erase_participant(participant=world.people[who], by="secretariat", at=noon(world, 3000))
    left = {one.split("-")[1] for one in seen(stored()) if not one.endswith(("-looked", "-typed", "-session"))}
    assert left == {"contact", "nominee", "declined"}  # the latter in the message to the group
    assert set(PEOPLE) - left == {"guest", "absent", "withdrawn", "waiting"}


# -- Other rows of the same person --------------------------------------------------------------------------------

WHO: dict[str, Any] = {
    "given_name": "canary-again-given",
    "family_name": "canary-again-family",
    "email": "canary-again-mail@example.org",
}
NAME = f"{WHO['given_name']} {WHO['family_name']}"
OTHER: dict[str, Any] = {"given_name": "canary-other-given", "family_name": "canary-other-family"}


def left() -> set[str]:
    return {one.split("-")[1] for one in seen(stored())}


def test_who_registered_again_is_erased_wherever_they_are():
    edition = make.edition()
    first = make.participant(edition, "withdrawn", **WHO)
    second = make.participant(edition, "declined", **WHO | {"given_name": "CANARY-Again-Given"}, of="Kosovo*")
    last = make.participant(edition, **WHO)
    erase_participant(participant=last, by="secretariat")
    assert left() == set()
    people = Participant.objects.filter(pk__in=[first.pk, second.pk, last.pk])
    assert {one.status for one in people} == {"withdrawn", "declined"}
    assert {one.pk for one in people if one.erased_at} == {first.pk, second.pk, last.pk}
    lines = edition.history.filter(verb="erase", subject="participant")
    assert {line.subject_id for line in lines} == {first.pk, second.pk, last.pk}


def test_a_registration_at_another_edition_is_asked_for_there():
    elsewhere = make.participant(make.edition(), "withdrawn", **WHO)
    erase_participant(participant=make.participant(make.edition(), **WHO), by="secretariat")
    elsewhere.refresh_from_db()
    assert (elsewhere.erased_at, elsewhere.family_name) == (None, WHO["family_name"])


@pytest.mark.parametrize("order", ["registered first", "nominated first"])
def test_a_nomination_that_was_never_joined_is_erased_with_who_was_nominated(order):
    edition = make.edition(requires_review=True)
    delegation = make.delegation(edition)
    name = f"{WHO['family_name'].upper()} {WHO['given_name']}"
    if order == "nominated first":
        nomination = make.named(delegation, name, email=WHO["email"])
        person = make.participant(edition, **WHO)
    else:
        person = make.participant(edition, **WHO)
        nomination = make.named(delegation, name, email=WHO["email"])
    assert (person.nomination, person.email_proven_at) == (None, None)
    erase_participant(participant=person, by="secretariat")
    nomination.refresh_from_db()
    assert nomination.withdrawn_at is not None
    assert left() == set()
    assert not nomination.messages.exists()
    assert not nomination.links.exists()


def test_a_nomination_that_was_withdrawn_before_is_erased_too():
    edition = make.edition()
    nominating.withdraw_nomination(nomination=make.named(make.delegation(edition), NAME, email=WHO["email"]), by="test")
    erase_participant(participant=make.participant(edition, of="Kosovo*", **WHO), by="secretariat")
    assert left() == set()


def test_where_the_mailbox_is_one_persons_another_spelling_is_theirs():
    edition = make.edition()
    make.participant(edition, "withdrawn", **WHO | {"family_name": "canary-again-maiden"})
    person = joining.prove_address(participant=make.participant(edition, **WHO), by="participant")
    erase_participant(participant=person, by="secretariat")
    assert left() == set()


def test_an_address_that_was_not_proven_erases_nobody_of_another_name():
    edition = make.edition()
    make.participant(edition, "withdrawn", **WHO | OTHER)
    erase_participant(participant=make.participant(edition, **WHO), by="secretariat")
    assert {one for one in seen(stored()) if "-given" in one} == {OTHER["given_name"]}


@pytest.mark.parametrize("shared", ["by two who are nominated", "one after the other", "by the contact person"])
def test_a_colleague_with_the_same_mailbox_is_not_erased(shared):
    edition = make.edition()
    mailbox: dict[str, Any] = {"email": WHO["email"]}
    delegation = make.delegation(edition, contact_email=WHO["email"] if "contact" in shared else "")
    colleague = f"{OTHER['given_name']} {OTHER['family_name']}"
    if shared == "by two who are nominated":
        first, second = make.named(delegation, colleague, **mailbox), make.named(delegation, NAME, **mailbox)
        other = make.registered(first, "withdrawn", **OTHER)
        person = make.registered(second, **WHO)
    elif shared == "one after the other":
        other = make.registered(make.named(delegation, colleague, **mailbox), **OTHER)
        person = make.registered(make.substitute(other, NAME, **mailbox), **WHO)
    else:
        other = make.participant(edition, "withdrawn", **OTHER, **mailbox)
        person = joining.prove_address(participant=make.participant(edition, **WHO), by="participant")
    assert person.email_proven_at
    erase_participant(participant=person, by="secretariat")
    other.refresh_from_db()
    assert (other.erased_at, other.name, other.email) == (None, colleague, WHO["email"])
    assert other.nomination is None or other.nomination.name == colleague
    assert not [one for one in seen(stored()) if one.startswith("canary-again") and "-mail" not in one]


def test_a_registration_that_stands_is_not_touched_by_erasing_the_one_that_ended():
    edition = make.edition(requires_review=True)
    ended = make.participant(edition, "withdrawn", **WHO)
    stands = make.participant(edition, **WHO)
    nomination = make.named(make.delegation(edition), NAME, email=WHO["email"])
    erase_participant(participant=ended, by="secretariat")
    stands.refresh_from_db()
    nomination.refresh_from_db()
    assert (stands.status, stands.name) == ("pending", NAME)
    assert (nomination.withdrawn_at, nomination.name) == (None, NAME)


def test_a_nomination_with_which_somebody_else_is_registered_stays():
    edition = make.edition(requires_review=True)
    nomination = make.named(make.delegation(edition), NAME, email=WHO["email"])
    other = make.registered(nomination, **OTHER, email="other@example.org")
    erase_participant(participant=make.participant(edition, **WHO), by="secretariat")
    nomination.refresh_from_db()
    other.refresh_from_db()
    assert (nomination.withdrawn_at, nomination.name, other.status) == (None, NAME, "pending")
