"""The life of a registration: every state, every transition, and what each brings with it."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone as clock

from events.models import HistoryLine
from participants import changing, nominating, places, registration
from participants.models import Delegation, Message, Participant
from participants.registration import TRANSITIONS, RegistrationError, Status
from tests import make

pytestmark = pytest.mark.django_db
VERBS = {
    Status.CONFIRMED: registration.confirm,
    Status.WAITLISTED: registration.waitlist,
    Status.DECLINED: registration.decline,
    Status.WITHDRAWN: registration.withdraw,
    Status.PENDING: registration.reopen,
}


def kinds(participant: Participant) -> list[str]:
    return list(participant.messages.order_by("pk").values_list("kind", flat=True))


@pytest.mark.parametrize("before", Status)
@pytest.mark.parametrize("after", Status)
def test_the_whole_square_of_states(before, after):
    edition = make.edition(requires_review=True)
    participant = make.participant(edition, "" if before == Status.PENDING else before)
    if after in TRANSITIONS[before]:
        assert VERBS[after](participant=participant, by="staff").status == after
    else:
        with pytest.raises(RegistrationError):
            VERBS[after](participant=participant, by="staff")
        participant.refresh_from_db()
        assert participant.status == before


def test_without_review_a_free_place_is_given_at_once():
    participant = make.participant(make.edition(capacity=1))
    assert participant.status == Status.CONFIRMED
    assert kinds(participant) == ["confirmed"]


def test_when_all_places_are_taken_the_next_waits():
    edition = make.edition(capacity=1)
    make.participant(edition)
    waiting = make.participant(edition)
    assert waiting.status == Status.WAITLISTED
    assert kinds(waiting) == ["waitlisted"]


def test_with_review_a_registration_waits_for_the_secretariat():
    participant = make.participant(make.edition(requires_review=True))
    assert participant.status == Status.PENDING
    assert kinds(participant) == ["received"]


def test_confirming_when_full_puts_on_the_waiting_list():
    edition = make.edition(capacity=1, requires_review=True)
    make.participant(edition, "confirmed")
    second = make.participant(edition)
    assert registration.confirm(participant=second, by="staff").status == Status.WAITLISTED


def test_confirming_somebody_who_waits_needs_a_place_and_says_how_many_there_are():
    edition = make.edition(capacity=1)
    make.participant(edition)
    waiting = make.participant(edition)
    with pytest.raises(RegistrationError, match="The 1 place of the edition is taken"):
        registration.confirm(participant=waiting, by="staff")


@pytest.mark.parametrize("verb", [registration.withdraw, registration.decline])
def test_a_freed_place_goes_to_the_first_in_line_at_once(verb):
    edition = make.edition(capacity=1)
    held = make.participant(edition)
    first, second = make.participant(edition), make.participant(edition)
    verb(participant=held, by="staff")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (Status.CONFIRMED, Status.WAITLISTED)
    assert kinds(first) == ["waitlisted", "promoted"]


def test_the_line_is_by_time_of_registration():
    edition = make.edition(capacity=1)
    held = make.participant(edition)
    late = make.participant(edition, at=clock.now() + dt.timedelta(hours=2))
    early = make.participant(edition, at=clock.now() + dt.timedelta(hours=1))
    registration.withdraw(participant=held, by="staff")
    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.status, late.status) == (Status.CONFIRMED, Status.WAITLISTED)


def test_within_one_delegation_the_line_is_by_its_own_order():
    edition = make.edition(capacity=1)
    held = make.participant(edition, of="Croatia")
    later, sooner = make.participant(edition), make.participant(edition)
    for person, order in ((later, 2), (sooner, 1)):
        nomination = make.nomination(person.delegation, str(order), order=order)
        nominating.link_nomination(participant=person, nomination=nomination, by="staff")
    registration.withdraw(participant=held, by="staff")
    later.refresh_from_db()
    sooner.refresh_from_db()
    assert (sooner.status, later.status) == (Status.CONFIRMED, Status.WAITLISTED)


def test_who_waits_is_passed_over_while_the_delegation_has_no_quota_left():
    edition = make.edition(capacity=2)
    make.delegation(edition, "Albania", quota=1)
    make.participant(edition)
    held = make.participant(edition, of="Croatia")
    over_quota, next_one = make.participant(edition), make.participant(edition, of="Serbia")
    assert (over_quota.status, next_one.status) == (Status.WAITLISTED, Status.WAITLISTED)
    registration.withdraw(participant=held, by="staff")
    over_quota.refresh_from_db()
    next_one.refresh_from_db()
    assert (over_quota.status, next_one.status) == (Status.WAITLISTED, Status.CONFIRMED)


def test_interpreters_media_and_the_secretariat_take_no_place():
    edition = make.edition(capacity=1)
    for role in Participant.UNCOUNTED_ROLES:
        assert make.participant(edition, role=role).status == Status.CONFIRMED
    assert make.participant(edition).status == Status.CONFIRMED
    assert make.participant(edition).status == Status.WAITLISTED


def test_the_same_form_sent_twice_is_one_registration():
    edition = make.edition()
    given = make.answers(make.delegation(edition))
    number = uuid.uuid4()
    first = registration.submit(edition=edition, answers=given, submission=number, by="test")
    again = registration.submit(edition=edition, answers=given, submission=number, by="test")
    assert first == again
    assert Participant.objects.count() == Message.objects.count() == 1


def test_the_number_of_a_form_is_of_one_edition_and_of_one_life():
    edition, number = make.edition(), uuid.uuid4()
    given = make.answers(make.delegation(edition))
    first = registration.submit(edition=edition, answers=given, submission=number, by="test")
    other = make.edition()
    with pytest.raises(RegistrationError, match="Load the page again"):
        registration.submit(edition=other, answers=make.answers(make.delegation(other)), submission=number, by="test")
    assert first is not None
    registration.withdraw(participant=first, by="test")
    with pytest.raises(RegistrationError, match="Load the page again"):
        registration.submit(edition=edition, answers=given, submission=number, by="test")


def test_a_double_click_with_a_known_address_is_one_mail():
    edition, number = make.edition(), uuid.uuid4()
    first = make.participant(edition, email="a@example.org")
    for _n in range(2):
        given = make.answers(first.delegation, email="a@example.org")
        assert registration.submit(edition=edition, answers=given, submission=number, by="test") is None
    assert kinds(first) == ["confirmed", "already registered"]


@pytest.mark.parametrize("again", ["A@EXAMPLE.org", " a@example.org ", "a@example.org.", "ａ@example.org"])
def test_an_address_registers_once_while_it_is_live_and_its_owner_gets_the_link(again):
    edition = make.edition()
    first = make.participant(edition, email="a@example.org")
    given = make.answers(first.delegation, email=again)
    assert registration.submit(edition=edition, answers=given, submission=uuid.uuid4(), by="test") is None
    assert kinds(first) == ["confirmed", "already registered"]
    assert edition.participants.count() == 1


def test_after_withdrawing_the_same_address_may_register_again():
    edition = make.edition()
    make.participant(edition, "withdrawn", email="a@example.org")
    assert make.participant(edition, email="a@example.org").status == Status.CONFIRMED


def test_the_owner_of_an_address_is_not_flooded_with_links():
    edition = make.edition()
    first = make.participant(edition, email="a@example.org")
    for _n in range(10):
        given = make.answers(first.delegation, email="a@example.org")
        registration.submit(edition=edition, answers=given, submission=uuid.uuid4(), by="test")
    assert kinds(first).count("already registered") == 3


def test_a_declined_registration_is_not_taken_up_beside_a_new_one():
    edition = make.edition(requires_review=True)
    declined = make.participant(edition, "declined", email="a@example.org")
    make.participant(edition, email="a@example.org")
    with pytest.raises(RegistrationError, match="another registration"):
        registration.reopen(participant=declined, by="staff")


@pytest.mark.parametrize(
    ("shift", "words"),
    [(dt.timedelta(days=-9), "Registration opens on"), (dt.timedelta(days=60), "Registration closed on")],
)
def test_outside_the_window_nothing_is_taken_and_the_sentence_says_when_with_the_place(shift, words):
    edition = make.edition()
    with pytest.raises(RegistrationError, match=words) as error:
        make.participant(edition, at=clock.now() + shift)
    assert "(Tirana time)" in str(error.value)
    assert not Participant.objects.exists()


def test_a_delegation_of_another_edition_is_refused():
    there = make.delegation(make.edition())
    with pytest.raises(RegistrationError) as error:
        registration.submit(edition=make.edition(), answers=make.answers(there), submission=uuid.uuid4(), by="test")
    assert error.value.field == "delegation"


def test_a_visit_is_asked_with_the_registration_and_given_back_with_it():
    edition = make.edition(requires_review=True)
    visit = make.visit(edition)
    given = make.answers(make.delegation(edition))
    made = registration.submit(edition=edition, answers=given, submission=uuid.uuid4(), visits=[visit], by="test")
    assert made is not None
    assert made.bookings.get().state == "asked"
    registration.withdraw(participant=made, by="test")
    assert made.bookings.get().state == "withdrawn"


def test_a_visit_whose_sign_up_has_ended_is_refused_and_nothing_is_written():
    edition = make.edition()
    visit = make.visit(edition, signup_deadline=clock.now() - dt.timedelta(minutes=1))
    given = make.answers(make.delegation(edition))
    with pytest.raises(RegistrationError, match="ended"):
        registration.submit(edition=edition, answers=given, submission=uuid.uuid4(), visits=[visit], by="test")
    assert not Participant.objects.exists()
    assert not Message.objects.exists()


def test_every_change_of_state_leaves_one_line_of_history_without_names():
    edition = make.edition(requires_review=True)
    participant = make.participant(edition)
    registration.confirm(participant=participant, by="sec")
    registration.withdraw(participant=participant, by="participant")
    lines = HistoryLine.objects.filter(subject="participant", subject_id=participant.pk).order_by("pk")
    assert [(line.verb, line.before, line.after, line.actor) for line in lines] == [
        ("submit", "", "pending", "test"),
        ("confirm", "pending", "confirmed", "sec"),
        ("withdraw", "confirmed", "withdrawn", "participant"),
    ]


def test_details_are_corrected_and_an_old_form_undoes_nobody():
    participant = make.participant(make.edition())
    changed = changing.change_details(
        participant=participant, answers={"function": "Head"}, version=participant.version, by="test"
    )
    assert changed.function == "Head"
    with pytest.raises(RegistrationError, match="Somebody else"):
        changing.change_details(
            participant=participant, answers={"function": "Old"}, version=participant.version, by="test"
        )


def test_the_address_is_proven_once():
    participant = make.participant(make.edition())
    first = nominating.prove_address(participant=participant, by="participant").email_proven_at
    assert nominating.prove_address(participant=participant, by="participant").email_proven_at == first


def test_a_quota_that_was_read_before_it_was_cut_lets_nobody_in():
    edition = make.edition()
    stale = make.delegation(edition, quota=5)
    places.set_quota(delegation=stale, quota=0, by="staff")
    given = make.answers(stale)
    late = registration.submit(edition=edition, answers=given, submission=uuid.uuid4(), by="test")
    assert late is not None
    assert late.status == Status.WAITLISTED


def test_a_delegation_that_is_gone_is_a_sentence():
    edition = make.edition()
    gone = make.delegation(edition)
    given = make.answers(gone)
    Delegation.objects.filter(pk=gone.pk).delete()
    with pytest.raises(RegistrationError) as error:
        registration.submit(edition=edition, answers=given, submission=uuid.uuid4(), by="test")
    assert error.value.field == "delegation"


def test_a_visit_of_another_edition_is_refused():
    edition = make.edition()
    visit = make.visit(make.edition())
    given = make.answers(make.delegation(edition))
    with pytest.raises(RegistrationError, match="of this edition") as error:
        registration.submit(edition=edition, answers=given, submission=uuid.uuid4(), visits=[visit], by="test")
    assert error.value.field == "visits"


@pytest.mark.parametrize("status", ["draft", "archived"])
def test_an_edition_that_is_not_published_takes_nobody(status):
    edition = make.edition(status=status)
    with pytest.raises(RegistrationError, match="takes no registrations"):
        make.participant(edition)


def test_who_decides_second_is_told_since_when_it_is_decided():
    edition = make.edition(requires_review=True)
    person = make.participant(edition, "confirmed")
    with pytest.raises(RegistrationError, match=r"“confirmed” already, since .* \(Tirana time\)"):
        registration.confirm(participant=person, by="other")


def test_a_pending_registration_that_ends_frees_no_place():
    edition = make.edition(requires_review=True)
    put_back = make.participant(edition, "waitlisted")
    registration.withdraw(participant=make.participant(edition), by="test")
    put_back.refresh_from_db()
    assert put_back.status == Status.WAITLISTED


def test_confirming_many_costs_the_same_for_each(django_assert_max_num_queries):
    edition = make.edition(requires_review=True, capacity=99)
    people = [make.participant(edition) for _n in range(10)]
    with django_assert_max_num_queries(12 * len(people)):
        for person in people:
            registration.confirm(participant=person, by="staff")


def test_promoting_many_costs_the_same_for_each(django_assert_max_num_queries):
    edition = make.edition(capacity=0)
    for _n in range(10):
        make.participant(edition)
    with django_assert_max_num_queries(10 * 13 + 10):
        places.set_capacity(edition=edition, capacity=10, by="staff")
