"""The visit officer's pages: no value without a reason, a look for each value, and nobody else gets in."""

import re

import pytest
from cryptography.fernet import Fernet
from django.test import Client

from participants import records
from participants.models import RecordLook, User, VisitBooking, VisitRecord
from tests import make
from tests.participants.recorded import CANARIES, asking_visit, booked, saved

pytestmark = pytest.mark.django_db

LOOKS = "/admin/participants/recordlook/"


@pytest.fixture
def visit():
    return asking_visit(make.edition())


@pytest.fixture
def booking(visit):
    return saved(visit)


@pytest.fixture
def officer(visit):
    return make.staff("visit-officer", visit.session.edition)


@pytest.fixture
def browser(client, officer):
    """A browser of the visit officer of the edition."""
    client.force_login(officer)
    return client


def page_of(visit):
    return f"{LOOKS}visits/{visit.pk}/"


def record_of(booking):
    return f"{LOOKS}bookings/{booking.pk}/"


def found_in(response):
    return [canary for canary in CANARIES if canary in response.content.decode()]


class TestPages:
    def test_the_officer_finds_them_from_the_first_page(self, browser, visit):
        for path, link in [
            ("/admin/", LOOKS),
            (LOOKS, f"{LOOKS}visits/"),
            (f"{LOOKS}visits/", page_of(visit)),
        ]:
            assert f'href="{link}"' in browser.get(path).content.decode(), path

    def test_the_list_says_whose_record_is_complete_and_no_value(self, browser, visit, booking):
        part = saved(visit, family_name="Halved")
        VisitRecord.objects.filter(booking=part).update(sizes="")
        booked(visit, family_name="Empty")
        gone = booked(visit, family_name="Gone")
        VisitBooking.objects.filter(pk=gone.pk).update(state="withdrawn")
        answer = browser.get(page_of(visit))
        text = re.sub(r"<[^>]+>|\s+", " ", answer.content.decode())
        assert found_in(answer) == []
        assert "complete" in text.split("Primjerić")[1][:120]
        assert "something is missing" in text.split("Halved")[1][:120]
        assert "nothing yet" in text.split("Empty")[1][:120]
        assert "Gone" not in text
        assert not RecordLook.objects.exists()

    def test_it_costs_the_same_number_of_queries_for_one_and_for_three(
        self, browser, visit, booking, django_assert_max_num_queries
    ):
        browser.get(page_of(visit))
        with django_assert_max_num_queries(8):
            browser.get(page_of(visit))
        saved(visit)
        saved(visit)
        with django_assert_max_num_queries(8):
            browser.get(page_of(visit))


class TestRecord:
    def test_it_is_shown_in_the_answer_to_a_reason_and_nowhere_else(self, browser, officer, booking):
        assert found_in(browser.get(record_of(booking))) == []
        assert not RecordLook.objects.exists()
        answer = browser.post(record_of(booking), {"reason": "The gate asked"})
        assert set(found_in(answer)) == {*CANARIES} - {"2037-03-29", "1971-12-30"}
        assert "North Macedonia" in answer.content.decode()
        assert "no-store" in answer["Cache-Control"]
        assert found_in(browser.get(record_of(booking))) == []
        look = RecordLook.objects.get()
        assert look.record
        assert (look.actor, look.record.booking, look.reason) == (officer.username, booking, "The gate asked")

    @pytest.mark.parametrize("typed", [{}, {"reason": " "}, {"reason": "\u200b"}, {"reason": "x" * 301}])
    def test_without_a_reason_nothing_is_shown(self, browser, booking, typed):
        answer = browser.post(record_of(booking), typed)
        assert (answer.status_code, found_in(answer)) == (422, [])
        assert not RecordLook.objects.exists()

    def test_where_there_is_none_the_page_says_so(self, browser, visit):
        answer = browser.post(record_of(booked(visit)), {"reason": "x"})
        assert answer.status_code == 422
        assert "There is no record yet" in answer.content.decode()

    def test_a_lost_key_is_said(self, browser, booking, settings):
        settings.PRIVATE_DATA_KEYS = [Fernet.generate_key().decode()]
        assert browser.get(page_of(booking.visit)).status_code == 200
        for path, typed in [(record_of(booking), {}), (f"{page_of(booking.visit)}list/", {"form": "xlsx"})]:
            answer = browser.post(path, {"reason": "x"} | typed)
            assert answer.status_code == 422
            assert "keys of this site cannot read" in answer.content.decode()

    def test_it_is_erased_for_who_does_not_come(self, browser, booking):
        page = browser.post(f"{record_of(booking)}erase/", follow=True)
        assert "has a place on the visit" in page.content.decode()
        assert VisitRecord.objects.exists()
        VisitBooking.objects.update(state="refused")
        assert booking.participant.name in browser.get(page_of(booking.visit)).content.decode()
        browser.post(f"{record_of(booking)}erase/")
        assert not VisitRecord.objects.exists()
        assert booking.participant.name not in browser.get(page_of(booking.visit)).content.decode()


class TestList:
    @pytest.mark.parametrize("form", ["xlsx", "pdf"])
    def test_it_comes_with_a_reason_and_is_written_down(self, browser, officer, booking, form):
        answer = browser.post(f"{page_of(booking.visit)}list/", {"reason": "The host asked", "form": form})
        assert answer.content[:4] == {"xlsx": b"PK\x03\x04", "pdf": b"%PDF"}[form]
        assert f".{form}" in answer["Content-Disposition"]
        assert "no-store" in answer["Cache-Control"]
        look = RecordLook.objects.get()
        assert (look.actor, look.visit, look.action, look.records, look.reason) == (
            *(officer.username, booking.visit),
            *(f"host list {form}", 1, "The host asked"),
        )

    @pytest.mark.parametrize("typed", [{"form": "xlsx"}, {"form": "csv", "reason": "x"}, {"reason": "x"}])
    def test_without_a_reason_or_a_form_there_is_none(self, browser, booking, typed):
        answer = browser.post(f"{page_of(booking.visit)}list/", typed)
        assert answer.status_code == 422
        assert not RecordLook.objects.exists()

    def test_opening_its_address_takes_nothing_out(self, browser, booking):
        assert browser.get(f"{page_of(booking.visit)}list/").status_code == 405
        assert not RecordLook.objects.exists()


def intruders(edition):
    """Everybody who is not the officer of the edition, the one who runs the site too."""
    yield Client()
    for role in ("secretariat", "check-in", "observer"):
        yield signed_in(make.staff(role, edition))
    yield signed_in(make.staff("secretariat"))
    yield signed_in(make.staff("visit-officer", make.edition()))
    yield signed_in(User.objects.create_superuser("root"))


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def test_nobody_but_the_officer_of_the_edition_gets_in(booking):
    visit = booking.visit
    for client in intruders(visit.session.edition):
        for path in (page_of(visit), record_of(booking)):
            assert client.get(path).status_code in {302, 403, 404}
        for path in (record_of(booking), f"{page_of(visit)}list/", f"{record_of(booking)}erase/"):
            answer = client.post(path, {"reason": "x", "form": "xlsx"})
            assert answer.status_code in {302, 403, 404}
            assert found_in(answer) == []
    assert not RecordLook.objects.exists()
    assert VisitRecord.objects.exists()


class TestLooks:
    @pytest.fixture
    def look(self, booking):
        records.open_record(booking=booking, by="first officer", reason="The gate asked")
        return RecordLook.objects.get()

    @pytest.mark.parametrize("role", ["secretariat", "visit-officer"])
    def test_officer_and_secretariat_read_who_looked_and_not_what(self, look, booking, role):
        client = signed_in(make.staff(role, booking.visit.session.edition))
        for path in (LOOKS, f"{LOOKS}{look.pk}/change/"):
            answer = client.get(path)
            text = answer.content.decode()
            assert all(word in text for word in ("first officer", "The gate asked", booking.participant.name))
            assert found_in(answer) == []

    @pytest.mark.parametrize("role", ["secretariat", "visit-officer"])
    def test_nobody_changes_it(self, look, booking, role):
        client = signed_in(make.staff(role, booking.visit.session.edition))
        for path in (f"{LOOKS}{look.pk}/change/", f"{LOOKS}{look.pk}/delete/", f"{LOOKS}add/"):
            assert client.post(path, {"reason": "changed", "post": "yes"}).status_code == 403
        assert RecordLook.objects.get().reason == "The gate asked"

    @pytest.mark.parametrize("role", ["check-in", "observer"])
    def test_others_do_not_read_it(self, look, booking, role):
        assert signed_in(make.staff(role, booking.visit.session.edition)).get(LOOKS).status_code == 403

    def test_staff_of_another_edition_see_none_of_it(self, look):
        text = signed_in(make.staff("secretariat", make.edition())).get(f"{LOOKS}?edition=all").content.decode()
        assert "The gate asked" not in text

    def test_it_is_listed_without_a_key(self, look, booking, settings):
        settings.PRIVATE_DATA_KEYS = [Fernet.generate_key().decode()]
        client = signed_in(make.staff("secretariat", booking.visit.session.edition))
        assert client.get(LOOKS).status_code == 200
        assert client.get(f"{LOOKS}{look.pk}/change/").status_code == 200
