"""Nominations and letters in the back office: looked at there, changed by the verbs alone."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile

from participants import nominating
from participants.models import Message, Nomination, NominationLetter
from tests import make
from tests.participants.letter_files import PDF

pytestmark = pytest.mark.django_db

LIST = "/admin/participants/nomination/"


@pytest.fixture
def edition():
    return make.edition()


@pytest.fixture
def office(client, edition):
    """A browser of the secretariat of the edition."""
    client.force_login(make.staff("secretariat", edition))
    return client


@pytest.fixture
def ana(edition):
    return nominating.nominate(delegation=make.delegation(edition), name="Ana", email="ana@example.org", by="test")


def act(office, action, *rows):
    typed = {"action": action, "_selected_action": [row.pk for row in rows]}
    answer = office.post(LIST, typed, follow=True)
    return [str(message) for message in answer.context["messages"]]


def test_a_nomination_is_shown_and_not_changed_by_a_form(office, ana):
    page = office.get(f"{LIST}{ana.pk}/change/").content.decode()
    assert f'href="/delegations/{ana.delegation_id}/"' in page
    assert 'name="_save"' not in page
    assert office.post(f"{LIST}{ana.pk}/change/", {"name": "Other", "order": "9"}).status_code == 403
    assert office.post(f"{LIST}{ana.pk}/delete/", {"post": "yes"}).status_code == 403
    assert office.post(f"{LIST}add/", {"name": "Other"}).status_code == 403
    act(office, "delete_selected", ana)
    assert Nomination.objects.get().name == "Ana"


def test_links_are_sent_again_to_those_who_have_not_registered(office, edition, ana):
    person = make.participant(edition)
    boris = nominating.nominate(delegation=ana.delegation, name="Boris", email="boris@example.org", by="test")
    nominating.link_nomination(participant=person, nomination=boris, by="test")
    told = act(office, "send_link", ana, boris)
    assert told[0].startswith("Boris: This person has registered.")
    assert told[1] == "1 link is queued."
    assert Message.objects.filter(to="ana@example.org").count() == 2


def test_nominations_are_withdrawn_by_the_verb(office, edition, ana):
    person = nominating.link_nomination(participant=make.participant(edition), nomination=ana, by="test")
    assert act(office, "withdraw", ana) == ["1 nomination is withdrawn."]
    person.refresh_from_db()
    assert person.status == "withdrawn"
    assert act(office, "withdraw", ana) == ["Ana: This nomination was withdrawn already."]


def test_a_letter_is_shown_with_its_people_and_its_file_and_may_be_deleted(
    office, ana, settings, django_capture_on_commit_callbacks
):
    letter = nominating.attach_letter(
        delegation=ana.delegation,
        reference="1/2030",
        date=dt.date(2030, 1, 1),
        scan=ContentFile(PDF, "letter.pdf"),
        nominations=[ana],
        by="test",
    )
    path = f"/admin/participants/nominationletter/{letter.pk}/"
    page = office.get(f"{path}change/").content.decode()
    download = f"/delegations/{ana.delegation_id}/letters/{letter.pk}.pdf"
    assert f'href="{download}"' in page
    assert "Ana" in page
    assert letter.scan.name not in page
    assert office.get(download).content == PDF
    with django_capture_on_commit_callbacks(execute=True):
        assert office.post(f"{path}delete/", {"post": "yes"}).status_code == 302
    assert not NominationLetter.objects.exists()
    assert not letter.scan.storage.exists(str(letter.scan.name))
    ana.refresh_from_db()
    assert ana.letter is None
