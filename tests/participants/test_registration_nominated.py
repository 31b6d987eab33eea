"""Registering by the nominee's link: both keys at once."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone as clock

from events.models import HistoryLine
from participants import nominating, registration
from participants.models import Message, Participant
from participants.registration import RegistrationError, Status
from tests import make

pytestmark = pytest.mark.django_db


def kinds(participant: Participant) -> list[str]:
    return list(participant.messages.order_by("pk").values_list("kind", flat=True))


def submit(nomination, **more):
    """The form behind the nominee's link is sent; who is registered by it."""
    number = more.pop("submission", None) or uuid.uuid4()
    edition = more.pop("edition", nomination.delegation.edition)
    given = make.answers(more.pop("delegation", nomination.delegation), **{"email": nomination.email} | more)
    return registration.submit(edition=edition, answers=given, submission=number, by="test", nomination=nomination)


@pytest.mark.parametrize(
    ("needs", "reviews", "status"),
    [(False, False, "confirmed"), (True, False, "confirmed"), (False, True, "pending"), (True, True, "pending")],
)
def test_a_nominee_brings_both_keys(needs, reviews, status):
    edition = make.edition(requires_nomination=needs, requires_review=reviews)
    nomination = make.named(make.delegation(edition))
    person = make.registered(nomination)
    assert (person.nomination, person.delegation, person.status) == (nomination, nomination.delegation, status)
    assert kinds(person) == ["received" if reviews else "confirmed"]
    if reviews:
        assert registration.confirm(participant=person, by="sec").status == Status.CONFIRMED


@pytest.mark.parametrize("typed", ["Named@example.org", " named@EXAMPLE.org"])
def test_the_nominated_address_is_proven_by_the_link(typed):
    nomination = make.named(make.delegation(make.edition()), email="named@example.org")
    assert make.registered(nomination, email=typed).email_proven_at is not None


def test_another_address_is_not_proven():
    nomination = make.named(make.delegation(make.edition()), email="named@example.org")
    person = make.registered(nomination, email="private@example.org")
    assert (person.nomination, person.email_proven_at) == (nomination, None)


def test_the_delegation_is_that_of_the_nomination_whatever_was_chosen():
    edition = make.edition()
    nomination = make.named(make.delegation(edition))
    person = submit(nomination, delegation=make.delegation(edition, "Serbia"))
    assert person is not None
    assert person.delegation.name == "Albania"


def test_a_head_of_delegation_comes_from_the_nomination():
    delegation = make.delegation(make.edition())
    assert make.registered(make.named(delegation, "One", is_head=True)).role == "head"
    assert make.registered(make.named(delegation, "Two"), role="speaker").role == "speaker"


def test_several_nominees_of_one_mailbox_register_each_with_their_own_link():
    delegation = make.delegation(make.edition())
    people = [make.named(delegation, name, email="office@example.org") for name in ("One", "Two")]
    registered = [make.registered(nomination) for nomination in people]
    assert [p.shares_mailbox for p in registered] == [True, True]
    assert [p.status for p in registered] == ["confirmed", "confirmed"]


def sharing(**facts):
    """Two people whom a delegation nominated with one mailbox, and who registered by their links."""
    delegation = make.delegation(make.edition(**facts))
    named = [make.named(delegation, name, email="office@example.org") for name in ("One", "Two")]
    return [make.registered(nomination) for nomination in named]


def typed_only(delegation):
    """The public form is sent with the mailbox of the nominees."""
    given = make.answers(delegation, email="Office@example.org")
    return registration.submit(edition=delegation.edition, answers=given, submission=uuid.uuid4(), by="public")


def test_who_shares_a_mailbox_gets_the_link_again_and_nobody_more_registers_with_it():
    people = sharing()
    assert typed_only(people[0].delegation) is None
    assert Participant.objects.count() == 2
    assert [kinds(person) for person in people] == [["confirmed", "already registered"]] * 2


def test_a_colleague_in_the_same_mailbox_is_no_reason_against_taking_up_again():
    one, _two = sharing()
    registration.decline(participant=one, by="staff")
    assert registration.reopen(participant=one, by="staff").status == Status.PENDING


def test_who_registered_anew_with_the_shared_mailbox_is_not_taken_up_again():
    one, two = sharing()
    registration.decline(participant=one, by="staff")
    make.registered(one.nomination)
    with pytest.raises(RegistrationError, match="another registration that stands"):
        registration.reopen(participant=one, by="staff")
    registration.decline(participant=two, by="staff")
    Participant.objects.live().get().delete()
    assert typed_only(one.delegation) is not None
    with pytest.raises(RegistrationError, match="another registration that stands"):
        registration.reopen(participant=two, by="staff")


def test_a_mailbox_that_nobody_shares_is_not_marked():
    delegation = make.delegation(make.edition())
    first, second = (make.named(delegation, name, email="office@example.org") for name in ("One", "Two"))
    assert not make.registered(first, email="own@example.org").shares_mailbox
    nominating.withdraw_nomination(nomination=first, by="contact")
    assert not make.registered(second).shares_mailbox


def test_the_second_form_of_a_nominee_sends_the_link_of_the_first_to_its_owner():
    nomination = make.named(make.delegation(make.edition()))
    person = make.registered(nomination)
    assert submit(nomination, email="other@example.org") is None
    assert kinds(person) == ["confirmed", "already registered"]
    assert Participant.objects.count() == 1


def test_a_double_click_of_a_nominee_is_one_registration():
    nomination, number = make.named(make.delegation(make.edition())), uuid.uuid4()
    assert submit(nomination, submission=number) == submit(nomination, submission=number)
    assert Participant.objects.count() == 1


@pytest.mark.parametrize("ended", ["declined", "withdrawn"])
def test_who_ended_registers_anew_by_the_same_link_and_the_old_registration_leaves_the_nomination(ended):
    nomination = make.named(make.delegation(make.edition(requires_review=True)))
    first = make.registered(nomination, ended)
    second = make.registered(nomination)
    first.refresh_from_db()
    assert (first.nomination, second.nomination, second.status) == (None, nomination, Status.PENDING)
    assert HistoryLine.objects.filter(subject_id=first.pk, verb="unlink nomination").count() == 1


def test_who_registered_before_under_the_nominated_address_is_joined_not_registered_twice():
    edition = make.edition(requires_nomination=True)
    person = make.participant(edition, email="named@example.org")
    nomination = make.named(person.delegation, email="named@example.org")
    assert submit(nomination) is None
    person.refresh_from_db()
    assert (person.nomination, person.status) == (nomination, Status.CONFIRMED)
    assert kinds(person) == ["received", "confirmed", "already registered"]


@pytest.mark.parametrize("of", ["Albania", "Serbia"])
def test_an_address_of_somebody_else_consumes_no_nomination(of):
    edition = make.edition()
    person = make.participant(edition, of=of, email="other@example.org")
    nomination = make.named(make.delegation(edition), email="named@example.org")
    assert submit(nomination, email="other@example.org") is None
    person.refresh_from_db()
    assert person.nomination is None
    assert not Participant.objects.filter(nomination=nomination).exists()


def test_the_nominated_address_registered_for_another_delegation_stays_there():
    edition = make.edition()
    person = make.participant(edition, of="Serbia", email="named@example.org")
    nomination = make.named(make.delegation(edition), email="named@example.org")
    assert submit(nomination) is None
    person.refresh_from_db()
    assert (person.nomination, person.delegation.name) == (None, "Serbia")


def test_a_nomination_for_another_edition_opens_nothing():
    nomination = make.named(make.delegation(make.edition()))
    with pytest.raises(RegistrationError, match="was withdrawn"):
        submit(nomination, edition=make.edition())
    assert not Participant.objects.exists()


# -- When ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def closing():
    """An edition whose registration closes tomorrow, and that day."""
    closes = clock.now() + dt.timedelta(days=1)
    return make.edition(registration_closes=closes), closes


def test_a_nominee_registers_in_the_window_only(closing):
    edition, closes = closing
    nomination = make.named(make.delegation(edition))
    with pytest.raises(RegistrationError, match="Registration closed on"):
        make.registered(nomination, at=closes)
    assert make.registered(nomination, at=closes - dt.timedelta(seconds=1)).status == Status.CONFIRMED


def test_for_a_kept_place_one_registers_until_the_edition_begins(closing):
    edition, closes = closing
    people = [make.participant(edition) for _n in range(2)]
    first, second = (make.substitute(person) for person in people)
    with pytest.raises(RegistrationError, match="Registration closed on"):
        make.registered(first, at=make.local(edition, 0))
    assert make.registered(first, at=closes).status == Status.CONFIRMED
    assert make.registered(second, at=make.local(edition, 23, 59, day=-1)).status == Status.CONFIRMED


def test_a_place_that_is_kept_no_longer_opens_no_closed_window(closing):
    edition, closes = closing
    nomination = make.substitute(make.participant(edition))
    make.registered(nomination, "withdrawn")
    with pytest.raises(RegistrationError, match="Registration closed on"):
        make.registered(nomination, at=closes)


def test_a_kept_place_of_an_archived_edition_takes_nobody():
    edition = make.edition()
    nomination = make.substitute(make.participant(edition))
    edition.status = "archived"
    edition.save()
    with pytest.raises(RegistrationError, match="takes no registrations"):
        make.registered(nomination)


def test_while_the_edition_runs_an_open_window_is_open_for_substitutes_too():
    edition = make.edition(registration_closes=make.local(make.edition(), 12, day=2))
    nomination = make.substitute(make.participant(edition))
    assert make.registered(nomination, at=make.local(edition, 8)).status == Status.CONFIRMED


def test_a_substitute_who_comes_as_interpreter_leaves_the_place_to_the_next_in_line():
    edition = make.edition(capacity=1)
    nomination = make.substitute(make.participant(edition))
    waiting = make.participant(edition)
    assert make.registered(nomination, role="interpreter").status == Status.CONFIRMED
    waiting.refresh_from_db()
    assert waiting.status == Status.CONFIRMED
    assert Message.objects.filter(participant=waiting, kind="promoted").count() == 1
