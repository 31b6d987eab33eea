"""The field visits of a participant by the link: book, accept, see what is missing, give back."""

import datetime as dt

import pytest
from django.utils import timezone as clock

from events.models import Session
from participants import registration, visits
from participants.models import Participant, VisitBooking
from tests import make
from tests.participants.registered import path_of_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make.edition()


@pytest.fixture
def visit(edition):
    return make.visit(
        edition,
        capacity=2,
        rules="Stay on the path",
        what_to_wear="Closed shoes",
        signup_deadline=make.local(edition, 18),
        host_list_deadline=make.local(edition, 20),
    )


@pytest.fixture
def person(edition):
    return make.participant(edition)


def home(person):
    return f"/my/{person.reference}/visits/"


def said(answer):
    """The words of the page, with single blanks."""
    return " ".join(answer.content.decode().split())


def book(bearer, person, visit, **more):
    return bearer.post(home(person), {"visit": visit.pk, "do": "book"} | more)


def booking(person):
    return VisitBooking.objects.get(participant=person)


def test_the_page_says_what_a_visit_is_and_offers_a_place(bearer, person, visit):
    page = said(bearer.get(home(person)))
    for words in ("Clearance site", "Closed shoes", "Stay on the path", "Version 1", "2 of 2 free", "Book a place"):
        assert words in page
    assert "8 October 2030, 18:00 (Tirana time)" in page
    assert "I accept the rules" not in page


def test_a_place_is_booked_and_the_rules_are_accepted_without_a_script(bearer, person, visit):
    answer = book(bearer, person, visit)
    assert (answer.status_code, answer["Location"]) == (302, f"{home(person)}#visit-{visit.pk}")
    page = said(bearer.get(home(person)))
    assert "You have no place yet." in page
    assert "Accept the rules below." in page
    assert "before 8 October 2030, 20:00 (Tirana time)" in page
    bearer.post(home(person), {"visit": visit.pk, "do": "accept", "version": 1})
    assert booking(person).state == "confirmed"
    page = said(bearer.get(home(person)))
    assert "You have a place. Nothing is missing." in page
    assert "You accepted version 1 on" in page


def test_the_first_thing_done_here_proves_the_address(bearer, person, visit):
    assert person.email_proven_at is None
    bearer.get(home(person))
    person.refresh_from_db()
    assert person.email_proven_at is None
    book(bearer, person, visit)
    person.refresh_from_db()
    assert person.email_proven_at


def test_a_double_click_is_one_booking(bearer, person, visit):
    book(bearer, person, visit)
    assert book(bearer, person, visit).status_code == 302
    assert person.bookings.count() == 1


def test_rules_that_changed_meanwhile_are_shown_again(bearer, person, visit):
    book(bearer, person, visit)
    visits.renew_rules(visit=visit, rules="No telephones", by="staff")
    answer = bearer.post(home(person), {"visit": visit.pk, "do": "accept", "version": 1})
    assert answer.status_code == 422
    assert "The rules of the visit have changed." in said(answer)
    assert "<title>Error:" in said(answer)
    assert "No telephones" in said(answer)
    assert booking(person).rules_version is None


def test_who_has_a_place_and_older_rules_is_asked_again(bearer, person, visit):
    book(bearer, person, visit)
    visits.accept_rules(booking=booking(person), version=1, by="participant")
    visits.renew_rules(visit=visit, rules="No telephones", by="staff")
    page = said(bearer.get(home(person)))
    assert "Place confirmed, something is missing" in page
    assert "The rules have changed. Accept them again below." in page


def test_a_full_visit_offers_the_waiting_list(bearer, person, edition):
    visit = make.visit(edition, capacity=0)
    assert "Join the waiting list" in said(bearer.get(home(person)))
    book(bearer, person, visit)
    assert "If a place is free for you, we write to you at once." in said(bearer.get(home(person)))


def test_after_the_deadline_nothing_is_offered_and_a_late_post_is_told_since_when(bearer, person, edition):
    visit = make.visit(edition, signup_deadline=clock.now() - dt.timedelta(hours=1))
    page = said(bearer.get(home(person)))
    assert "Sign-up ended on" in page
    assert 'value="book"' not in page
    answer = book(bearer, person, visit)
    assert answer.status_code == 422
    assert "(Tirana time)" in said(answer)
    assert not person.bookings.exists()


def test_a_refusal_is_told_without_its_reason_here_and_in_the_file(bearer, person, edition):
    visit = make.visit(edition)
    visits.refuse(booking=make.booking(visit, person=person), reason="canary reason", by="staff")
    page = said(bearer.get(home(person)))
    assert "The host cannot receive you on this field visit." in page
    assert 'value="book"' not in page
    assert "canary" not in page + said(bearer.get(f"/my/{person.reference}/data.json"))
    assert book(bearer, person, visit).status_code == 422


def test_the_record_is_asked_for_once_the_registration_is_confirmed(client):
    edition = make.edition(requires_review=True)
    visit = make.visit(edition, asks_identity=True)
    person = make.participant(edition)
    client.get(path_of_link(person))
    book(client, person, visit)
    link = f'href="/my/{person.reference}/record/"'
    assert link not in said(client.get(home(person)))
    assert "when your registration is confirmed" in said(client.get(home(person)))
    registration.confirm(participant=person, by="staff")
    assert link in said(client.get(home(person)))


def test_the_answer_of_the_host_is_waited_for(bearer, person, edition):
    visit = make.visit(edition, needs_host_approval=True, host_list_deadline=make.local(edition, 20))
    make.booking(visit, person=person)
    page = said(bearer.get(home(person)))
    assert "The answer of the host. The secretariat asks for it." in page
    assert "Do this before" not in page, "there is nothing to do"


def test_giving_back_is_asked_once_more(bearer, person, edition):
    visit = make.visit(edition, capacity=1)
    mine, waiting = make.booking(visit, person=person), make.booking(visit)
    path = f"{home(person)}{visit.pk}/give-back/"
    page = said(bearer.get(path))
    assert "Do you want to give back your place?" in page
    assert booking(person).state == "confirmed"
    assert bearer.post(path).status_code == 302
    waiting.refresh_from_db()
    assert (booking(person).state, waiting.state) == ("withdrawn", "confirmed")
    assert bearer.post(path).status_code == 302
    assert "Given back" in said(bearer.get(home(person)))
    assert mine.pk == booking(person).pk


def test_who_is_on_a_bus_keeps_the_place(bearer, person, edition):
    visit = make.visit(edition)
    make.booking(visit, person=person)
    VisitBooking.objects.update(boarded_out_at=clock.now())
    answer = bearer.post(f"{home(person)}{visit.pk}/give-back/")
    assert answer.status_code == 422
    assert "has boarded" in said(answer)
    assert booking(person).state == "confirmed"


@pytest.mark.parametrize("number", ["", "abc", "-1", "0", "9" * 30, "9" * 5000, "1e3", "١"])
def test_a_visit_that_is_none_is_not_found(bearer, person, visit, number):
    assert bearer.post(home(person), {"visit": number, "do": "book"}).status_code == 404
    if number.isascii() and number.isdigit():
        assert bearer.get(f"{home(person)}{number}/give-back/").status_code == 404


@pytest.mark.parametrize("version", ["", "abc", "9" * 30, "-1"])
def test_a_version_that_is_none_is_refused(bearer, person, visit, version):
    book(bearer, person, visit)
    assert bearer.post(home(person), {"visit": visit.pk, "do": "accept", "version": version}).status_code == 422


@pytest.mark.parametrize("do", ["", "approve", "\x00", "x" * 5000])
def test_a_button_that_is_none_changes_nothing(bearer, person, visit, do):
    answer = bearer.post(home(person), {"visit": visit.pk, "do": do})
    assert answer.status_code in {400, 422}
    assert not person.bookings.exists()


def test_a_visit_of_another_edition_and_a_booking_that_is_none_are_not_found(bearer, person, visit):
    foreign = make.visit(make.edition())
    assert book(bearer, person, foreign).status_code == 404
    assert bearer.post(home(person), {"visit": visit.pk, "do": "accept", "version": 1}).status_code == 404
    for pk in (foreign.pk, visit.pk):
        assert bearer.get(f"{home(person)}{pk}/give-back/").status_code == 404


def test_the_link_of_one_person_gives_nothing_of_another_back(bearer, edition):
    visit = make.visit(edition)
    other = make.booking(visit)
    answer = bearer.post(f"{home(other.participant)}{visit.pk}/give-back/")
    assert answer.status_code == 404
    other.refresh_from_db()
    assert other.state == "confirmed"


def test_a_registration_that_has_ended_shows_and_offers_nothing(bearer, person, visit):
    book(bearer, person, visit)
    registration.withdraw(participant=person, by="participant")
    page = said(bearer.get(home(person)))
    assert "Given back" in page
    assert "<button" not in page.partition("<main")[2]
    assert book(bearer, person, visit).status_code == 422


def test_a_cancelled_visit_says_so(bearer, person, visit):
    Session.objects.update(status="cancelled")
    page = said(bearer.get(home(person)))
    assert "This field visit is cancelled." in page
    assert book(bearer, person, visit).status_code == 422


def test_an_edition_without_a_visit_says_so(bearer, person):
    assert "This edition has no field visit." in said(bearer.get(home(person)))
    assert "Field visit" not in said(bearer.get(f"/my/{person.reference}/")).partition("<main")[2]


def test_the_overview_leads_to_the_visits(bearer, person, visit):
    assert f'href="{home(person)}"' in said(bearer.get(f"/my/{person.reference}/"))


def test_the_page_costs_the_same_for_one_visit_and_for_three(bearer, person, edition, django_assert_max_num_queries):
    make.booking(make.visit(edition), person=person)
    Participant.objects.update(email_proven_at=clock.now())
    bearer.get(home(person))
    with django_assert_max_num_queries(12) as few:
        bearer.get(home(person))
    for _n in range(2):
        make.booking(make.visit(edition), person=person)
    with django_assert_max_num_queries(len(few)):
        bearer.get(home(person))


@pytest.mark.parametrize("language", ["sq", "mk"])
def test_it_opens_in_other_languages(bearer, person, visit, language):
    assert bearer.get(f"/{language}{home(person)}").status_code == 200
