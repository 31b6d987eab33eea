"""Places on field visits: who gets one, who waits, and what becomes free."""

import json
import uuid

import pytest
from django.utils import timezone as clock

from events.edition_files import read_bytes
from events.loading import load
from events.models import FieldVisit, Session
from participants import registration, visits
from participants.models import VisitBooking, VisitRecord
from tests import make

pytestmark = pytest.mark.django_db


def register(edition, visit, **more):
    given = make.answers(make.delegation(edition), **more)
    return registration.submit(edition=edition, answers=given, submission=uuid.uuid4(), visits=[visit], by="test")


def state(person):
    return VisitBooking.objects.get(participant=person).state


def kinds(person):
    return list(person.messages.order_by("pk").values_list("kind", flat=True))


def test_a_confirmed_participant_gets_a_place_while_there_is_one_then_waits():
    edition = make.edition()
    visit = make.visit(edition, capacity=1)
    first, second = register(edition, visit), register(edition, visit)
    assert (state(first), state(second)) == ("confirmed", "waitlisted")
    assert kinds(first) == kinds(second) == ["confirmed"]


class TestWhoWasRefusedRegistersAgain:
    """The answer of the host is about the person, not about one registration of theirs."""

    def refused(self, edition, visit, person=None):
        booking = make.booking(visit, "refused", person, email="one@example.org", family_name="Primjerić")
        registration.withdraw(participant=booking.participant, by="participant")
        return booking

    @pytest.fixture
    def edition(self):
        return make.edition()

    @pytest.fixture
    def visit(self, edition):
        return make.visit(edition)

    def test_with_the_visit_ticked(self, edition, visit):
        self.refused(edition, visit)
        person = register(edition, visit, email="One@example.org", family_name="Other")
        assert (person.status, state(person)) == ("confirmed", "refused")
        assert person.bookings.get().refusal_reason == "not on the list of the host"
        assert "visit refused" in kinds(person)

    def test_or_asks_later_under_another_address(self, edition, visit):
        self.refused(edition, visit)
        again = make.participant(edition, email="two@example.org", family_name="Primjerić")
        assert make.booking(visit, person=again).state == "refused"
        with pytest.raises(visits.VisitError, match="The host cannot receive you"):
            visits.ask(participant=again, visit=visit, by="participant")

    def test_until_the_host_says_yes(self, edition, visit):
        self.refused(edition, visit)
        again = make.participant(edition, email="one@example.org")
        visits.approve(booking=make.booking(visit, person=again), by="staff")
        assert state(again) == "confirmed"
        registration.withdraw(participant=again, by="participant")
        assert state(register(edition, visit, email="one@example.org")) == "confirmed"

    def test_others_are_not_refused(self, edition, visit):
        self.refused(edition, visit)
        assert state(register(edition, make.visit(edition), email="one@example.org")) == "confirmed"
        assert state(register(edition, visit, family_name="Other")) == "confirmed"

    def test_nor_a_colleague_in_the_same_mailbox(self, edition, visit):
        delegation = make.delegation(edition)
        named = [make.named(delegation, name, email="office@example.org") for name in ("One", "Two")]
        one, two = (make.registered(nomination, family_name=nomination.name) for nomination in named)
        make.booking(visit, "refused", one)
        registration.withdraw(participant=one, by="participant")
        assert make.booking(visit, person=two).state == "confirmed"
        again = make.registered(named[0], family_name="One")
        assert make.booking(visit, person=again).state == "refused"


def test_only_confirmed_participants_hold_a_place():
    edition = make.edition(requires_review=True)
    person = register(edition, make.visit(edition, capacity=1))
    assert state(person) == "asked"
    registration.confirm(participant=person, by="staff")
    assert state(person) == "confirmed"


def test_a_freed_place_goes_to_the_first_in_line_with_its_mail():
    edition = make.edition()
    visit = make.visit(edition, capacity=1)
    leaving, first, second = (register(edition, visit) for _n in range(3))
    registration.withdraw(participant=leaving, by="participant")
    assert [state(person) for person in (leaving, first, second)] == ["withdrawn", "confirmed", "waitlisted"]
    assert kinds(first) == ["confirmed", "visit place"]
    assert "your place is confirmed" in first.messages.latest("pk").text


def test_who_moves_up_at_the_edition_gets_the_freed_visit_place_too():
    edition = make.edition(capacity=1)
    visit = make.visit(edition, capacity=1)
    leaving, next_one = register(edition, visit), register(edition, visit)
    assert state(next_one) == "asked"
    registration.decline(participant=leaving, by="staff")
    assert state(next_one) == "confirmed"
    assert kinds(next_one) == ["waitlisted", "promoted"]


def test_a_visit_without_places_makes_everybody_wait():
    edition = make.edition()
    assert state(register(edition, make.visit(edition, capacity=0))) == "waitlisted"


@pytest.mark.parametrize(
    "asked",
    [
        {"rules": "Stay on the path"},
        {"needs_host_approval": True},
        {"asks_identity": True},
        {"asks_sizes": True},
        {"asks_birth_date": True},
        {"asks_emergency_contact": True},
    ],
)
def test_a_place_is_not_given_before_all_is_there(asked):
    edition = make.edition()
    person = register(edition, make.visit(edition, **asked))
    assert state(person) == "asked"


def test_once_all_is_there_nothing_but_a_place_is_missing():
    edition = make.edition()
    visit = make.visit(edition, rules="Stay on the path", needs_host_approval=True, asks_identity=True)
    booking = VisitBooking.objects.get(participant=register(edition, visit))
    booking.rules_version, booking.rules_accepted_at = visit.rules_version, clock.now()
    booking.host_approved_at = clock.now()
    record = VisitRecord(booking=booking, nationality="AL", document_type="passport", document_number="X1")
    record.save()
    assert not visits.is_ready(booking)
    record.document_expiry = "2031-01-01"
    record.save()
    assert visits.is_ready(booking)
    booking.rules_version = visit.rules_version + 1
    assert not visits.is_ready(booking)


def test_who_is_not_ready_holds_up_nobody():
    edition = make.edition()
    visit = make.visit(edition, capacity=1, needs_host_approval=True)
    early, late = register(edition, visit), register(edition, visit)
    VisitBooking.objects.filter(participant=late).update(host_approved_at=clock.now())
    visits.settle(participant=late, by="test")
    assert (state(early), state(late)) == ("asked", "confirmed")


def test_nobody_moves_up_on_a_visit_that_is_cancelled_or_has_begun():
    edition = make.edition()
    visit = make.visit(edition, capacity=1)
    leaving, waiting = register(edition, visit), register(edition, visit)
    Session.objects.filter(pk=visit.session_id).update(status="cancelled")
    registration.withdraw(participant=leaving, by="participant")
    assert state(waiting) == "waitlisted"


def test_a_refused_booking_stays_refused():
    edition = make.edition()
    person = register(edition, make.visit(edition))
    VisitBooking.objects.update(state="refused")
    registration.withdraw(participant=person, by="participant")
    assert state(person) == "refused"


def test_asking_twice_is_asking_once():
    edition = make.edition(requires_review=True)
    visit = make.visit(edition)
    person = register(edition, visit)
    visits.ask(participant=person, visit=visit, by="test")
    assert person.bookings.count() == 1


def test_places_follow_when_a_file_moves_the_visit():
    edition = make.edition()
    held = {"id": "visit", "title": "Depot", "kind": "field_visit", "start": "09:00", "end": "12:00"}
    content = {"edition": {"title": "Workshop"}, "days": [{"date": str(edition.first_day), "items": [held]}]}

    def put():
        load(read_bytes(json.dumps(content).encode()), by="test", slug=edition.slug)

    put()
    visit = FieldVisit.objects.create(session=edition.sessions.get(), site="Depot", needs_host_approval=True)
    person = register(edition, visit)
    FieldVisit.objects.update(needs_host_approval=False)
    put()
    assert state(person) == "asked"
    held["start"] = "10:00"
    put()
    assert state(person) == "confirmed"
