"""The form of a nominated person: partly filled, for them alone, and both keys meet."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from events.models import Edition
from participants import links, nominating, registration
from participants.models import Link, Message, Participant
from tests.participants.delegated import words
from tests.participants.registered import open_edition, open_visit, typed

pytestmark = pytest.mark.django_db

SENT = "/editions/2027-tirana/register/sent/"


@pytest.fixture
def edition():
    return open_edition(requires_nomination=True, requires_review=False)


@pytest.fixture
def serbia(edition):
    return edition.delegations.get(name="Serbia")


@pytest.fixture
def mira(serbia):
    return nominating.nominate(delegation=serbia, name="Mira Ana Primerić", email="mira@example.org", by="test")


def path_of(nomination):
    return "/" + links.nominee_link(nomination).split("/", 3)[3]


def answers(edition, **changed):
    return typed(edition, delegation=None, **changed)


def test_the_form_is_filled_with_what_the_delegation_wrote(client, mira):
    page = client.get(path_of(mira)).content.decode()
    for name, value in (
        ("given_name", "Mira Ana"),
        ("family_name", "Primerić"),
        ("email", "mira@example.org"),
    ):
        assert f'name="{name}" value="{value}"' in page
    assert re.search(r'name="printed_name"(?! value)', page), "it follows the name that is corrected"
    assert "<b>Serbia nominates you.</b>" in page
    assert 'name="delegation"' not in page
    assert "Your delegation must nominate you too" not in page


def test_the_page_is_as_private_as_its_link(client, mira):
    page = client.get(path_of(mira))
    assert page["Cache-Control"] == "private, no-store"
    assert page["X-Robots-Tag"] == "noindex"
    assert page["Referrer-Policy"] == "same-origin"


def test_a_name_of_one_word_is_the_family_name(client, serbia):
    one = nominating.nominate(delegation=serbia, name="Sokrat", email="s@example.org", by="test")
    page = client.get(path_of(one)).content.decode()
    assert 'name="family_name" value="Sokrat"' in page
    assert not re.search(r'name="given_name" value', page)


def test_opening_changes_nothing(client, mira):
    path = path_of(mira)
    before = (Participant.objects.count(), list(Link.objects.values()), Message.objects.count())
    for _again in range(3):
        assert client.get(path).status_code == 200
        assert client.head(path).status_code == 200
    assert before == (Participant.objects.count(), list(Link.objects.values()), Message.objects.count())


def test_a_good_post_registers_and_both_keys_meet(client, edition, mira):
    answer = client.post(path_of(mira), answers(edition))
    assert (answer.status_code, answer["Location"]) == (302, SENT)
    person = Participant.objects.get()
    assert (person.nomination, person.delegation, person.status) == (mira, mira.delegation, "confirmed")


def test_the_delegation_cannot_be_chosen(client, edition, mira):
    other = edition.delegations.get(name="Kosovo*")
    client.post(path_of(mira), typed(edition, delegation=str(other.pk)))
    assert Participant.objects.get().delegation == mira.delegation


def test_the_head_of_a_delegation_comes_as_head(client, edition, serbia):
    head = nominating.nominate(delegation=serbia, name="Mira", email="mira@example.org", is_head=True, by="test")
    page = client.get(path_of(head))
    assert "You come as head of the delegation." in words(page)
    assert 'name="role"' not in page.content.decode()
    client.post(path_of(head), answers(edition, role="donor"))
    assert Participant.objects.get().role == "head"


def test_a_bad_post_keeps_the_answers(client, edition, mira):
    visit = open_visit(edition)
    answer = client.post(path_of(mira), answers(edition, family_name="", function="Chief", visits=[str(visit.pk)]))
    assert answer.status_code == 422
    assert "Write your family name" in words(answer)
    assert 'value="Chief"' in answer.content.decode()
    assert not Participant.objects.exists()


def test_sent_twice_it_is_one_registration(client, edition, mira):
    path = path_of(mira)
    for _again in range(2):
        assert client.post(path, answers(edition)).status_code == 302
    assert Participant.objects.count() == 1


def test_who_registered_already_is_told_and_helped_to_the_link(client, edition, mira):
    path = path_of(mira)
    client.post(path, answers(edition, family_name="Hidden"))
    page = client.get(path)
    assert page.status_code == 200
    assert "You are registered already" in words(page)
    assert 'action="/my/lost/"' in page.content.decode()
    assert "Hidden" not in page.content.decode()
    assert "mira@example.org" not in page.content.decode()


def test_who_withdrew_can_register_again(client, edition, mira):
    path = path_of(mira)
    client.post(path, answers(edition))
    registration.withdraw(participant=Participant.objects.get(), by="test")
    assert "Serbia nominates you." in words(client.get(path))
    assert client.post(path, answers(edition)).status_code == 302
    assert Participant.objects.get(nomination=mira).status == "confirmed"


@pytest.mark.parametrize("ended", ["withdrawn", "replaced", "corrected", "expired", "purpose", "altered"])
def test_a_link_that_ended_opens_nothing(client, edition, mira, ended):
    path = path_of(mira)
    if ended == "withdrawn":
        nominating.withdraw_nomination(nomination=mira, by="test")
    elif ended == "replaced":
        nominating.substitute(delegation=mira.delegation, nomination=mira, name="X", email="x@example.org", by="test")
    elif ended == "corrected":
        nominating.correct(nomination=mira, name=mira.name, email="new@example.org", by="test")
    elif ended == "expired":
        Link.objects.update(expires_at=timezone.now())
    elif ended == "purpose":
        path = "/register" + links.delegation_link(mira.delegation).split("/delegations", 1)[1]
    else:
        path = path[:-2] + ("A" if path[-2] != "A" else "B") + "/"
    before = Message.objects.count()
    for answer in (client.get(path), client.post(path, answers(edition))):
        assert answer.status_code == 404
        assert "This link does not work any more" in words(answer)
    assert not Participant.objects.exists()
    assert Message.objects.count() == before


@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 44, "%00", "é" * 43, "A" * 10_000, "..", "a/b"])
def test_odd_tokens_are_answered_like_a_link_that_ended(client, edition, token):
    assert client.get(f"/register/{token}/").status_code in {400, 404}


def test_after_the_window_it_is_closed_and_the_answers_are_shown(client, edition, mira):
    path = path_of(mira)
    with time_machine.travel(edition.registration_closes + dt.timedelta(minutes=1)):
        assert client.get(path).status_code == 403
        answer = client.post(path, answers(edition))
        assert answer.status_code == 403
        assert "Ministry of Examples" in words(answer)
    assert not Participant.objects.exists()


def test_a_place_that_is_kept_can_be_taken_until_the_edition_begins(client, edition, serbia, mira):
    client.post(path_of(mira), answers(edition))
    substitute = nominating.substitute(
        delegation=serbia, nomination=mira, name="Ceca Primerić", email="ceca@example.org", by="test"
    )
    path = path_of(substitute)
    with time_machine.travel(edition.registration_closes + dt.timedelta(minutes=1)):
        page = client.get(path)
        assert page.status_code == 200
        assert "A place is kept for you." in words(page)
        assert "Registration closes on" not in words(page)
    with time_machine.travel(dt.datetime.combine(edition.first_day, dt.time(8), edition.zone)):
        assert client.get(path).status_code == 403
    with time_machine.travel(edition.registration_closes + dt.timedelta(minutes=1)):
        assert client.post(path, answers(edition, email="ceca@example.org")).status_code == 302
    assert Participant.objects.get(nomination=substitute).status == "confirmed"


def test_a_form_that_was_open_too_long_keeps_the_answers(edition, mira):
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(path_of(mira), answers(edition))
    assert answer.status_code == 403
    assert "Send the form again" in words(answer)
    assert 'value="Ministry of Examples"' in answer.content.decode()


def test_an_edition_that_is_not_public_is_told_without_its_menu(client, edition, mira):
    path = path_of(mira)
    Edition.objects.filter(pk=edition.pk).update(status="draft")
    page = client.get(path)
    assert page.status_code == 403
    assert "/editions/2027-tirana/" not in page.content.decode()


def test_a_typed_address_alone_inherits_no_nomination(client, edition, mira):
    client.post("/editions/2027-tirana/register/", typed(edition))
    stranger = Participant.objects.get()
    assert (stranger.nomination, stranger.status) == (None, "pending")
