"""What the page of a registration shows beside the answers, and how the first page leads to it."""

import pytest

from participants import changing, nominating, places, visits
from participants.models import Participant
from tests import make
from tests.office import change, errors

pytestmark = pytest.mark.django_db

LIST = "/admin/participants/participant/"


@pytest.fixture
def edition():
    return make.edition(requires_review=True)


@pytest.fixture
def office(client, edition):
    """A browser of the secretariat of the edition."""
    client.force_login(make.staff("secretariat", edition))
    return client


class TestBeside:
    def page(self, office, person):
        return office.get(f"{LIST}{person.pk}/change/").content.decode()

    def test_it_says_why_somebody_is_pending(self, client):
        edition = make.edition(requires_review=True, requires_nomination=True)
        client.force_login(make.staff("secretariat", edition))
        person = make.participant(edition)
        assert "a nomination by Albania; the decision of the secretariat" in self.page(client, person)
        nomination = make.nomination(person.delegation, email="named@example.org")
        nominating.link_nomination(participant=person, nomination=nomination, by="test")
        page = self.page(client, person)
        assert "a nomination by" not in page
        assert "the decision of the secretariat" in page
        assert "named@example.org" in page

    def test_it_says_which_number_somebody_has(self, office, edition):
        places.set_capacity(edition=edition, capacity=0, by="test")
        make.participant(edition, "waitlisted")
        second = make.participant(edition, "waitlisted", of="Serbia")
        assert "a place: number 2 in line" in self.page(office, second)

    def test_visits_mails_and_history_are_told(self, office, edition):
        person = make.participant(edition, "confirmed")
        visits.ask(participant=person, visit=make.visit(edition), by="test")
        page = self.page(office, person)
        assert "Clearance site: confirmed" in page
        assert "confirmed: queued" in page
        assert "submit: pending (test)" in page

    def test_who_asked_to_be_erased_is_found_from_the_first_page(self, office, edition):
        person = make.participant(edition)
        make.participant(edition, family_name="Modelaj")
        changing.ask_for_erasure(participant=person, by="participant")
        ((_edition, waiting, _is_ours),) = office.get("/admin/").context["editions"]
        (asked,) = [one for one in waiting if one.words == "asked to be erased"]
        page = office.get(asked.link).content.decode()
        assert asked.number == 1
        assert "Boris Primjerić" in page
        assert "Modelaj" not in page


class TestNewAddress:
    """For somebody whose mailbox is gone: the link in the new one is all that is needed."""

    def test_the_person_confirms_what_the_secretariat_writes(self, office, edition):
        person = make.participant(edition, email="gone@example.org")
        assert change(office, person, new_email="new@example.org", function="Changed").status_code == 302
        kept = Participant.objects.get(pk=person.pk)
        assert (kept.email, kept.function) == ("gone@example.org", "Changed")
        changed = changing.confirm_new_address(link=changing.open_address_links(person).get(), by="participant")
        assert changed.email == "new@example.org"

    @pytest.mark.parametrize("typed", ["x", "a@example.org, b@example.org", "a@example.org\nBcc: b@example.org"])
    def test_what_is_no_address_is_explained(self, office, edition, typed):
        person = make.participant(edition)
        assert "new_email" in errors(change(office, person, new_email=typed))
        assert not changing.open_address_links(person).exists()

    def test_who_may_look_alone_finds_no_field_for_it(self, client, edition):
        client.force_login(make.staff("visit-officer", edition))
        page = client.get(f"{LIST}{make.participant(edition).pk}/change/")
        assert page.status_code == 200
        assert "New e-mail address" not in page.content.decode()

    def test_why_it_cannot_be_is_said(self, office, edition):
        person = make.participant(edition, "withdrawn")
        response = change(office, person, new_email="new@example.org")
        assert "The address stays as it was. This registration is “withdrawn”." in (
            office.get(response["Location"]).content.decode()
        )
