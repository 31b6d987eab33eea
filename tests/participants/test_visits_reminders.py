"""Who is reminded of what is missing for a field visit, when, and how often."""

import datetime as dt

import pytest
from django.utils import timezone as clock

from events.models import Session
from participants import visits
from participants.models import Message
from participants.visits import VisitError
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make.edition()


@pytest.fixture
def visit(edition):
    return make.visit(edition, capacity=1, rules="Stay on the path")


def test_each_incomplete_person_is_reminded_once_a_day_however_often_the_button_is_pressed(visit):
    make.booking(visit), make.booking(visit)
    assert [visits.remind_incomplete(visit=visit, by="staff") for _n in range(2)] == [2, 0]
    later = clock.now() + dt.timedelta(days=1)
    assert visits.remind_incomplete(visit=visit, by="staff", at=later) == 2


def test_a_reminder_says_what_is_missing_and_until_when_with_the_link(edition):
    closes = make.local(edition, 9, day=0)
    visit = make.visit(edition, rules="Stay", asks_identity=True, host_list_deadline=closes)
    booking = make.booking(visit)
    visits.remind_incomplete(visit=visit, by="staff")
    text = Message.objects.get(participant=booking.participant, kind="visit incomplete").text
    for said in ("Accept the rules", "Write what the host asks for", "8 October 2030, 09:00 (Tirana time)", "/my/"):
        assert said in text


def test_who_has_nothing_to_do_is_not_reminded(edition):
    visit = make.visit(edition, needs_host_approval=True)
    make.booking(visit)  # waits for the host alone
    pending = make.participant(edition)
    assert visits.remind_incomplete(visit=visit, by="staff") == 0
    assert not pending.messages.filter(kind="visit incomplete").exists()


def test_people_without_a_place_in_the_edition_are_not_reminded():
    edition = make.edition(requires_review=True)
    visit = make.visit(edition, rules="Stay")
    visits.ask(participant=make.participant(edition), visit=visit, by="participant")
    assert visits.remind_incomplete(visit=visit, by="staff") == 0


def test_a_cancelled_visit_reminds_nobody(visit):
    make.booking(visit)
    Session.objects.update(status="cancelled")
    with pytest.raises(VisitError, match="Nobody was reminded"):
        visits.remind_incomplete(visit=visit, by="staff")


def test_a_reminder_costs_the_same_for_each(edition, django_assert_max_num_queries):
    visit = make.visit(edition, rules="Stay")
    for _n in range(4):
        make.booking(visit)
    with django_assert_max_num_queries(10 + 4 * 4):
        visits.remind_incomplete(visit=visit, by="staff")
