"""What a delegation says of its people: invited, nominated, corrected, put in order, with a head and a letter."""

import datetime as dt
import re

import pytest
from django.utils import timezone as clock

from events.models import Edition, HistoryLine
from participants import delivery, links, nominating
from participants.models import Link, Nomination, NominationLetter, Participant
from participants.nominating import LINKS_AN_HOUR, MOST_NOMINATIONS
from participants.registration import RegistrationError
from tests import make

pytestmark = pytest.mark.django_db
DAY = dt.date(2030, 5, 2)


def kinds(subject):
    return list(subject.messages.order_by("pk").values_list("kind", flat=True))


def token_in(message, page):
    found = re.search(rf"/{page}/([\w-]{{43}})/", message.text)
    assert found, message.text
    return found.group(1)


def opened(message, page, purpose):
    return links.find(token_in(message, page), purpose)


def history(subject):
    lines = HistoryLine.objects.filter(subject=subject._meta.model_name, subject_id=subject.pk).order_by("pk")
    return [(line.verb, line.before, line.after, line.actor) for line in lines]


@pytest.fixture
def delegation():
    return make.delegation(make.edition(), contact_name="Ana Kontakt", contact_email="contact@example.org")


def standing(delegation):
    return delegation.nominations.filter(withdrawn_at=None).order_by("order", "id")


# -- Inviting -----------------------------------------------------------------------------------------------------


def test_the_contact_person_gets_the_link_of_the_delegation(delegation):
    invited = nominating.invite(delegation=delegation, by="sec")
    assert invited.invited_at is not None
    message = delegation.messages.get()
    assert (message.kind, message.to) == ("invitation", "contact@example.org")
    link = opened(message, "delegations", Link.Purpose.DELEGATION)
    assert link is not None
    assert link.delegation == delegation
    assert history(delegation) == [("invite", "", "", "sec")]


def test_a_new_invitation_ends_the_links_before_it(delegation):
    for _n in range(2):
        nominating.invite(delegation=delegation, by="sec")
    first, second = delegation.messages.order_by("pk")
    assert opened(first, "delegations", Link.Purpose.DELEGATION) is None
    assert opened(second, "delegations", Link.Purpose.DELEGATION) is not None


def test_without_an_address_nobody_is_invited(delegation):
    delegation.contact_email = ""
    delegation.save()
    with pytest.raises(RegistrationError, match="address of the contact person") as error:
        nominating.invite(delegation=delegation, by="sec")
    assert error.value.field == "contact_email"
    assert not Link.objects.exists()


@pytest.mark.parametrize(("status", "words"), [("draft", "Publish the edition"), ("archived", "is over")])
def test_links_go_out_only_for_an_edition_that_is_open(delegation, status, words):
    nomination = make.named(delegation)
    Edition.objects.update(status=status)
    for verb in (
        lambda: nominating.invite(delegation=delegation, by="sec"),
        lambda: make.named(delegation, "Other"),
        lambda: nominating.invite_nominee(nomination=nomination, by="sec"),
        lambda: nominating.correct(nomination=nomination, name="Other", email="o@example.org", by="sec"),
        lambda: make.substitute(nomination),
    ):
        with pytest.raises(RegistrationError, match=words):
            verb()


# -- Nominating ---------------------------------------------------------------------------------------------------


def test_a_nominee_gets_a_link_of_their_own(delegation):
    nomination = make.named(delegation, "Vesna Primjerić", email="vesna@example.org")
    message = nomination.messages.get()
    assert (message.kind, message.to) == ("nominated", "vesna@example.org")
    link = opened(message, "register", Link.Purpose.NOMINEE)
    assert link is not None
    assert link.nomination == nomination
    assert nomination.invited_at is not None
    assert history(nomination) == [("nominate", "", "", "contact")]


def test_people_stand_in_the_order_in_which_they_were_named(delegation):
    people = [make.named(delegation, name) for name in ("One", "Two", "Three")]
    assert list(standing(delegation)) == people
    assert [person.order for person in people] == [1, 2, 3]


def test_name_and_address_are_cleaned(delegation):
    nomination = make.named(delegation, "  Vesna\u202e \x00 \ud800Primjeric\u0301 ", email=" v@example.org ")
    assert (nomination.name, nomination.email) == ("Vesna Primjerić", "v@example.org")


@pytest.mark.parametrize("name", ["", "  ", "\x00", "\u200b", "\u3164\u2800", "\ud800", "a" * 201, "e\u0301" * 30_000])
def test_a_name_that_nobody_can_read_is_refused(delegation, name):
    with pytest.raises(RegistrationError) as error:
        make.named(delegation, name)
    assert error.value.field == "name"
    assert not Nomination.objects.exists()


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "a@example.org\r\nBcc: b@example.org", "a\x00@example.org", "\ud800@example.org"]
)
def test_an_address_that_is_none_is_refused(delegation, email):
    with pytest.raises(RegistrationError) as error:
        make.named(delegation, email=email)
    assert error.value.field == "email"
    assert not Nomination.objects.exists()


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("Vesna Primjerić", "vesna@example.org"),
        ("VESNA  PRIMJERIĆ", "VESNA@Example.org"),
        ("Vesna Primjeric", "vesna@ExAmple.org"),
    ],
)
def test_the_same_person_is_nominated_once(delegation, name, email):
    make.named(delegation, "Vesna Primjerić", email="vesna@example.org")
    with pytest.raises(RegistrationError, match="nominated this person already") as error:
        make.named(delegation, name, email=email)
    assert error.value.field == "name"
    assert standing(delegation).count() == 1


def test_several_people_may_share_a_mailbox_and_two_delegations_may_name_one_person(delegation):
    for name in ("One", "Two"):
        make.named(delegation, name, email="office@example.org")
    make.named(make.delegation(delegation.edition, "Serbia"), "One", email="office@example.org")
    assert Nomination.objects.filter(email_key="office@example.org").count() == 3


def test_after_a_withdrawal_the_same_person_may_be_nominated_again(delegation):
    first = make.named(delegation, email="one@example.org")
    nominating.withdraw_nomination(nomination=first, by="contact")
    assert make.named(delegation, email="one@example.org") != first


def test_more_nominations_than_anybody_sends_are_refused(delegation):
    Nomination.objects.bulk_create(
        Nomination(delegation=delegation, name=str(n), email="a@example.org", email_key="a@example.org")
        for n in range(MOST_NOMINATIONS)
    )
    with pytest.raises(RegistrationError, match="at most 200"):
        make.named(delegation)


def test_a_letter_of_another_delegation_is_refused(delegation):
    other = make.delegation(delegation.edition, "Serbia")
    letter = NominationLetter.objects.create(delegation=other, reference="1", date=DAY)
    with pytest.raises(RegistrationError) as error:
        make.named(delegation, letter=letter)
    assert error.value.field == "letter"


# -- The deadline -------------------------------------------------------------------------------------------------

CONTACT_VERBS = {
    "nominate": lambda n, **more: nominating.nominate(
        delegation=n.delegation, name="Other", email="o@example.org", by="contact", **more
    ),
    "correct": lambda n, **more: nominating.correct(
        nomination=n, name="Other", email="o@example.org", by="contact", **more
    ),
    "withdraw": lambda n, **more: nominating.withdraw_nomination(nomination=n, by="contact", **more),
    "substitute": lambda n, **more: make.substitute(n, **more),
}


@pytest.mark.parametrize("verb", CONTACT_VERBS.values(), ids=CONTACT_VERBS)
def test_a_contact_person_is_held_to_the_nomination_deadline_to_the_second(verb):
    deadline = clock.now() + dt.timedelta(days=2)
    edition = make.edition(nomination_deadline=deadline)
    before, after = (make.named(make.delegation(edition, name)) for name in ("Albania", "Serbia"))
    verb(before, at=deadline - dt.timedelta(seconds=1), by_contact=True)
    with pytest.raises(RegistrationError, match=r"Nominations ended on .* \(Tirana time\)"):
        verb(after, at=deadline, by_contact=True)
    verb(after, at=deadline)


@pytest.mark.parametrize("verb", CONTACT_VERBS.values(), ids=CONTACT_VERBS)
def test_without_a_deadline_a_contact_person_acts_until_the_edition_begins(verb):
    edition = make.edition()
    nomination = make.named(make.delegation(edition))
    with pytest.raises(RegistrationError, match="has begun"):
        verb(nomination, at=make.local(edition, 0), by_contact=True)
    verb(nomination, at=make.local(edition, 23, 59, day=-1), by_contact=True)


# -- Correcting ---------------------------------------------------------------------------------------------------


def correct(nomination, **more):
    facts = {"name": nomination.name, "email": nomination.email} | more
    return nominating.correct(nomination=nomination, by="contact", **facts)


def test_a_new_address_gets_a_link_and_the_old_link_ends(delegation):
    nomination = make.named(delegation, email="wrong@example.org")
    first = nomination.messages.get()
    corrected = correct(nomination, email="Right@example.org")
    assert (corrected.email, corrected.email_key) == ("Right@example.org", "right@example.org")
    assert opened(first, "register", Link.Purpose.NOMINEE) is None
    second = nomination.messages.get()
    assert second.to == "Right@example.org"
    assert opened(second, "register", Link.Purpose.NOMINEE) is not None
    assert history(nomination)[-2:] == [("correct", "", "email", "contact"), ("drop mails", "", "1", "contact")]


def test_a_mail_that_was_sent_to_the_wrong_address_stays_on_the_list(delegation):
    nomination = make.named(delegation, email="wrong@example.org")
    assert delivery.send_next() == "sent"
    correct(nomination, email="right@example.org")
    assert list(nomination.messages.order_by("pk").values_list("to", flat=True)) == [
        "wrong@example.org",
        "right@example.org",
    ]
    assert [line[0] for line in history(nomination)] == ["nominate", "correct"]


def test_a_corrected_name_needs_no_mail_and_leaves_no_name_in_the_history(delegation):
    nomination = make.named(delegation, "Vesna Pimjerić")
    assert correct(nomination, name="Vesna Primjerić").name == "Vesna Primjerić"
    assert kinds(nomination) == ["nominated"]
    assert history(nomination)[-1] == ("correct", "", "name", "contact")


def test_nothing_new_is_no_correction(delegation):
    nomination = make.named(delegation)
    correct(nomination)
    assert [line[0] for line in history(nomination)] == ["nominate"]


def test_who_has_registered_is_not_corrected(delegation):
    nomination = make.named(delegation)
    make.registered(nomination)
    with pytest.raises(RegistrationError, match="has registered"):
        correct(nomination, name="Other")


def test_nobody_is_corrected_into_somebody_nominated(delegation):
    make.named(delegation, "One", email="one@example.org")
    other = make.named(delegation, "Other", email="other@example.org")
    with pytest.raises(RegistrationError, match="already"):
        correct(other, name="one", email="one@example.org")


# -- The link once more -------------------------------------------------------------------------------------------


def test_the_link_is_sent_again_a_few_times_an_hour(delegation):
    nomination = make.named(delegation)
    for _n in range(LINKS_AN_HOUR - 1):
        nominating.invite_nominee(nomination=nomination, by="contact")
    with pytest.raises(RegistrationError, match="Send it again later"):
        nominating.invite_nominee(nomination=nomination, by="contact")
    assert kinds(nomination) == ["nominated"] * LINKS_AN_HOUR
    for message in nomination.messages.all():
        assert opened(message, "register", Link.Purpose.NOMINEE) is not None


def test_who_has_registered_gets_no_link_to_register(delegation):
    nomination = make.named(delegation)
    person = make.registered(nomination)
    with pytest.raises(RegistrationError, match="has registered"):
        nominating.invite_nominee(nomination=nomination, by="contact")
    make.moved(person, "withdrawn")
    nominating.invite_nominee(nomination=nomination, by="contact")
    assert kinds(nomination) == ["nominated", "nominated"]


# -- Head and order -----------------------------------------------------------------------------------------------


def test_a_delegation_has_one_head(delegation):
    head = make.named(delegation, "One", is_head=True)
    with pytest.raises(RegistrationError, match="already has a head") as error:
        make.named(delegation, "Two", is_head=True)
    assert error.value.field == "is_head"
    assert list(standing(delegation).filter(is_head=True)) == [head]


def test_the_head_mark_goes_to_another_and_their_badges_follow(delegation):
    first, second = make.named(delegation, "One", is_head=True), make.named(delegation, "Two")
    old, new = make.registered(first), make.registered(second)
    assert (old.role, new.role) == ("head", "delegate")
    nominating.set_head(nomination=second, by="contact")
    assert list(standing(delegation).filter(is_head=True)) == [second]
    assert [Participant.objects.get(pk=p.pk).role for p in (old, new)] == ["delegate", "head"]
    assert history(delegation) == [("set head", f"nomination {first.pk}", f"nomination {second.pk}", "contact")]
    assert history(new)[-1] == ("set head", "delegate", "head", "contact")


def test_who_is_head_already_stays_it_without_a_line(delegation):
    head = make.named(delegation, is_head=True)
    nominating.set_head(nomination=head, by="contact")
    assert history(delegation) == []


def test_an_interpreter_takes_no_place_by_becoming_head(delegation):
    interpreter = make.participant(delegation.edition, role="interpreter")
    nomination = make.named(delegation)
    nominating.link_nomination(participant=interpreter, nomination=nomination, by="staff")
    nominating.set_head(nomination=nomination, by="contact")
    interpreter.refresh_from_db()
    assert interpreter.role == "interpreter"


@pytest.mark.parametrize(
    ("who", "up", "names"),
    [(0, True, "ABC"), (0, False, "BAC"), (1, True, "BAC"), (1, False, "ACB"), (2, False, "ABC"), (2, True, "ACB")],
)
def test_the_order_is_changed_by_one_step(delegation, who, up, names):
    people = [make.named(delegation, name) for name in "ABC"]
    Nomination.objects.update(order=0)  # as those of an import
    nominating.move(nomination=people[who], up=up, by="contact")
    assert "".join(person.name for person in standing(delegation)) == names


def test_withdrawn_nominations_are_no_step(delegation):
    first, gone, last = (make.named(delegation, name) for name in "ABC")
    nominating.withdraw_nomination(nomination=gone, by="contact")
    nominating.move(nomination=last, up=True, by="contact")
    assert list(standing(delegation)) == [last, first]
    assert history(last)[-1] == ("move", "2", "1", "contact")


@pytest.mark.parametrize(
    "verb",
    [
        lambda n: nominating.set_head(nomination=n, by="contact"),
        lambda n: nominating.move(nomination=n, up=True, by="contact"),
        lambda n: nominating.invite_nominee(nomination=n, by="contact"),
        lambda n: nominating.withdraw_nomination(nomination=n, by="contact"),
        lambda n: nominating.correct(nomination=n, name="Other", email="o@example.org", by="contact"),
        lambda n: make.substitute(n),
        lambda n: make.registered(n),
    ],
)
def test_nothing_happens_to_a_withdrawn_nomination(delegation, verb):
    nomination = make.named(delegation)
    nominating.withdraw_nomination(nomination=nomination, by="contact")
    with pytest.raises(RegistrationError, match="was withdrawn"):
        verb(nomination)


# -- In every status of who registered ----------------------------------------------------------------------------


@pytest.mark.parametrize("before", Participant.Status)
def test_what_a_delegation_can_do_in_every_status(before):
    nomination = make.named(make.delegation(make.edition(requires_review=True)))
    person = make.registered(nomination, "" if before == "pending" else before)
    is_live = before in Participant.LIVE
    nominating.set_head(nomination=nomination, by="contact")
    nominating.move(nomination=nomination, up=True, by="contact")
    with pytest.raises(RegistrationError, match="has registered"):
        correct(nomination, name="Other")
    if is_live:
        with pytest.raises(RegistrationError, match="has registered"):
            nominating.invite_nominee(nomination=nomination, by="contact")
    else:
        nominating.invite_nominee(nomination=nomination, by="contact")
    person.refresh_from_db()
    assert (person.status, person.role) == (before, "head" if is_live else "delegate")
