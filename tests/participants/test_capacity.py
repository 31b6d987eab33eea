"""How many places there are, who holds them, who is next."""

import datetime as dt

import pytest
from django.utils import timezone as clock

from participants import capacity, nominating
from participants.capacity import has_place, no_place, places_left, quota_left, waiting_line
from participants.models import Delegation
from tests import make

pytestmark = pytest.mark.django_db


def names(edition):
    return [person.family_name for person in waiting_line(edition)]


def wait(edition, name, *, of="Albania", after=0, order=None):
    """Somebody on the waiting list, registered that many hours from now."""
    at = clock.now() + dt.timedelta(hours=after)
    person = make.participant(edition, family_name=name, of=of, at=at)
    assert person.status == "waitlisted"
    if order is not None:
        nomination = make.nomination(person.delegation, name, order=order)
        person = nominating.link_nomination(participant=person, nomination=nomination, by="test")
    return person


def test_without_a_limit_there_is_always_a_place():
    edition = make.edition()
    delegation = make.delegation(edition)
    assert (places_left(edition), quota_left(delegation)) == (None, None)
    assert has_place(edition, make.participant(edition))


def test_only_confirmed_people_whose_role_counts_hold_a_place():
    edition = make.edition(capacity=3, requires_review=True)
    make.participant(edition, "confirmed")
    for status in ("", "declined", "withdrawn"):
        make.participant(edition, status)
    assert places_left(edition) == 2


@pytest.mark.parametrize("counts", [True, False])
def test_the_sentence_names_the_limit_that_was_met(counts):
    edition = make.edition(capacity=1)
    delegation = make.delegation(edition, quota=1)
    make.participant(edition)
    told = no_place(edition, delegation, counts=counts)
    assert told == ("The 1 place of the edition is taken." if counts else "Albania has used its quota of 1.")


def test_the_line_is_by_time_and_each_delegation_orders_its_own():
    edition = make.edition(capacity=0)
    wait(edition, "Second of Albania", order=2)
    wait(edition, "Serbia", of="Serbia", after=1)
    wait(edition, "First of Albania", after=2, order=1)
    wait(edition, "Not nominated", after=3)
    assert names(edition) == ["First of Albania", "Serbia", "Second of Albania", "Not nominated"]


def test_who_lacks_a_nomination_is_passed_over():
    edition = make.edition(capacity=0, requires_nomination=True)
    person = make.participant(edition, "waitlisted")
    edition.capacity = 1
    assert capacity.next_in_line(edition) is None
    nomination = make.nomination(person.delegation)
    nominating.link_nomination(participant=person, nomination=nomination, by="test")
    assert capacity.next_in_line(edition) == person


def test_a_delegation_is_read_anew_under_its_lock():
    delegation = make.delegation(make.edition(), quota=5)
    Delegation.objects.filter(pk=delegation.pk).update(quota=1)
    assert capacity.lock_delegation(delegation.pk).quota == 1
