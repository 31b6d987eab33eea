"""What a participant writes for the host of a visit, and what comes back of it: nothing but two characters."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone as clock

from events.models import FieldVisit, HistoryLine
from participants import records
from participants.models import VisitRecord
from tests import make
from tests.participants.recorded import ANSWERS, ASKS_ALL, CANARIES, TYPED, asking_visit, booked, booking_of, saved
from tests.participants.registered import path_of_link

pytestmark = pytest.mark.django_db

FIELD = re.compile(r'<(?:input|select|textarea)[^>]*name="(\w+)"')


@pytest.fixture
def visit():
    return asking_visit(make.edition(), host_list_deadline=clock.now() + dt.timedelta(days=20))


@pytest.fixture
def booking(visit):
    return booked(visit)


@pytest.fixture
def bearer(client, booking):
    """A browser that has opened the person's link."""
    client.get(path_of_link(booking.participant))
    return client


def page(booking):
    return f"/my/{booking.participant.reference}/record/"


def fields(response):
    return set(FIELD.findall(response.content.decode())) - {"csrfmiddlewaretoken"}


def holds_no_canary(response):
    text = response.content.decode()
    return not [canary for canary in (*CANARIES, "North Macedonia</dd>") if canary in text]


class TestForm:
    def test_it_asks_what_the_host_asks_and_nothing_else(self, bearer, booking):
        assert fields(bearer.get(page(booking))) == set(records.FIELDS)
        FieldVisit.objects.update(**(dict.fromkeys(ASKS_ALL, False) | {"asks_sizes": True}))
        assert fields(bearer.get(page(booking))) == {"sizes"}

    def test_it_says_why_who_sees_it_and_until_when(self, bearer, booking):
        text = bearer.get(page(booking)).content.decode()
        assert "before it lets you onto the site" in text
        assert "the visit officer" in text
        assert "9 November 2030" in text  # thirty days after the last day
        assert "(Tirana time)" in text

    def test_the_browser_keeps_nothing_of_it(self, bearer, booking):
        answer = bearer.get(page(booking))
        text = answer.content.decode()
        assert answer["Cache-Control"] == "private, no-store"
        typed = re.findall(r'<(?:input|select|textarea)[^>]*name="(?!csrf)\w+"[^>]*>', text)
        assert typed
        assert all('autocomplete="off"' in one for one in typed)

    def test_where_nothing_is_asked_there_is_no_page(self, bearer, booking):
        FieldVisit.objects.update(**dict.fromkeys(ASKS_ALL, False))
        assert bearer.get(page(booking))["Location"] == f"/my/{booking.participant.reference}/"

    def test_a_footnote_stands_where_its_mark_can_be_chosen(self, bearer, booking):
        edition = booking.participant.edition
        edition.footnotes = "* This designation is without prejudice."
        edition.save()
        assert "* This designation is without prejudice." in bearer.get(page(booking)).content.decode()

    def test_nobody_else_opens_it(self, booking, client):
        other = booked(booking.visit)
        client.get(path_of_link(other.participant))
        assert client.get(page(booking)).status_code == 404
        assert client.post(page(booking), TYPED).status_code == 404
        assert Client().post(page(booking), TYPED).status_code == 404
        assert not VisitRecord.objects.exists()


class TestSaving:
    def test_what_is_saved_does_not_come_back(self, bearer, booking):
        answer = bearer.post(page(booking), TYPED, follow=True)
        text = answer.content.decode()
        assert "Your record is complete." in text
        assert "…Q5" in text
        assert "Saved on" in text
        assert "You have a place on this visit." in text
        assert holds_no_canary(answer)
        assert not re.search(r'value="(passport|MK)"[^>]*(checked|selected)', text)

    def test_it_is_kept_as_typed(self, bearer, booking):
        bearer.post(page(booking), TYPED)
        record = VisitRecord.objects.get(booking=booking)
        assert {name: getattr(record, name) for name in TYPED} == TYPED

    def test_it_proves_the_address(self, bearer, booking):
        bearer.post(page(booking), TYPED)
        booking.participant.refresh_from_db()
        assert booking.participant.email_proven_at

    def test_a_double_click_saves_one_record(self, bearer, booking):
        assert [bearer.post(page(booking), TYPED).status_code for _n in range(2)] == [302, 302]
        assert VisitRecord.objects.count() == 1

    def test_when_the_host_asks_more_the_page_says_so(self, bearer, booking):
        FieldVisit.objects.update(asks_sizes=False)
        bearer.post(page(booking), TYPED)
        FieldVisit.objects.update(asks_sizes=True)
        answer = bearer.get(page(booking))
        assert "The host asks for more now" in answer.content.decode()
        assert holds_no_canary(answer)

    def test_after_the_deadline_there_is_no_form_and_a_late_post_changes_nothing(self, bearer, booking):
        bearer.post(page(booking), TYPED)
        FieldVisit.objects.update(host_list_deadline=clock.now() - dt.timedelta(hours=1))
        answer = bearer.get(page(booking))
        assert fields(answer) == set()
        assert "The list went to the host on" in answer.content.decode()
        late = bearer.post(page(booking), TYPED | {"document_number": "LATE1234"})
        assert late.status_code == 422
        assert records.ending(booking) == "Q5"

    def test_of_several_visits_each_has_its_record(self, bearer, booking):
        person = booking.participant
        second = make.visit(person.edition, asks_sizes=True)
        booking_of(person, second)
        bearer.post(f"{page(booking)}?visit={booking.visit_id}", TYPED)
        answer = bearer.get(page(booking))
        assert fields(answer) == {"sizes"}
        assert f"?visit={booking.visit_id}" in answer.content.decode()
        bearer.post(page(booking), {"sizes": "M, 40"})
        assert set(VisitRecord.objects.values_list("booking__visit", flat=True)) == {booking.visit_id, second.pk}


BAD = [
    ("nationality", "", "Choose your nationality"),
    ("nationality", "ZZ", "Choose your nationality"),
    ("document_type", "driving licence", "Choose passport or identity card"),
    ("document_number", "", "Write the number of the document"),
    ("document_number", "\u200b", "Write the number of the document"),
    ("document_number", "АА123456", "letters A to Z"),  # Cyrillic
    ("document_number", "A1", "letters A to Z"),
    ("document_number", "=1+1", "letters A to Z"),
    ("document_number", "A" * 31, "at most 30 characters"),
    ("document_expiry", "", "Write until when the document is valid"),
    ("document_expiry", "2030-10-08", "9 October 2030"),  # the day before the visit
    ("document_expiry", "0001-01-01", "must be valid on the day"),
    ("document_expiry", "9999-12-31", "Write the date like"),
    ("document_expiry", "32.1.2031", "Write the date like"),
    ("birth_date", "2131-01-01", "on which you were born"),
    ("birth_date", "0001-01-01", "on which you were born"),
    ("emergency_contact", "\u3164", "for an emergency"),
    ("emergency_contact", "x" * 301, "at most 300 characters"),
    ("sizes", "", "Write your sizes"),
    ("sizes", "x" * 101, "at most 100 characters"),
]


class TestErrors:
    @pytest.mark.parametrize(("name", "typed", "said"), BAD)
    def test_a_wrong_answer_is_explained_and_the_others_are_kept_in_that_answer(
        self, bearer, booking, name, typed, said
    ):
        answer = bearer.post(page(booking), TYPED | {name: typed})
        text = answer.content.decode()
        assert answer.status_code == 422
        assert said in text
        assert f'href="#id_{name}' in text
        kept = {"document_number": 'value="KNRX7788Q5"', "sizes": 'value="canary XXL, 47"'}
        assert all(value in text for field, value in kept.items() if field != name)
        assert not VisitRecord.objects.exists()
        assert holds_no_canary(bearer.get(page(booking)))

    @pytest.mark.parametrize("typed", ["2037-03-29", "29.3.2037", "29. 3. 2037"])
    def test_a_day_may_be_typed_as_people_write_it(self, bearer, booking, typed):
        assert bearer.post(page(booking), TYPED | {"document_expiry": typed}).status_code == 302
        assert VisitRecord.objects.get().document_expiry == "2037-03-29"

    @pytest.mark.parametrize(("typed", "kept"), [(" ba 12-34 ", "BA 12-34"), ("knrx7788q5", "KNRX7788Q5")])
    def test_the_number_is_kept_in_capital_letters(self, bearer, booking, typed, kept):
        bearer.post(page(booking), TYPED | {"document_number": typed})
        assert VisitRecord.objects.get().document_number == kept

    @pytest.mark.parametrize("where", ["abc", "-1", "10" * 40, "\x00", "١"])
    def test_an_address_that_names_no_visit_shows_the_first(self, bearer, booking, where):
        assert bearer.get(page(booking), {"visit": where}).status_code in {200, 400}

    def test_odd_bytes_are_no_fault_of_ours(self, bearer, booking):
        odd = dict.fromkeys(records.FIELDS, "\x00\ud800\x0b".encode("utf-8", "surrogatepass"))
        assert bearer.post(page(booking), odd).status_code in {400, 422}


def test_no_line_of_the_history_holds_an_answer(bearer, booking):
    bearer.post(page(booking), TYPED)
    lines = HistoryLine.objects.values_list("before", "after", "verb", "actor")
    assert not [canary for line in lines for text in line for canary in CANARIES if canary in text]


def test_a_saved_record_of_another_is_not_shown_either(bearer, booking):
    saved(booking.visit, answers={"document_number": "OTHER9999"})
    text = bearer.get(page(booking)).content.decode()
    assert "…99" not in text
    assert ANSWERS["sizes"] not in text
