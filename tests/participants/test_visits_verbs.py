"""Every change of a booking: who may ask when, rules, answers of the host, places given back."""

import datetime as dt

import pytest
from django.utils import timezone as clock

from events.models import HistoryLine, Session
from participants import registration, visits
from participants.models import Message, VisitBooking, VisitRecord
from participants.visit_places import move
from participants.visits import TRANSITIONS, VisitError
from tests import make

pytestmark = pytest.mark.django_db
State = VisitBooking.State
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def edition():
    return make.edition()


@pytest.fixture
def visit(edition):
    return make.visit(edition, capacity=1, rules="Stay on the path")


def accept(booking, version=1):
    return visits.accept_rules(booking=booking, version=version, by="participant")


def state(booking):
    return VisitBooking.objects.get(pk=booking.pk).state


def kinds(booking):
    """The mails about visits that the participant got, in their order."""
    sent = Message.objects.filter(participant=booking.participant, kind__startswith="visit")
    return list(sent.order_by("pk").values_list("kind", flat=True))


def history(booking):
    lines = HistoryLine.objects.filter(subject="visitbooking", subject_id=booking.pk)
    return list(lines.order_by("pk").values_list("verb", flat=True))


# -- The table of states -------------------------------------------------------------------------------------------


def in_state(visit, wanted):
    """A booking in that state, reached by the verbs, and its verbs for each state to go to."""
    if wanted == State.WAITLISTED:
        visits.set_visit_capacity(visit=visit, capacity=0, by="test")
    if wanted == State.ASKED:
        visit.needs_host_approval = True
        visit.save()
    return make.booking(visit, wanted)


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("to", [State.REFUSED, State.WITHDRAWN])
def test_the_host_and_the_participant_end_what_the_table_lets_end(edition, before, to):
    booking = in_state(make.visit(edition), before)
    assert booking.state == before
    verbs = {
        State.REFUSED: lambda: visits.refuse(booking=booking, reason="full", by="staff"),
        State.WITHDRAWN: lambda: visits.withdraw_booking(booking=booking, by="participant"),
    }
    if to in TRANSITIONS[before]:
        assert verbs[to]().state == to
    else:
        with pytest.raises(VisitError, match="it cannot become"):
            verbs[to]()
    assert state(booking) == (to if to in TRANSITIONS[before] else before)


@pytest.mark.parametrize("before", State)
def test_a_yes_of_the_host_leads_where_the_table_says(edition, before):
    booking = in_state(make.visit(edition, needs_host_approval=before == State.ASKED), before)
    if before == State.WITHDRAWN:
        with pytest.raises(VisitError, match="has ended"):
            visits.approve(booking=booking, by="staff")
        return
    after = visits.approve(booking=booking, by="staff").state
    expected = {State.ASKED: "confirmed", State.REFUSED: "confirmed"}
    assert after == expected.get(before, before)
    assert State.ASKED in TRANSITIONS[State.REFUSED]


def test_the_table_names_every_state_and_no_way_from_a_state_to_itself():
    assert set(TRANSITIONS) == set(State)
    assert not [one for one, ways in TRANSITIONS.items() if one in ways]


def test_every_change_makes_the_version_rise_and_writes_a_line(visit):
    booking = make.booking(visit)
    versions = [booking.version]
    versions.append(accept(booking).version)
    versions.append(visits.withdraw_booking(booking=booking, by="participant").version)
    versions.append(visits.ask(participant=booking.participant, visit=visit, by="participant").version)
    assert versions == sorted(set(versions))
    assert history(booking) == ["ask", "accept rules", "confirm", "withdraw", "ask again", "confirm"]


def test_only_a_place_has_a_seat(edition):
    visit = make.visit(edition)
    booking = make.booking(visit, "confirmed")
    booking.vehicle = visit.vehicles.create(label="Bus 1", seats=1)
    booking.save()
    move(booking, State.WITHDRAWN, "withdraw", "test")
    booking.refresh_from_db()
    assert booking.vehicle is None


# -- Asking --------------------------------------------------------------------------------------------------------


def test_asking_for_a_visit_that_asks_nothing_gives_the_place_and_its_date(edition):
    booking = make.booking(make.visit(edition))
    assert (booking.state, kinds(booking)) == ("confirmed", ["visit place"])
    assert "METHOD:REQUEST" in Message.objects.get(kind="visit place").calendar


def test_asking_for_a_full_visit_is_told_to_wait(edition):
    visit = make.visit(edition, capacity=0)
    booking = make.booking(visit)
    assert (booking.state, kinds(booking)) == ("waitlisted", ["visit waitlisted"])


def test_asking_before_the_registration_is_confirmed_gives_nothing_yet(edition):
    person = make.participant(make.edition(requires_review=True))
    visit = make.visit(person.edition)
    booking = visits.ask(participant=person, visit=visit, by="participant")
    assert booking.state == "asked"
    registration.confirm(participant=person, by="staff")
    assert state(booking) == "confirmed"
    assert kinds(booking) == []  # the mail about the registration says it


def test_sign_up_ends_to_the_second_and_the_sentence_names_the_zone(edition):
    ends = clock.now() + HOUR
    visit = make.visit(edition, signup_deadline=ends)
    person = make.participant(edition)
    with pytest.raises(VisitError, match=r"ended on .*\(Tirana time\)"):
        visits.ask(participant=person, visit=visit, by="participant", at=ends)
    assert visits.ask(participant=person, visit=visit, by="participant", at=ends - dt.timedelta(seconds=1))


def test_who_gave_a_place_back_may_ask_again_until_the_deadline_and_stands_last(edition):
    ends = clock.now() + HOUR
    visit = make.visit(edition, capacity=1, signup_deadline=ends)
    first = make.booking(visit)
    second, third = make.booking(visit), make.booking(visit)
    visits.withdraw_booking(booking=first, by="participant")
    assert visits.ask(participant=first.participant, visit=visit, by="participant").state == "waitlisted"
    visits.withdraw_booking(booking=second, by="participant")
    assert [state(one) for one in (first, second, third)] == ["waitlisted", "withdrawn", "confirmed"]
    with pytest.raises(VisitError, match="Sign-up for this field visit ended"):
        visits.ask(participant=second.participant, visit=visit, by="participant", at=ends)


def test_who_was_refused_by_the_host_may_not_ask_again(edition):
    visit = make.visit(edition)
    refused = make.booking(visit, "refused")
    with pytest.raises(VisitError, match="The host cannot receive you"):
        visits.ask(participant=refused.participant, visit=visit, by="participant")
    assert state(refused) == "refused"


@pytest.mark.parametrize(("status", "hour"), [("cancelled", 12), ("scheduled", 13)])
def test_nobody_asks_for_a_visit_that_is_cancelled_or_has_begun(edition, status, hour):
    visit = make.visit(edition)
    Session.objects.update(status=status)
    at = make.local(edition, hour, day=1)
    with pytest.raises(VisitError, match="cancelled or has begun"):
        visits.ask(participant=make.participant(edition), visit=visit, by="participant", at=at)
    assert not visits.open_visits(edition.pk, at)


def test_a_visit_of_another_edition_is_refused(edition):
    with pytest.raises(VisitError, match="field visit of this edition"):
        visits.ask(participant=make.participant(edition), visit=make.visit(make.edition()), by="participant")


@pytest.mark.parametrize("status", ["declined", "withdrawn"])
def test_a_registration_that_has_ended_books_nothing(status):
    edition = make.edition(requires_review=True)
    person = make.participant(edition, status)
    with pytest.raises(VisitError, match="Your registration has ended"):
        visits.ask(participant=person, visit=make.visit(edition), by="participant")
    assert not person.bookings.exists()


# -- Rules ---------------------------------------------------------------------------------------------------------


def test_accepting_the_rules_in_force_gives_the_place(visit):
    booking = make.booking(visit, "asked")
    assert visits.missing(booking) == ["rules"]
    accepted = accept(booking)
    assert (accepted.state, accepted.rules_version, kinds(booking)) == ("confirmed", 1, ["visit place"])
    assert accepted.rules_accepted_at is not None


def test_accepting_twice_is_accepting_once(visit):
    booking = make.booking(visit)
    first, second = accept(booking), accept(booking)
    assert first.rules_accepted_at == second.rules_accepted_at
    assert history(booking).count("accept rules") == 1


@pytest.mark.parametrize("version", [0, 2, -1])
def test_another_version_than_the_one_in_force_is_refused(visit, version):
    booking = make.booking(visit)
    with pytest.raises(VisitError, match="have changed"):
        accept(booking, version)
    assert state(booking) == "asked"


def test_a_booking_that_has_ended_accepts_nothing(visit):
    with pytest.raises(VisitError, match="has ended"):
        accept(make.booking(visit, "withdrawn"))


def test_new_rules_leave_the_place_and_ask_to_accept_again(visit):
    holder, waiting = accept(make.booking(visit)), accept(make.booking(visit))
    new_one = make.booking(visit)
    renewed = visits.renew_rules(visit=visit, rules="Stay on the path. No telephones", by="staff")
    assert renewed.rules_version == 2
    assert [state(one) for one in (holder, waiting, new_one)] == ["confirmed", "waitlisted", "asked"]
    for one in (holder, waiting):
        assert visits.missing(VisitBooking.objects.get(pk=one.pk)) == ["rules"]
        assert kinds(one)[-1] == "visit rules changed"
    assert kinds(new_one) == []
    visits.set_visit_capacity(visit=visit, capacity=2, by="staff")
    assert state(waiting) == "waitlisted"
    assert accept(waiting, 2).state == "confirmed"


def test_the_same_rules_are_no_new_version(visit):
    for same in ("Stay on the path", {"en": "Stay on the path", "sq": ""}, {"en": "Stay on the path\r\n"}):
        with pytest.raises(VisitError, match="rules in force"):
            visits.renew_rules(visit=visit, rules=same, by="staff")
    visit.refresh_from_db()
    assert visit.rules_version == 1


def test_rules_taken_away_stand_in_nobodys_way(visit):
    booking = make.booking(visit, "asked")
    visits.renew_rules(visit=visit, rules="", by="staff")
    assert state(booking) == "confirmed"


# -- The host ------------------------------------------------------------------------------------------------------


def test_the_place_is_given_when_the_host_says_yes(edition):
    booking = make.booking(make.visit(edition, needs_host_approval=True), "asked")
    assert visits.missing(booking) == ["approval"]
    assert visits.approve(booking=booking, by="staff").state == "confirmed"
    with pytest.raises(VisitError, match=r"approved this visitor already, on .*Tirana time"):
        visits.approve(booking=booking, by="other staff")
    assert kinds(booking) == ["visit place"]


def test_a_refusal_keeps_its_reason_from_the_mail_and_the_history(edition):
    visit = make.visit(edition, capacity=1)
    refused, waiting = make.booking(visit), make.booking(visit)
    after = visits.refuse(booking=refused, reason="canary reason", by="staff")
    assert (after.state, after.refusal_reason) == ("refused", "canary reason")
    assert state(waiting) == "confirmed"
    mail = Message.objects.get(participant=refused.participant, kind="visit refused")
    assert "METHOD:CANCEL" in mail.calendar
    told = "".join([mail.text, mail.html, mail.calendar, mail.subject])
    told += "".join(f"{line.before}{line.after}{line.verb}" for line in HistoryLine.objects.all())
    assert "canary" not in told


@pytest.mark.parametrize("reason", ["", "   ", "\u200b"])
def test_a_refusal_without_a_reason_is_not_written(edition, reason):
    booking = make.booking(make.visit(edition))
    with pytest.raises(VisitError, match="Write the reason"):
        visits.refuse(booking=booking, reason=reason, by="staff")
    assert state(booking) == "confirmed"


def test_a_host_that_changes_its_mind_puts_the_person_back_in_the_line(edition):
    visit = make.visit(edition, capacity=1, needs_host_approval=True)
    first, second = make.booking(visit), make.booking(visit)
    visits.refuse(booking=first, reason="late papers", by="staff")
    visits.approve(booking=second, by="staff")
    after = visits.approve(booking=first, by="staff")
    assert (after.state, after.refusal_reason) == ("waitlisted", "")


# -- Giving back and places ----------------------------------------------------------------------------------------


def test_a_place_given_back_goes_to_the_first_in_line_at_once(edition):
    visit = make.visit(edition, capacity=1)
    leaving, first, second = (make.booking(visit) for _n in range(3))
    visits.withdraw_booking(booking=leaving, by="participant")
    assert [state(one) for one in (leaving, first, second)] == ["withdrawn", "confirmed", "waitlisted"]
    assert kinds(leaving) == ["visit place", "visit withdrawn"]
    assert kinds(first) == ["visit waitlisted", "visit place"]
    assert "METHOD:CANCEL" in Message.objects.get(kind="visit withdrawn").calendar


def test_a_wish_taken_back_takes_nothing_out_of_a_calendar(visit):
    visits.withdraw_booking(booking=make.booking(visit, "asked"), by="participant")
    assert Message.objects.get(kind="visit withdrawn").calendar == ""


def test_who_has_boarded_stays_counted(edition):
    booking = make.booking(make.visit(edition))
    VisitBooking.objects.update(boarded_out_at=clock.now())
    with pytest.raises(VisitError, match="has boarded"):
        visits.withdraw_booking(booking=booking, by="participant")
    with pytest.raises(VisitError, match="has boarded"):
        visits.refuse(booking=booking, reason="late", by="staff")
    assert state(booking) == "confirmed"


def test_nothing_is_given_back_after_the_visit_has_begun(edition):
    booking = make.booking(make.visit(edition))
    with pytest.raises(VisitError, match="has begun"):
        visits.withdraw_booking(booking=booking, by="participant", at=make.local(edition, 13, day=1))


def test_a_raise_gives_places_at_once_in_the_order_of_the_line(edition):
    visit = make.visit(edition, capacity=0)
    bookings = [make.booking(visit) for _n in range(3)]
    visits.set_visit_capacity(visit=visit, capacity=2, by="staff")
    assert [state(one) for one in bookings] == ["confirmed", "confirmed", "waitlisted"]
    visits.set_visit_capacity(visit=visit, capacity=None, by="staff")
    assert state(bookings[2]) == "confirmed"
    assert [kinds(one).count("visit place") for one in bookings] == [1, 1, 1]


def test_a_cut_below_the_places_given_is_refused_with_their_number(edition):
    visit = make.visit(edition)
    make.booking(visit)
    make.booking(visit)
    with pytest.raises(VisitError, match=r"2 places are given\. Write 2 or more"):
        visits.set_visit_capacity(visit=visit, capacity=1, by="staff")
    visit.refresh_from_db()
    assert visit.capacity is None


def test_a_record_saved_by_somebody_who_waits_is_settled_with_its_own_mail(edition):
    visit = make.visit(edition, asks_sizes=True)
    booking = make.booking(visit, "asked")
    VisitRecord.objects.create(booking=booking, sizes="M")
    visits.settle(participant=booking.participant, by="participant")
    assert (state(booking), kinds(booking)) == ("confirmed", ["visit place"])
