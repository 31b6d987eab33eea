"""Delegations in the back office: invited once, their contact persons changed, two editors told of each other."""

import re
import uuid
from typing import Any

import pytest

from events.models import Edition, HistoryLine
from participants import links, nominating
from participants.bulk import send_bulk
from participants.models import Delegation, Message
from tests import make
from tests.office import change, errors, fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make.edition(invitation={"en": "Dear colleagues, please come.", "sq": "Ju lutemi, ejani."})


@pytest.fixture
def office(client, edition):
    """A browser of the secretariat of the edition."""
    client.force_login(make.staff("secretariat", edition))
    return client


@pytest.fixture
def delegations(edition):
    albania = make.delegation(edition, contact_name="Arta", contact_email="arta@example.org", language="sq")
    serbia = make.delegation(edition, "Serbia", contact_email="serbia@example.org")
    silent = make.delegation(edition, "Moldova")
    return albania, serbia, silent


def page_of(edition):
    return f"/admin/participants/delegation/invite/{edition.slug}/"


def ticked(page):
    return re.findall(r'name="invite" value="([\d-]+)" checked', page.content.decode())


def said(answer):
    return [str(message) for message in answer.context["messages"]]


class TestInvitations:
    def test_the_page_shows_the_letter_and_to_whom_it_goes_and_sends_nothing(self, office, edition, delegations):
        page = office.get(page_of(edition))
        text = page.content.decode()
        assert "Dear colleagues, please come." in text
        assert "Ju lutemi, ejani." in text
        assert "Arta &lt;arta@example.org&gt;" in text
        assert "1 delegation has no contact address." in text
        assert len(ticked(page)) == 2
        assert not Message.objects.exists()

    def test_the_second_press_invites_each_with_a_link_of_their_own(self, office, edition, delegations):
        answer = office.post(page_of(edition), {"invite": ticked(office.get(page_of(edition)))}, follow=True)
        assert said(answer) == ["2 invitations are queued."]
        assert sorted(Message.objects.values_list("to", flat=True)) == ["arta@example.org", "serbia@example.org"]
        assert ticked(answer) == []

    def test_pressed_twice_one_letter_goes_out(self, office, edition, delegations):
        sent = {"invite": ticked(office.get(page_of(edition)))}
        office.post(page_of(edition), sent)
        again = office.post(page_of(edition), sent, follow=True)
        assert said(again)[-1] == "2 delegations were invited meanwhile, and are not invited again."
        assert Message.objects.count() == 2

    def test_one_is_invited_from_the_list_and_once_more_when_that_is_meant(self, office, edition, delegations):
        albania = delegations[0]
        chosen = {"action": "invite", "_selected_action": [albania.pk]}
        for number in (1, 2):
            shown = office.post("/admin/participants/delegation/", chosen, follow=True)
            assert len(ticked(shown)) == 1
            office.post(page_of(edition), {"invite": ticked(shown)})
            assert Message.objects.filter(to="arta@example.org").count() == number
        assert links.good().filter(delegation=albania).count() == 1

    def test_delegations_of_two_editions_are_not_invited_together(self, client, edition, delegations):
        client.force_login(make.staff("secretariat"))
        other = make.delegation(make.edition(), contact_email="other@example.org")
        chosen = {"action": "invite", "_selected_action": [delegations[0].pk, other.pk]}
        answer = client.post("/admin/participants/delegation/?edition=all", chosen, follow=True)
        assert said(answer) == ["Choose delegations of one edition."]

    @pytest.mark.parametrize("value", ["", "abc", "1", "-", "9-9-9", "99999999999999-1", "0-0", "１-0", "1-1; drop"])
    def test_odd_values_invite_nobody(self, office, edition, delegations, value):
        assert office.post(page_of(edition), {"invite": [value]}).status_code == 302
        assert office.get(page_of(edition) + f"?delegation={value}").status_code == 200
        assert not Message.objects.exists()

    def test_a_delegation_of_another_edition_is_not_invited(self, office, edition):
        other = make.delegation(make.edition(), contact_email="other@example.org")
        office.post(page_of(edition), {"invite": [f"{other.pk}-0"]})
        assert not Message.objects.exists()

    def test_nobody_is_invited_to_a_draft(self, office, edition, delegations):
        sent = {"invite": ticked(office.get(page_of(edition)))}
        Edition.objects.filter(pk=edition.pk).update(status="draft")
        page = office.get(page_of(edition))
        assert "Publish the edition first." in page.content.decode()
        assert "disabled" in page.content.decode()
        assert "Publish the edition first." in said(office.post(page_of(edition), sent, follow=True))[0]
        assert not Message.objects.exists()

    def test_the_list_leads_to_the_page(self, office, edition, delegations):
        page = office.get(f"/admin/participants/delegation/?edition={edition.pk}").content.decode()
        assert page_of(edition) in page


class TestContact:
    def test_with_another_address_the_link_of_the_former_contact_ends(self, office, edition, delegations):
        albania = delegations[0]
        links.delegation_link(albania)
        change(office, albania, contact_name="Arta M.")
        assert links.good().filter(delegation=albania).exists()
        change(office, albania, contact_email="new@example.org")
        assert not links.good().filter(delegation=albania).exists()
        assert HistoryLine.objects.filter(verb="revoke links").count() == 1

    def test_what_waits_for_the_former_contact_is_dropped_and_a_message_to_all_goes_to_the_new_one(
        self, office, edition, delegations
    ):
        albania = delegations[0]
        nominating.invite(delegation=albania, by="sec")
        facts: dict[str, Any] = {"subject": "Bus", "text": "See {link}", "submission": uuid.uuid4(), "by": "sec"}
        send_bulk(edition=edition, audience="contacts", **facts)
        change(office, albania, contact_email="new@example.org")
        message = albania.messages.get()
        assert (message.kind, message.to) == ("group", "new@example.org")
        assert Message.objects.filter(to="serbia@example.org", kind="group").count() == 1

    def test_two_who_edit_do_not_write_over_each_other(self, office, delegations):
        albania = delegations[0]
        path = f"/admin/participants/delegation/{albania.pk}/change/"
        mine = fields(office.get(path)) | {"contact_name": "Mine"}
        Delegation.objects.filter(pk=albania.pk).update(contact_email="theirs@example.org")
        refused = office.post(path, mine)
        assert "Somebody else saved this delegation" in errors(refused)["__all__"][0]
        assert "Mine" in refused.content.decode()
        albania.refresh_from_db()
        assert (albania.contact_name, albania.contact_email) == ("Arta", "theirs@example.org")

    def test_a_delegation_stays_with_its_edition(self, office, edition, delegations):
        change(office, delegations[0], edition=make.edition().pk)
        delegations[0].refresh_from_db()
        assert delegations[0].edition == edition

    def test_a_new_one_is_made(self, office, edition):
        typed = {"edition": edition.pk, "name": "Montenegro", "kind": "state", "language": "en"}
        assert office.post("/admin/participants/delegation/add/", typed).status_code == 302
        assert Delegation.objects.get().name == "Montenegro"

    def test_the_form_leads_to_the_page_of_the_delegation(self, office, delegations):
        page = office.get(f"/admin/participants/delegation/{delegations[0].pk}/change/").content.decode()
        assert f'href="/delegations/{delegations[0].pk}/"' in page


def test_the_languages_that_the_letter_is_not_written_in_are_named(office, edition, delegations):
    told = "The letter is not written in:"
    assert told not in office.get(page_of(edition)).content.decode()
    make.delegation(edition, "Bulgaria", contact_email="bulgaria@example.org", language="bg")
    page = office.get(page_of(edition)).content.decode()
    assert f"{told} български." in page or f"{told} Български." in page
