"""Requests for changes in the back office: old and new side by side, accepted or refused."""

from typing import Any

import pytest

from participants import changing, registration
from participants.models import ChangeRequest, Message, Participant
from tests import make

pytestmark = pytest.mark.django_db

LIST = "/admin/participants/changerequest/"


@pytest.fixture
def edition():
    return make.edition()


@pytest.fixture
def office(client, edition):
    """A browser of the secretariat of the edition."""
    client.force_login(make.staff("secretariat", edition))
    return client


@pytest.fixture
def person(edition):
    return make.participant(edition)


@pytest.fixture
def asked(person):
    """A request that waits."""
    answers = {"function": "Director <b>", "gender": "x", "dietary": ""}
    person.dietary = "No pork"
    person.save(update_fields=["dietary"])
    return changing.request_change(participant=person, answers=answers, version=person.version, by="participant")


def page(office, request):
    return office.get(f"{LIST}{request.pk}/change/")


def decide(office, request, decision):
    return office.post(f"{LIST}{request.pk}/change/", {"decision": decision}, follow=True).content.decode()


def test_old_and_new_stand_side_by_side(office, asked):
    shown = page(office, asked)
    told = [(one.label, one.old, one.new) for one in shown.context["compared"]]
    assert told == [
        ("Gender", "male", "other or not said"),
        ("Function", "Adviser", "Director <b>"),
        ("Food", "No pork", ""),
    ]
    text = shown.content.decode()
    assert "Director &lt;b&gt;" in text
    assert "nothing written" in text


def test_accepted_the_details_are_changed(office, asked, person):
    assert "The details are changed." in decide(office, asked, "accept")
    changed = Participant.objects.get(pk=person.pk)
    assert (changed.function, changed.gender, changed.dietary) == ("Director <b>", "x", "")
    asked.refresh_from_db()
    assert asked.decided_by.startswith("staff")
    text = page(office, asked).content.decode()
    assert "Director" not in text
    assert "Accept the change" not in text


def test_refused_they_stay(office, asked, person):
    assert "The details are as before." in decide(office, asked, "refuse")
    assert Participant.objects.get(pk=person.pk).function == "Adviser"


@pytest.mark.parametrize("decision", ["accept", "refuse"])
def test_pressed_twice_it_happens_once(office, asked, decision):
    decide(office, asked, decision)
    before = Message.objects.count()
    assert "already, since" in decide(office, asked, decision)
    assert Message.objects.count() == before


@pytest.mark.parametrize("decision", ["", "nonsense", "\u202e"])
def test_what_is_no_decision_decides_nothing(office, asked, decision):
    decide(office, asked, decision)
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_why_it_cannot_be_accepted_is_said(office, asked, person):
    registration.withdraw(participant=person, by="participant")
    assert "This registration is “withdrawn”." in decide(office, asked, "accept")


@pytest.mark.parametrize("key", ["abc", "0", "99999999999999999999", "-1"])
def test_a_key_that_is_none_is_answered(office, asked, key):
    response = office.post(f"{LIST}{key}/change/", {"decision": "accept"}, follow=True)
    assert response.status_code in {200, 404}
    assert not ChangeRequest.objects.exclude(state="asked").exists()


def test_one_of_another_edition_is_not_reached(client, asked):
    client.force_login(make.staff("secretariat", make.edition()))
    assert page(client, asked).status_code == 302
    decide(client, asked, "accept")
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_the_visit_officer_looks_and_decides_nothing(client, edition, asked):
    client.force_login(make.staff("visit-officer", edition))
    assert "Accept the change" not in page(client, asked).content.decode()
    decide(client, asked, "accept")
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_the_first_page_leads_to_those_that_wait(office, edition, asked):
    other = make.participant(edition, family_name="Modelaj")
    done: Any = changing.request_change(participant=other, answers={"function": "X"}, version=other.version, by="test")
    changing.refuse_change(request=done, by="test")
    ((_edition, waiting, _is_ours),) = office.get("/admin/").context["editions"]
    (changes,) = [one for one in waiting if one.words == "changes to decide"]
    listed = office.get(changes.link).content.decode()
    assert changes.number == 1
    assert "Primjerić" in listed
    assert "Modelaj" not in listed
