"""What the page of a registration shows beside the answers, and how the first page leads to it."""

import pytest

from participants import changing, nominating, places, visits
from tests import make

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
        assert "Clearance site: asked" in page
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
