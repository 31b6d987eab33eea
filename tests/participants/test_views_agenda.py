"""The page "My agenda", and the calendar that follows it."""

from __future__ import annotations

import icalendar
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Session
from events.scheduling import release_agenda
from participants import my_agenda, registration, retention
from participants.models import Participant
from participants.views.private import MISSES
from tests import make
from tests.participants.registered import path_of_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    made = make.edition()
    make.session(made, "Depots", room=make.room(made))
    make.session(made, "Marking", 11, 12, kind="working_group", letter="A")
    make.session(made, "Disposal", 11, 12, kind="working_group", letter="B")
    make.session(made, "Clinic", 15, 16, kind="side_event")
    make.visit(made, meeting_point="At the gate")
    release_agenda(edition=made, by="test")
    return made


@pytest.fixture
def person(edition):
    return make.participant(edition, "confirmed")


def titled(person, title):
    return next(one for one in person.edition.sessions.all() if str(one.title) == title)


def page(person):
    return f"/my/{person.reference}/agenda/"


def shown(browser, person, **more):
    answer = browser.get(page(person), **more)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    return answer.content.decode()


def press(browser, person, do, **fields):
    return browser.post(page(person), {"do": do} | fields)


# -- The page ---------------------------------------------------------------------------------------------------------


def test_my_registration_leads_to_it(bearer, person):
    assert page(person) in bearer.get(f"/my/{person.reference}/").content.decode()


def test_it_says_that_nothing_is_released_yet(client):
    person = make.participant(make.edition(), "confirmed")
    client.get(path_of_link(person))
    assert "The agenda is not released yet" in shown(client, person)


def test_what_is_for_all_stands_there_and_the_rest_is_offered(bearer, person):
    text = shown(bearer, person)
    mine, _summary, others = text.partition("1 more session of this day")
    assert "Depots" in mine
    assert "Choose your working group" in mine
    assert "Clinic" in others


def test_a_star_comes_and_goes_by_its_button(bearer, person):
    clinic = titled(person, "Clinic")
    answer = press(bearer, person, "star", session=clinic.pk)
    assert answer["Location"] == f"{page(person)}#s-{clinic.pk}"
    assert "more session of this day" not in shown(bearer, person).partition("9 October")[0]
    press(bearer, person, "unstar", session=clinic.pk)
    assert not person.starred.exists()


def test_a_group_is_chosen_changed_and_left(bearer, person):
    marking, disposal = titled(person, "Marking"), titled(person, "Disposal")
    for chosen, left in ((marking.pk, [marking.uid]), (disposal.pk, [disposal.uid]), ("", [])):
        answer = press(bearer, person, "choose", session=chosen, beside=marking.pk)
        assert answer["Location"] == f"{page(person)}#groups-{marking.pk}"
        assert list(person.starred.values_list("uid", flat=True)) == left


def test_what_a_browser_had_starred_is_added_by_a_press(bearer, person):
    wanted = [titled(person, "Clinic").pk, titled(person, "Depots").pk, "no number", "9" * 40, "-1", ""]
    answer = bearer.post(page(person), {"sessions": wanted})
    assert answer["Location"] == f"{page(person)}?kept=2#kept"
    assert "2 stars are added to your agenda." in bearer.get(answer["Location"]).content.decode()
    assert person.starred.count() == 2


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"do": "other"},
        {"do": "star"},
        {"do": "star", "session": "²"},
        {"do": "star", "session": "999999999"},
        {"do": "unstar", "session": "x" * 5000},
        {"do": "choose", "session": "", "beside": "0"},
    ],
)
def test_a_wrong_press_is_told_and_changes_nothing(bearer, person, fields):
    answer = bearer.post(page(person), fields)
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    assert not person.starred.exists()


@pytest.mark.parametrize("number", ["x", "", "-1", "9" * 30])
def test_a_number_of_kept_stars_that_is_none_is_passed_over(bearer, person, number):
    assert "added to your agenda" not in shown(bearer, person, query_params={"kept": number})


def test_opening_the_page_changes_nothing(bearer, person):
    bearer.get(page(person), {"do": "star", "session": titled(person, "Clinic").pk})
    assert not person.starred.exists()


def test_what_has_changed_since_the_last_release_is_marked_with_what_was_before(bearer, person):
    depots = titled(person, "Depots")
    press(bearer, person, "star", session=titled(person, "Clinic").pk)
    titled(person, "Clinic").delete()
    room = make.room(person.edition, "Annex")
    Session.objects.filter(pk=depots.pk).update(title="Old depots", room=room, start=make.local(person.edition, 8))
    make.session(person.edition, "Added", 17, 18)
    release_agenda(edition=person.edition, by="test")
    text = shown(bearer, person)
    for before in ("09:00 to 10:00", "Hall A", "Depots"):
        assert f"<del>{before}</del>" in text
    assert "Your agenda has changed with release 2" in text
    assert "Removed: “Clinic”." in text
    assert text.count("New</span>") == 1
    release_agenda(edition=person.edition, by="test")
    assert "<del>" not in shown(bearer, person)


def test_a_change_of_what_others_chose_is_no_change_of_mine(bearer, person):
    clinic = titled(person, "Clinic")
    Session.objects.filter(pk=clinic.pk).update(title="Another clinic")
    release_agenda(edition=person.edition, by="test")
    assert "Your agenda has changed" not in shown(bearer, person)


def test_who_has_a_place_on_the_visit_sees_the_meeting_point_and_can_take_it_along(bearer, person):
    visit = titled(person, "Visit to the site").visit
    assert bearer.get(f"/my/{person.reference}/visits/{visit.pk}.ics").status_code == 404
    make.booking(visit, "confirmed", person)
    assert "At the gate" in shown(bearer, person)
    answer = bearer.get(f"/my/{person.reference}/visits/{visit.pk}.ics")
    read = icalendar.Calendar.from_ical(answer.content)
    assert read["METHOD"] == "PUBLISH"
    (event,) = read.walk("VEVENT")
    assert (event["LOCATION"], event["STATUS"]) == ("At the gate", "CONFIRMED")
    assert "ATTENDEE" not in event


def test_after_a_withdrawal_the_page_stands_without_buttons(bearer, person):
    registration.withdraw(participant=person, by="test")
    text = shown(bearer, person)
    assert "has ended" in text
    assert 'method="post"' not in text.partition("<main")[2].partition("</main>")[0]


def test_the_number_of_queries_is_the_same_for_few_sessions_and_for_many(bearer, person):
    def queries():
        bearer.get(page(person))
        with CaptureQueriesContext(connection) as captured:
            shown(bearer, person)
        return len(captured)

    release_agenda(edition=person.edition, by="test")
    few = queries()
    made = [make.session(person.edition, f"Talk {n}", None, None) for n in range(30)]
    release_agenda(edition=person.edition, by="test")
    my_agenda.keep(participant=person, sessions=[one.pk for one in made], by="test")
    assert queries() == few


# -- The calendar -----------------------------------------------------------------------------------------------------


@pytest.fixture
def address(person):
    return "/" + my_agenda.give_calendar(participant=person, by="test").split("/", 3)[3]


def events(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return {str(one["SUMMARY"]): one for one in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")}


def test_the_address_is_shown_once_and_only_its_hash_is_kept(bearer, person):
    text = press(bearer, person, "give").content.decode()
    address = text.partition('<p class="address"><a href="')[2].partition('"')[0]
    assert "We show it only this once" in text
    assert "Depots" in events(bearer, "/" + address.split("/", 3)[3])
    again = shown(bearer, person)
    assert address not in again
    assert "we cannot show it again" in again
    assert press(bearer, person, "end")["Location"] == f"{page(person)}#calendar"
    assert bearer.get("/" + address.split("/", 3)[3]).status_code == 404


def test_it_holds_the_own_agenda_and_follows_it(client, person, address):
    assert set(events(client, address)) == {"Depots"}
    my_agenda.star(participant=person, session=titled(person, "Marking").pk, by="test")
    assert set(events(client, address)) == {"Depots", "A. Marking"}
    make.booking(titled(person, "Visit to the site").visit, "confirmed", person)
    Session.objects.filter(pk=titled(person, "Depots").pk).update(status="cancelled")
    release_agenda(edition=person.edition, by="test")
    read = events(client, address)
    assert set(read) == {"Depots", "A. Marking", "Visit to the site"}
    assert read["Depots"]["STATUS"] == "CANCELLED"
    assert read["Depots"]["SEQUENCE"] == 1


def test_it_is_in_the_language_of_the_address(client, edition):
    person = make.participant(edition, "confirmed", language="sq")
    assert "/sq/calendar/" in my_agenda.give_calendar(participant=person, by="test")


def test_no_cache_keeps_it_and_a_reader_who_has_it_is_told_so(client, address):
    answer = client.get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    assert not answer.cookies
    again = client.get(address, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["Cache-Control"] == "private, no-store"
    head = client.head(address)
    assert (head.status_code, head.content) == (200, b"")
    assert client.post(address).status_code == 405


def test_it_names_nobody(client, person, address):
    text = client.get(address).content.decode()
    assert person.family_name not in text
    assert person.email not in text
    assert person.reference not in text


@pytest.mark.parametrize("ends", ["withdrawn", "erased", "wrong", "registration"])
def test_an_address_that_has_ended_is_answered_like_any_wrong_one(client, person, address, ends):
    if ends == "withdrawn":
        registration.withdraw(participant=person, by="test")
    if ends == "erased":
        retention.erase_participant(participant=person, by="test")
    if ends == "wrong":
        address = f"/calendar/{'x' * 43}.ics"
    if ends == "registration":  # a link of another purpose
        address = "/calendar/" + path_of_link(person).strip("/").split("/")[-1] + ".ics"
    answer = client.get(address)
    assert answer.status_code == 404
    assert "This link does not work any more" in answer.content.decode()


def test_guessing_on_and_on_is_told_to_wait_and_who_has_an_address_is_served(client, address):
    for n in range(MISSES):
        client.get(f"/calendar/{n:043}.ics")
    assert client.get(f"/calendar/{'y' * 43}.ics").status_code == 429
    assert client.get(address).status_code == 200


def test_a_registration_that_waits_has_a_calendar_too(client):
    edition = make.edition(requires_review=True)
    make.session(edition)
    release_agenda(edition=edition, by="test")
    person = make.participant(edition)
    assert Participant.objects.get(pk=person.pk).status == "pending"
    address = my_agenda.give_calendar(participant=person, by="test")
    assert set(events(client, "/" + address.split("/", 3)[3])) == {"Depots"}
