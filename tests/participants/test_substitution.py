"""A delegation takes people back, or sends others in their place, which is kept."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone as clock

from events.models import HistoryLine
from participants import links, nominating, places, registration
from participants.capacity import places_left, quota_left
from participants.models import Link, Message, Nomination, Participant
from participants.registration import RegistrationError, Status
from tests import make

pytestmark = pytest.mark.django_db
LIVE = ["pending", "confirmed", "waitlisted"]
ENDED = ["declined", "withdrawn"]


def kinds(subject):
    return list(subject.messages.order_by("pk").values_list("kind", flat=True))


def status(person):
    return Participant.objects.get(pk=person.pk).status


def holds(nomination):
    return Nomination.objects.get(pk=nomination.pk).holds_place


def good_links(nomination):
    return links.good().filter(nomination=nomination).count()


def came_to(wanted, nomination):
    """Who registered with the nomination and was then brought to that status."""
    return make.registered(nomination, "" if wanted == "pending" else wanted)


@pytest.fixture
def edition():
    return make.edition(capacity=1, requires_review=True)


@pytest.fixture
def replaced(edition):
    """Who has the only place, and three who wait for it: two of the same delegation."""
    person = make.registered(make.named(make.delegation(edition), is_head=True), "confirmed")
    for of in ("Albania", "Serbia", "Albania"):
        make.participant(edition, "waitlisted", of=of)
    return person


def waiting(edition):
    return edition.participants.filter(status="waitlisted").count()


# -- Withdrawing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", LIVE)
def test_a_nomination_that_is_withdrawn_ends_the_registration_with_one_mail(before):
    edition = make.edition(requires_review=True)
    nomination = make.named(make.delegation(edition))
    person = came_to(before, nomination)
    mails = len(kinds(person))
    nominating.withdraw_nomination(nomination=nomination, by="contact")
    assert status(person) == "withdrawn"
    assert kinds(person)[mails:] == ["nomination withdrawn"]
    assert kinds(nomination) == ["nominated"]
    assert good_links(nomination) == 0


@pytest.mark.parametrize("before", ENDED)
def test_a_registration_that_has_ended_stays_as_it_ended(before):
    nomination = make.named(make.delegation(make.edition(requires_review=True)))
    person = came_to(before, nomination)
    nominating.withdraw_nomination(nomination=nomination, by="contact")
    assert status(person) == before
    assert kinds(nomination) == ["nominated", "nomination withdrawn"]


def test_who_has_not_registered_is_told_and_the_link_is_dead():
    nomination = make.named(make.delegation(make.edition()))
    withdrawn = nominating.withdraw_nomination(nomination=nomination, by="contact")
    assert withdrawn.withdrawn_at is not None
    assert kinds(nomination) == ["nominated", "nomination withdrawn"]
    assert good_links(nomination) == 0
    lines = HistoryLine.objects.filter(subject="nomination", subject_id=nomination.pk, verb="withdraw")
    assert [line.actor for line in lines] == ["contact"]


def test_the_place_of_a_withdrawn_nomination_goes_to_the_first_in_line(edition, replaced):
    nominating.withdraw_nomination(nomination=replaced.nomination, by="contact")
    assert (places_left(edition), waiting(edition)) == (0, 2)
    assert edition.messages.filter(kind="promoted").count() == 1


def test_a_kept_place_that_is_given_back_goes_to_the_first_in_line(edition, replaced):
    substitute = make.substitute(replaced)
    assert waiting(edition) == 3
    nominating.withdraw_nomination(nomination=substitute, by="contact")
    assert (places_left(edition), waiting(edition)) == (0, 2)
    assert not holds(substitute)


def test_a_withdrawn_pending_nomination_without_a_kept_place_promotes_nobody():
    edition = make.edition(requires_review=True)
    put_back = make.participant(edition, "waitlisted")
    nomination = make.named(make.delegation(edition))
    make.registered(nomination)
    nominating.withdraw_nomination(nomination=nomination, by="contact")
    assert status(put_back) == "waitlisted"


# -- Replacing ----------------------------------------------------------------------------------------------------


def test_the_place_of_a_confirmed_person_is_kept_for_the_substitute(edition, replaced):
    nominating.attach_letter(
        delegation=replaced.delegation,
        reference="12",
        date=dt.date(2030, 5, 2),
        scan=None,
        nominations=[replaced.nomination],
        by="contact",
    )
    mails = len(kinds(replaced))
    new = make.substitute(replaced.nomination)
    assert (new.holds_place, new.is_head, new.letter, new.replaces) == (True, True, None, replaced.nomination)
    assert (status(replaced), kinds(replaced)[mails:]) == ("withdrawn", ["replaced"])
    assert (places_left(edition), waiting(edition)) == (0, 3)
    assert kinds(new) == ["substitute"]
    assert good_links(replaced.nomination) == 0


def test_the_substitute_is_confirmed_on_the_kept_place(edition, replaced):
    new = make.substitute(replaced.nomination)
    person = make.registered(new)
    assert (person.status, person.role, holds(new)) == (Status.PENDING, "head", True)
    assert registration.confirm(participant=person, by="sec").status == Status.CONFIRMED
    assert not holds(new)
    assert (places_left(edition), waiting(edition)) == (0, 3)


def test_without_review_the_substitute_has_the_place_at_once():
    edition = make.edition(capacity=1)
    first, waits = make.participant(edition), make.participant(edition)
    new = make.substitute(first)
    person = make.registered(new)
    assert (person.status, status(waits), holds(new)) == (Status.CONFIRMED, "waitlisted", False)
    assert kinds(person) == ["confirmed"]


@pytest.mark.parametrize("verb", [registration.decline, registration.withdraw])
def test_a_substitute_who_does_not_come_gives_the_kept_place_to_the_next_in_line(edition, replaced, verb):
    new = make.substitute(replaced.nomination)
    person = make.registered(new)
    verb(participant=person, by="sec")
    assert (holds(new), places_left(edition), waiting(edition)) == (False, 0, 2)


def test_a_substitute_who_is_replaced_hands_the_kept_place_on(edition, replaced):
    first = make.substitute(replaced.nomination)
    second = make.substitute(first, "Second")
    person = make.registered(second)
    third = make.substitute(person, "Third")
    assert [holds(n) for n in (first, second, third)] == [False, False, True]
    assert (status(person), places_left(edition), waiting(edition)) == ("withdrawn", 0, 3)
    assert kinds(first) == ["substitute", "replaced"]
    assert [n.order for n in (first, second, third)] == [1, 1, 1]


@pytest.mark.parametrize("before", LIVE)
@pytest.mark.parametrize("how", ["by nomination", "by registration", "without a nomination"])
def test_the_registration_of_who_is_replaced_ends_and_only_a_place_is_kept(before, how):
    edition = make.edition(requires_review=True)
    delegation = make.delegation(edition)
    if how == "without a nomination":
        person = make.participant(edition, "" if before == "pending" else before)
    else:
        person = came_to(before, make.named(delegation))
    who: Any = person.nomination if how == "by nomination" else person
    new = make.substitute(who)
    assert (status(person), new.holds_place) == ("withdrawn", before == "confirmed")
    assert kinds(person)[-1] == "replaced"
    assert kinds(new) == ["substitute" if before == "confirmed" else "nominated"]
    assert delegation.nominations.filter(withdrawn_at=None).get() == new


@pytest.mark.parametrize("before", ENDED)
@pytest.mark.parametrize("by_registration", [True, False])
def test_of_a_registration_that_has_ended_only_the_nomination_is_replaced(before, by_registration):
    nomination = make.named(make.delegation(make.edition(requires_review=True)))
    person = came_to(before, nomination)
    new = make.substitute(person if by_registration else nomination)
    assert (status(person), new.holds_place) == (before, False)
    assert kinds(nomination) == ["nominated", "replaced"]


@pytest.mark.parametrize("before", ENDED)
def test_who_has_ended_and_was_never_nominated_is_not_replaced(before):
    person = make.participant(make.edition(requires_review=True), before)
    with pytest.raises(RegistrationError, match="has ended"):
        make.substitute(person)


def test_a_head_without_a_nomination_is_replaced_by_a_head():
    edition = make.edition()
    person = make.participant(edition)
    places.reassign(participant=person, role="head", delegation=person.delegation, by="sec")
    assert make.substitute(person).is_head


@pytest.mark.parametrize("role", Participant.UNCOUNTED_ROLES)
@pytest.mark.parametrize("before", ["", "confirmed"])
def test_a_place_is_kept_only_for_roles_that_take_one(role, before):
    person = make.participant(make.edition(requires_review=True), before, role=role)
    with pytest.raises(RegistrationError, match="Write to the secretariat"):
        make.substitute(person)
    assert status(person) == (before or "pending")


def test_people_of_another_delegation_are_not_replaced():
    edition = make.edition()
    other = make.delegation(edition, "Serbia")
    person = make.participant(edition)
    for which in ({"participant": person}, {"nomination": make.named(person.delegation)}, {}):
        with pytest.raises(RegistrationError, match="of this delegation"):
            nominating.substitute(delegation=other, name="New", email="new@example.org", by="contact", **which)
    assert not other.nominations.exists()


def test_nobody_is_replaced_by_themselves_or_by_a_colleague_who_is_nominated():
    delegation = make.delegation(make.edition())
    one, two = (make.named(delegation, name, email=f"{name}@example.org") for name in ("one", "two"))
    for name in ("one", "two"):
        with pytest.raises(RegistrationError, match="already"):
            make.substitute(one, name, email=f"{name}@example.org")
    assert set(delegation.nominations.filter(withdrawn_at=None)) == {one, two}


def test_the_one_replaced_may_come_back():
    delegation = make.delegation(make.edition())
    one = make.named(delegation, "One", email="one@example.org")
    new = make.substitute(one)
    assert make.substitute(new, "One", email="one@example.org").replaces == new


def test_a_place_is_handed_on_until_the_edition_begins_also_after_the_deadline():
    edition = make.edition(nomination_deadline=clock.now() + dt.timedelta(days=1))
    late = make.local(edition, 23, 59, day=-1)
    confirmed = make.registered(make.named(make.delegation(edition)))
    only_named = make.named(confirmed.delegation, "Other")
    with pytest.raises(RegistrationError, match="Nominations ended"):
        make.substitute(only_named, at=late, by_contact=True)
    new = make.substitute(confirmed, at=late, by_contact=True)
    with pytest.raises(RegistrationError, match="edition has begun"):
        make.substitute(new, "Third", at=make.local(edition, 0))


def test_a_substitute_known_by_a_proven_address_is_confirmed_without_a_link(edition, replaced):
    person = edition.participants.filter(status="waitlisted", delegation=replaced.delegation).earliest("pk")
    nominating.prove_address(participant=person, by="participant")
    new = make.substitute(replaced, email=person.email)
    person.refresh_from_db()
    assert (person.nomination, person.status, new.holds_place) == (new, Status.CONFIRMED, False)
    assert (places_left(edition), waiting(edition)) == (0, 2)


def test_the_visit_place_of_who_is_replaced_is_free():
    edition = make.edition()
    visit = make.visit(edition, capacity=1)
    people = [make.participant(edition, visits=[visit]) for _n in range(2)]
    make.substitute(people[0])
    assert [person.bookings.get().state for person in people] == ["withdrawn", "confirmed"]


# -- What is counted ----------------------------------------------------------------------------------------------


def test_a_kept_place_counts_for_capacity_and_quota():
    edition = make.edition(capacity=2)
    delegation = make.delegation(edition, quota=2)
    make.substitute(make.participant(edition))
    assert (places_left(edition), quota_left(delegation)) == (1, 1)
    assert [make.participant(edition).status for _n in range(2)] == ["confirmed", "waitlisted"]


def test_a_quota_keeps_a_place_too_and_a_colleague_does_not_get_it():
    edition = make.edition()
    delegation = make.delegation(edition, quota=1)
    new = make.substitute(make.participant(edition))
    colleague = make.participant(edition)
    assert colleague.status == Status.WAITLISTED
    assert make.registered(new).status == Status.CONFIRMED
    assert quota_left(delegation) == 0


@pytest.mark.parametrize("limit", ["capacity", "quota"])
def test_a_cut_below_the_kept_places_is_refused_with_both_numbers(limit):
    edition = make.edition(capacity=2)
    delegation = make.delegation(edition, quota=2)
    replaced, _other = make.participant(edition), make.participant(edition)
    make.substitute(replaced)
    subject: Any = {"edition": edition} if limit == "capacity" else {"delegation": delegation}
    cut: Any = places.set_capacity if limit == "capacity" else places.set_quota
    with pytest.raises(RegistrationError, match="2 places are taken, of them 1 kept for substitutes") as error:
        cut(**subject, by="sec", **{limit: 1})
    assert error.value.field == limit
    assert getattr(cut(**subject, by="sec", **{limit: 2}), limit) == 2


def test_nothing_of_the_replaced_person_is_handed_on_nor_kept_in_the_history():
    edition = make.edition()
    secret = {"family_name": "Tajnik", "email": "tajnik@example.org", "dietary": "no nuts", "phone": "+355672123456"}
    person = make.participant(edition, **secret)
    new = make.substitute(person, "Vesna Zamjena", email="vesna@example.org")
    told = "".join(message.subject + message.text + message.html for message in new.messages.all())
    to_old = "".join(m.subject + m.text + m.html for m in Message.objects.filter(kind="replaced"))
    lines = str(list(HistoryLine.objects.values_list("before", "after")))
    for words in ("Tajnik", "tajnik@", "nuts", "672123456"):
        assert words not in told
        assert words not in lines
    for words in ("Vesna", "Zamjena", "vesna@"):
        assert words not in to_old
        assert words not in lines
    assert not Link.objects.filter(nomination=new, participant__isnull=False).exists()
