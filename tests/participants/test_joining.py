"""How a nomination and a registration meet: the second key."""

import datetime as dt

import pytest
from django.utils import timezone as clock

from participants import nominating, places, registration
from participants.models import Participant
from participants.registration import RegistrationError, Status
from tests import make

pytestmark = pytest.mark.django_db


def kinds(participant: Participant) -> list[str]:
    return list(participant.messages.order_by("pk").values_list("kind", flat=True))


def link(participant, **more):
    nomination = make.nomination(participant.delegation, **more)
    return nominating.link_nomination(participant=participant, nomination=nomination, by="staff")


def test_where_a_nomination_is_needed_both_keys_are_needed():
    edition = make.edition(requires_nomination=True, requires_review=True)
    participant = make.participant(edition)
    assert participant.status == Status.PENDING
    with pytest.raises(RegistrationError, match="A nomination by Albania is missing") as error:
        registration.confirm(participant=participant, by="staff")
    assert error.value.field == "nomination"
    assert link(participant).status == Status.PENDING
    assert registration.confirm(participant=participant, by="staff").status == Status.CONFIRMED


def test_where_nothing_but_the_nomination_is_missing_it_gives_the_place_or_the_wait():
    edition = make.edition(requires_nomination=True, capacity=1)
    first, second = make.participant(edition), make.participant(edition)
    assert (link(first).status, link(second).status) == (Status.CONFIRMED, Status.WAITLISTED)
    assert (kinds(first), kinds(second)) == (["received", "confirmed"], ["received", "waitlisted"])


def test_a_nomination_makes_a_waiting_person_the_next():
    edition = make.edition(requires_nomination=True, requires_review=True, capacity=1)
    waiting = make.participant(edition, "waitlisted")
    assert link(waiting).status == Status.CONFIRMED


def test_the_head_of_delegation_comes_from_the_nomination_but_never_by_taking_a_place_that_is_not_there():
    edition = make.edition(capacity=1)
    assert link(make.participant(edition), is_head=True).role == "head"
    interpreter = make.participant(edition, of="Serbia", role="interpreter")
    assert link(interpreter, is_head=True).role == "interpreter"


def test_a_withdrawn_nomination_is_no_key():
    edition = make.edition(requires_nomination=True)
    participant = make.participant(edition)
    with pytest.raises(RegistrationError, match="Choose a nomination"):
        link(participant, withdrawn_at=clock.now())


def test_a_nomination_by_another_delegation_is_no_key():
    edition = make.edition()
    other = make.nomination(make.delegation(edition, "Serbia"))
    with pytest.raises(RegistrationError, match="Choose a nomination"):
        nominating.link_nomination(participant=make.participant(edition), nomination=other, by="staff")


def test_a_nomination_has_one_live_registration():
    edition = make.edition()
    first, second = make.participant(edition), make.participant(edition)
    nomination = make.nomination(first.delegation)
    nominating.link_nomination(participant=first, nomination=nomination, by="staff")
    with pytest.raises(RegistrationError, match="Another registration"):
        nominating.link_nomination(participant=second, nomination=nomination, by="staff")
    registration.withdraw(participant=first, by="staff")
    assert nominating.link_nomination(participant=second, nomination=nomination, by="staff").nomination == nomination


def test_nomination_and_registration_meet_when_exactly_that_address_is_proven():
    edition = make.edition(requires_nomination=True)
    nomination = make.nomination(make.delegation(edition), email="Named@Example.org")
    participant = make.participant(edition, email="named@example.org")
    proven = nominating.prove_address(participant=participant, by="participant")
    assert (proven.nomination, proven.status) == (nomination, Status.CONFIRMED)


@pytest.mark.parametrize(
    "change", [{"withdrawn_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, {"email": "x@example.org"}]
)
def test_another_address_or_a_withdrawn_nomination_does_not_meet(change):
    edition = make.edition(requires_nomination=True)
    make.nomination(make.delegation(edition), **{"email": "named@example.org"} | change)
    participant = make.participant(edition, email="named@example.org")
    assert nominating.prove_address(participant=participant, by="participant").nomination is None


def test_a_mailbox_for_two_nominees_is_left_to_the_secretariat():
    edition = make.edition(requires_nomination=True)
    for name in ("One", "Other"):
        make.nomination(make.delegation(edition), name, email="office@example.org")
    participant = make.participant(edition, email="office@example.org")
    assert nominating.prove_address(participant=participant, by="participant").nomination is None


def test_a_typed_address_never_takes_a_nomination():
    edition = make.edition(requires_nomination=True)
    nomination = make.nomination(make.delegation(edition), email="named@example.org")
    participant = make.participant(edition, email="named@example.org")
    assert participant.nomination is None
    assert not Participant.objects.filter(nomination=nomination).exists()


def proven(edition, **more):
    """Somebody who has proven their address."""
    return nominating.prove_address(participant=make.participant(edition, **more), by="participant")


def test_who_proved_the_address_before_the_nomination_meets_it_at_once_and_gets_no_link():
    edition = make.edition(requires_nomination=True)
    person = proven(edition, email="named@example.org")
    nomination = make.named(person.delegation, email="Named@example.org")
    person.refresh_from_db()
    assert (person.nomination, person.status) == (nomination, Status.CONFIRMED)
    assert not nomination.messages.exists()
    assert nomination.invited_at is None


def test_an_address_that_is_only_typed_meets_no_later_nomination():
    person = make.participant(make.edition(), email="named@example.org")
    nomination = make.named(person.delegation, email="named@example.org")
    person.refresh_from_db()
    assert person.nomination is None
    assert nomination.messages.get().kind == "nominated"


def test_the_second_nomination_of_a_mailbox_meets_nobody():
    edition = make.edition()
    make.named(make.delegation(edition), "One", email="office@example.org")
    person = proven(edition, email="office@example.org")
    assert person.nomination is not None
    registration.withdraw(participant=person, by="test")
    other = proven(edition, email="office@example.org", family_name="Other")
    nomination = make.named(other.delegation, "Other", email="office@example.org")
    other.refresh_from_db()
    assert other.nomination != nomination


def test_a_kept_place_is_given_to_a_waiting_person_who_is_joined_by_hand():
    edition = make.edition(capacity=1)
    substitute = make.substitute(make.participant(edition))
    waiting = make.participant(edition)
    assert waiting.status == Status.WAITLISTED
    joined = nominating.link_nomination(participant=waiting, nomination=substitute, by="staff")
    substitute.refresh_from_db()
    assert (joined.status, substitute.holds_place) == (Status.CONFIRMED, False)


def test_somebody_confirmed_needs_no_kept_place_and_the_next_in_line_gets_it():
    edition = make.edition(capacity=2)
    first, second = make.participant(edition), make.participant(edition)
    substitute = make.substitute(first)
    waiting = make.participant(edition)
    nominating.link_nomination(participant=second, nomination=substitute, by="staff")
    waiting.refresh_from_db()
    substitute.refresh_from_db()
    assert (waiting.status, substitute.holds_place) == (Status.CONFIRMED, False)


def test_who_moves_to_another_delegation_leaves_the_kept_place_to_the_next():
    edition = make.edition(capacity=1, requires_review=True)
    substitute = make.substitute(make.participant(edition, "confirmed"))
    person = make.registered(substitute)
    waiting = make.participant(edition, "waitlisted")
    places.reassign(participant=person, role="delegate", delegation=make.delegation(edition, "Serbia"), by="staff")
    waiting.refresh_from_db()
    assert waiting.status == Status.CONFIRMED


def test_an_interpreter_needs_no_kept_place():
    edition = make.edition(capacity=1, requires_review=True)
    substitute = make.substitute(make.participant(edition, "confirmed"))
    person = make.registered(substitute)
    waiting = make.participant(edition, "waitlisted")
    places.reassign(participant=person, role="interpreter", delegation=person.delegation, by="staff")
    waiting.refresh_from_db()
    substitute.refresh_from_db()
    assert (waiting.status, substitute.holds_place) == (Status.CONFIRMED, False)


@pytest.mark.parametrize("reviews", [True, False])
@pytest.mark.parametrize("before", Status)
def test_a_nomination_joined_in_every_status_moves_only_those_who_wait_for_it(before, reviews):
    edition = make.edition(requires_nomination=True, requires_review=True)
    person = make.participant(edition, "" if before in ("pending", "confirmed") else before)
    if before == "confirmed":
        link(person)
        make.moved(person, "confirmed")
    edition.requires_review = reviews
    edition.save()
    joined = link(person, name="Another")
    moves = {Status.WAITLISTED: Status.CONFIRMED} | ({} if reviews else {Status.PENDING: Status.CONFIRMED})
    assert joined.status == moves.get(before, before)
    assert Participant.objects.get(pk=person.pk).status == joined.status
