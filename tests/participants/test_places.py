"""Places given and taken by the secretariat."""

import pytest

from events.models import HistoryLine
from participants import nominating, places
from participants.models import Participant
from participants.registration import RegistrationError
from tests import make

pytestmark = pytest.mark.django_db


def status(person):
    return Participant.objects.get(pk=person.pk).status


def reassign(person, role="delegate", delegation=None):
    return places.reassign(participant=person, role=role, delegation=delegation or person.delegation, by="staff")


def test_a_raised_capacity_promotes_at_once_and_leaves_a_line():
    edition = make.edition(capacity=1)
    make.participant(edition)
    waiting = [make.participant(edition) for _n in range(3)]
    places.set_capacity(edition=edition, capacity=3, by="staff")
    assert list(map(status, waiting)) == ["confirmed", "confirmed", "waitlisted"]
    line = HistoryLine.objects.get(verb="set capacity")
    assert (line.before, line.after, line.actor) == ("1", "3", "staff")


def test_no_limit_promotes_everybody():
    edition = make.edition(capacity=0)
    waiting = [make.participant(edition) for _n in range(3)]
    places.set_capacity(edition=edition, capacity=None, by="staff")
    assert list(map(status, waiting)) == ["confirmed"] * 3


@pytest.mark.parametrize(("held", "words"), [(1, "1 person is confirmed"), (3, "3 people are confirmed")])
def test_a_cut_below_the_confirmed_is_refused_with_the_number(held, words):
    edition = make.edition(capacity=3)
    for _n in range(held):
        make.participant(edition)
    with pytest.raises(RegistrationError, match=words) as error:
        places.set_capacity(edition=edition, capacity=held - 1, by="staff")
    assert error.value.field == "capacity"
    edition.refresh_from_db()
    assert edition.capacity == 3


def test_a_cut_to_the_confirmed_is_taken():
    edition = make.edition(capacity=3)
    make.participant(edition)
    assert places.set_capacity(edition=edition, capacity=1, by="staff").capacity == 1


def test_a_raised_quota_promotes_and_a_cut_below_the_confirmed_is_refused():
    edition = make.edition()
    delegation = make.delegation(edition, quota=1)
    make.participant(edition)
    waiting = make.participant(edition)
    places.set_quota(delegation=delegation, quota=2, by="staff")
    assert status(waiting) == "confirmed"
    with pytest.raises(RegistrationError, match="2 people are confirmed"):
        places.set_quota(delegation=delegation, quota=1, by="staff")


def test_a_confirmed_interpreter_becomes_a_delegate_only_where_there_is_a_place():
    edition = make.edition(capacity=1)
    make.participant(edition)
    interpreter = make.participant(edition, role="interpreter")
    with pytest.raises(RegistrationError, match="The 1 place of the edition is taken"):
        reassign(interpreter)
    assert Participant.objects.get(pk=interpreter.pk).role == "interpreter"


def test_a_delegate_who_becomes_an_interpreter_frees_a_place():
    edition = make.edition(capacity=1)
    person, waiting = make.participant(edition), make.participant(edition)
    reassign(person, "interpreter")
    assert status(waiting) == "confirmed"


def test_leaving_a_full_delegation_frees_its_place_for_the_next():
    edition = make.edition()
    make.delegation(edition, "Albania", quota=1)
    held, waiting = make.participant(edition), make.participant(edition)
    reassign(held, delegation=make.delegation(edition, "Serbia"))
    assert status(waiting) == "confirmed"


def test_a_quota_that_was_read_before_it_was_cut_lets_nobody_in():
    edition = make.edition()
    stale = make.delegation(edition, "Serbia", quota=5)
    places.set_quota(delegation=stale, quota=0, by="staff")
    with pytest.raises(RegistrationError, match="quota of 0"):
        reassign(make.participant(edition), delegation=stale)


def test_a_nomination_does_not_move_to_another_delegation():
    edition = make.edition(requires_review=True)
    person = make.participant(edition)
    nomination = make.nomination(person.delegation)
    nominating.link_nomination(participant=person, nomination=nomination, by="test")
    assert reassign(person, delegation=make.delegation(edition, "Serbia")).nomination is None


def test_where_a_nomination_is_needed_a_confirmed_person_moves_only_to_a_delegation_that_has_nominated_them():
    edition = make.edition(requires_nomination=True)
    person = make.participant(edition)
    own = make.nomination(person.delegation, email=person.email)
    person = nominating.link_nomination(participant=person, nomination=own, by="test")
    assert person.status == "confirmed"
    serbia = make.delegation(edition, "Serbia")
    with pytest.raises(RegistrationError, match="A nomination by Serbia is missing") as error:
        reassign(person, delegation=serbia)
    assert error.value.field == "delegation"
    named = make.nomination(serbia, email=person.email)
    moved = reassign(person, delegation=serbia)
    assert (moved.status, moved.delegation, moved.nomination) == ("confirmed", serbia, named)


@pytest.mark.parametrize("has_registered", [True, False])
def test_a_delegation_has_one_head(has_registered):
    delegation = make.delegation(make.edition(requires_review=True))
    named = make.named(delegation, is_head=True)
    other = make.participant(delegation.edition)
    head = make.registered(named) if has_registered else None
    with pytest.raises(RegistrationError, match="already has a head") as error:
        reassign(other, "head")
    assert error.value.field == "role"
    head = reassign(reassign(head or make.registered(named)), "head")
    assert list(Participant.objects.filter(role="head")) == [head]


def test_without_a_nominated_head_the_secretariat_names_one_and_nobody_brings_a_second_one_along():
    edition = make.edition()
    one, two = make.participant(edition), make.participant(edition, of="Serbia")
    assert (reassign(one, "head").role, reassign(two, "head").role) == ("head", "head")
    for moved, role in ((make.participant(edition), "head"), (two, "head")):
        with pytest.raises(RegistrationError, match="already has a head"):
            reassign(moved, role, one.delegation)
    assert reassign(two, "delegate", one.delegation).delegation == one.delegation


def test_a_delegation_of_another_edition_is_refused():
    with pytest.raises(RegistrationError) as error:
        reassign(make.participant(make.edition()), delegation=make.delegation(make.edition()))
    assert error.value.field == "delegation"


@pytest.mark.parametrize("status_before", Participant.Status)
def test_role_and_delegation_change_in_every_status_and_only_who_waits_may_have_found_a_place(status_before):
    edition = make.edition(requires_review=True)
    person = make.participant(edition, "" if status_before == "pending" else status_before)
    moved = reassign(person, "observer", make.delegation(edition, "Serbia"))
    after = "confirmed" if status_before == "waitlisted" else status_before
    assert (moved.status, moved.role, moved.delegation.name) == (after, "observer", "Serbia")
    assert status(person) == after


def test_a_delegation_does_not_take_the_place_that_it_keeps_for_a_substitute():
    edition = make.edition()
    serbia = make.delegation(edition, "Serbia", quota=1)
    make.substitute(make.participant(edition, of="Serbia"))
    with pytest.raises(RegistrationError, match="quota of 1"):
        reassign(make.participant(edition), delegation=serbia)
