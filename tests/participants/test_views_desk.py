"""The check-in desk: who may stand there, what it shows, what it takes."""

import datetime as dt
import re
import uuid

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from events.models import Edition
from participants import attendance, checkin, registration
from participants.models import Attendance, Scan
from participants.views import desk
from tests.participants.at_the_desk import confirmed, running_edition, scan, session, signed_in, staff
from tests.participants.registered import participant

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return running_edition()


@pytest.fixture
def person(edition):
    return confirmed(edition, phone="+355672123456", dietary="No pork")


@pytest.fixture
def phone(edition):
    return signed_in(staff(edition=edition))


def at(edition, page=""):
    return f"/checkin/{edition.slug}/{page}"


def text_of(answer):
    plain = re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", plain)


def press(phone, edition, code, **changed):
    """Check in by the button of the page."""
    given = {"code": code, "point": f"day:{edition.days[0]}", "nonce": str(uuid.uuid4())}
    return phone.post(at(edition), given | changed)


# -- Who may stand there ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "result/1/"])
def test_without_signing_in_the_desk_asks_to(client, edition, page):
    answer = client.get(at(edition, page))
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize("role", ["observer", "visit-officer"])
def test_other_staff_have_no_desk(edition, role):
    browser = signed_in(staff(role, edition))
    for page in ("/checkin/", at(edition)):
        assert browser.get(page).status_code == 403
    assert press(browser, edition, "BCDF2345").status_code == 403
    assert browser.post(at(edition, "scan/"), "{}", content_type="application/json").status_code == 403
    assert browser.post(at(edition, "undo/"), {}).status_code == 403


def test_staff_of_another_edition_find_nothing(person, edition):
    tried = scan(person)
    browser = signed_in(staff(edition=running_edition("2028-skopje")))
    for page in ("", f"result/{tried.pk}/"):
        assert browser.get(at(edition, page)).status_code == 404
    assert press(browser, edition, person.code).status_code == 404
    assert browser.post(at(edition, "undo/"), {"nonce": str(tried.nonce)}).status_code == 404
    other = at(Edition.objects.get(slug="2028-skopje"))
    assert browser.get(f"{other}result/{tried.pk}/").status_code == 404
    assert browser.post(f"{other}undo/", {"nonce": str(tried.nonce)}).status_code == 422
    tried.refresh_from_db()
    assert tried.void_at is None


def test_a_role_taken_away_refuses_at_the_next_request(phone, edition):
    assert phone.get(at(edition)).status_code == 200
    edition.staff_roles.all().delete()
    assert phone.get(at(edition)).status_code == 403


def test_an_archived_edition_and_one_without_days_have_no_desk(phone, edition):
    Edition.objects.filter(pk=edition.pk).update(status="archived")
    assert phone.get(at(edition)).status_code == 404


def test_who_has_one_desk_goes_there_at_once(phone, edition):
    assert phone.get("/checkin/")["Location"] == at(edition)


def test_who_has_several_desks_chooses(edition):
    running_edition("2028-skopje")
    answer = signed_in(staff()).get("/checkin/")
    assert answer.content.decode().count("/checkin/20") == 2


# -- Finding ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["primj", "PRIMJERIC", "Примјерић", "examples", "serbia", "mira prim"])
def test_a_person_is_found_in_any_script_and_by_organisation(phone, person, edition, words):
    shown = text_of(phone.get(at(edition), {"q": words}))
    assert "Mira Primjerić" in shown
    assert "Ministry of Examples" in shown


def test_the_desk_shows_nothing_private(phone, person, edition):
    pages = [phone.get(at(edition), {"q": "primj"}), phone.get(press(phone, edition, person.code)["Location"])]
    for page in [*pages, phone.get(at(edition))]:
        shown = page.content.decode()
        for secret in (person.email, "672123456", "No pork", person.reference):
            assert secret not in shown
        assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


def test_a_code_is_found_as_typed(phone, person, edition):
    code = person.code
    shown = text_of(phone.get(at(edition), {"q": f" {code[:4].lower()} {code[4:].lower()} "}))
    assert "1 person for" in shown
    assert "Mira Primjerić" in shown


def test_people_without_a_place_are_shown_as_such(phone, edition):
    participant(edition, "pending@example.org", family_name="Primerova")
    gone = confirmed(edition, "Primerovski")
    registration.withdraw(participant=gone, by="test")
    shown = text_of(phone.get(at(edition), {"q": "prim"}))
    assert "Pending" in shown
    assert "Withdrawn" in shown


def test_who_is_here_is_shown_with_the_time(phone, person, edition):
    row = attendance.mark(participant=person, day=edition.days[0], by="office")
    time = row.recorded_at.astimezone(edition.zone).strftime("%H:%M")
    assert f"Here since {time}" in text_of(phone.get(at(edition), {"q": "primj"}))


def test_too_many_say_that_there_are_more(phone, edition):
    for number in range(21):
        participant(edition, f"p{number}@example.org", family_name=f"Primer{number}")
    answer = phone.get(at(edition), {"q": "primer"})
    assert "More than 20 people" in text_of(answer)
    assert answer.content.decode().count("<bdi>Mira") == 20


@pytest.mark.parametrize("words", ["   ", "\u200b", "zzz", "%", "_", "'; drop", "x" * 5000])
def test_what_fits_nobody_is_said(phone, person, edition, words):
    answer = phone.get(at(edition), {"q": words})
    assert answer.status_code == 200
    assert "Mira Primjerić" not in text_of(answer)


def test_the_number_of_queries_does_not_depend_on_the_number_of_people(phone, edition, django_assert_max_num_queries):
    for number in range(8):
        scan(confirmed(edition, f"Primer{number}"))
        session(edition, f"Session {number}", 9 + number)
    with django_assert_max_num_queries(14):
        phone.get(at(edition), {"q": "primer"})


# -- Checking in --------------------------------------------------------------------------------------------------


def test_a_check_in_leads_to_a_page_that_says_what_to_give(phone, person, edition):
    answer = press(phone, edition, person.code)
    tried = Scan.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, at(edition, f"result/{tried.pk}/"))
    page = phone.get(answer["Location"])
    assert "r-ok" in page.content.decode()
    shown = text_of(page)
    for words in ("Checked in", "Mira Primjerić", "Serbia", "Delegate", "no photo", "Next person", "Undo this"):
        assert words in shown


def test_loading_the_page_again_does_nothing_again(phone, person, edition):
    page = press(phone, edition, person.code)["Location"]
    for _time in range(3):
        assert "Checked in" in text_of(phone.get(page))
    assert (Scan.objects.count(), Attendance.objects.count()) == (1, 1)


def test_pressing_twice_is_one_check_in(phone, person, edition):
    nonce = str(uuid.uuid4())
    first, second = (press(phone, edition, person.code, nonce=nonce) for _time in range(2))
    assert first["Location"] == second["Location"]
    assert Scan.objects.count() == 1


def test_another_phone_is_told_since_when_and_by_whom(phone, person, edition):
    press(phone, edition, person.code)
    other = signed_in(staff(edition=edition, name="l.sample"))
    page = other.get(press(other, edition, person.code)["Location"])
    assert "r-warn" in page.content.decode()
    assert re.search(r"Already here .* Here since \d\d:\d\d on .*, seen by d\.sample", text_of(page))


def test_somebody_without_a_place_is_stopped(phone, edition):
    person = participant(edition)
    page = phone.get(press(phone, edition, person.code)["Location"])
    assert "r-stop" in page.content.decode()
    assert "Stop. Not confirmed" in text_of(page)
    assert "has not confirmed this registration yet" in text_of(page)
    assert "Open the registration" not in text_of(page)


def test_an_unknown_code_can_be_tried_and_is_stopped(phone, edition):
    page = phone.get(at(edition), {"q": "bcdf 2345"})
    assert "No badge of this edition has this code" in text_of(page)
    assert "Stop. Unknown code" in text_of(phone.get(press(phone, edition, "BCDF2345")["Location"]))
    assert Scan.objects.get().result == "refused"


@pytest.mark.parametrize(
    "changed", [{"nonce": ""}, {"nonce": "1"}, {"point": ""}, {"point": "day:2018-10-09"}, {"point": "session:99999"}]
)
def test_a_form_that_is_not_ours_is_answered_with_the_desk(phone, person, edition, changed):
    answer = press(phone, edition, person.code, **changed)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Scan.objects.exists()


@pytest.mark.parametrize("page", ["", "scan/", "undo/"])
def test_a_post_without_its_token_is_refused(edition, person, page):
    browser = signed_in(staff(edition=edition), enforce_csrf_checks=True)
    given = {"code": person.code, "point": f"day:{edition.days[0]}", "nonce": str(uuid.uuid4())}
    assert browser.post(at(edition, page), given).status_code == 403
    assert browser.post(at(edition, page), given, content_type="application/json").status_code == 403
    assert not Scan.objects.exists()


# -- Where is counted ---------------------------------------------------------------------------------------------


def test_the_point_is_chosen_once_and_kept_on_this_phone(phone, person, edition):
    opening = session(edition)
    assert phone.post(at(edition), {"choose": f"session:{opening.pk}"})["Location"] == at(edition)
    page = phone.get(at(edition), {"q": "primj"})
    assert f'name="point" value="session:{opening.pk}"' in page.content.decode()
    assert (
        f'name="point" value="day:{edition.days[0]}"'
        in signed_in(staff(name="x")).get(at(edition), {"q": "primj"}).content.decode()
    )


def test_after_midnight_the_desk_counts_the_new_day(edition):
    user = staff(edition=edition)
    midnight = dt.datetime.combine(edition.days[1], dt.time(), edition.zone)
    with time_machine.travel(midnight - dt.timedelta(minutes=30)) as clock:
        phone = signed_in(user)
        phone.post(at(edition), {"choose": f"day:{edition.days[0]}"})
        assert f"You count here: {attendance.Point(edition.days[0])}" in text_of(phone.get(at(edition)))
        clock.shift(dt.timedelta(hours=1))
        assert f"You count here: {attendance.Point(edition.days[1])}" in text_of(phone.get(at(edition)))


def test_a_point_that_is_none_cannot_be_chosen(phone, edition):
    assert phone.post(at(edition), {"choose": "session:99"}).status_code == 422


def test_a_chosen_session_that_left_the_agenda_falls_back_to_the_day(phone, edition):
    opening = session(edition)
    phone.post(at(edition), {"choose": f"session:{opening.pk}"})
    opening.delete()
    assert "You count here" in text_of(phone.get(at(edition)))


# -- Undo ---------------------------------------------------------------------------------------------------------


def test_an_undone_check_in_is_no_longer_green(phone, person, edition):
    page = press(phone, edition, person.code)["Location"]
    nonce = str(Scan.objects.get().nonce)
    assert phone.post(at(edition, "undo/"), {"nonce": nonce})["Location"] == at(edition)
    shown = phone.get(page)
    assert "r-warn" in shown.content.decode()
    assert "d.sample took this check-in back" in text_of(shown)
    assert "Undone" in text_of(phone.get(at(edition)))
    assert not Attendance.objects.standing().exists()


def test_the_button_is_gone_after_a_quarter_of_an_hour(phone, person, edition):
    tried = scan(person)
    assert b"Undo" in phone.get(at(edition)).content
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16)):
        assert b"Undo" not in phone.get(at(edition)).content
        assert b"Undo" not in phone.get(at(edition, f"result/{tried.pk}/")).content
        answer = phone.post(at(edition, "undo/"), {"nonce": str(tried.nonce)})
    assert answer.status_code == 422
    assert "15 minutes" in text_of(answer)


@pytest.mark.parametrize("nonce", ["", "1", "5b3f6c1e-0000-4000-8000-000000000000"])
def test_undo_of_nothing_is_said(phone, edition, nonce):
    assert phone.post(at(edition, "undo/"), {"nonce": nonce}).status_code == 422


# -- What a badge opens -------------------------------------------------------------------------------------------


def test_the_public_learns_nothing_from_a_badge(client, person):
    known, unknown = client.get(f"/c/{person.code}/"), client.get("/c/BCDF2345/")
    assert (known.status_code, unknown.status_code) == (200, 200)
    assert known.content.replace(person.code.encode(), b"") == unknown.content.replace(b"BCDF2345", b"")
    own = {"X-Request-ID", "Expires"}
    assert {k: v for k, v in known.headers.items() if k not in own} == {
        k: v for k, v in unknown.headers.items() if k not in own
    }
    assert person.family_name not in known.content.decode()
    assert known["X-Robots-Tag"] == "noindex"


def test_a_badge_opens_the_card_for_the_desk_and_changes_nothing(phone, person, edition):
    answer = phone.get(f"/c/{person.code.lower()}/", follow=True)
    assert answer.redirect_chain[0][0] == f"{at(edition)}?q={person.code}"
    assert "Mira Primjerić" in text_of(answer)
    assert "Check in" in text_of(answer)
    assert not Scan.objects.exists()


def test_a_badge_tells_nothing_to_staff_of_another_edition(person):
    other = signed_in(staff(edition=running_edition("2028-skopje")))
    shown = text_of(other.get(f"/c/{person.code}/"))
    assert "No badge of your editions" in shown
    assert "Primjerić" not in shown


def test_who_tries_many_codes_is_asked_to_wait_but_not_the_desk(client, phone, person):
    for _time in range(desk.MISSES):
        assert client.get("/c/BCDF2345/").status_code == 200
    answer = client.get(f"/c/{person.code}/")
    assert (answer.status_code, answer["Retry-After"]) == (429, "600")
    assert phone.get(f"/c/{person.code}/").status_code == 302


@pytest.mark.parametrize("code", ["%00", "x" * 500, "%ED%A0%80", "..", "%F0%9F%98%80"])
def test_odd_codes_never_break_the_page(code):
    assert Client().get(f"/c/{code}/").status_code in {200, 400, 404}


def test_reason_and_verdict_are_said_for_every_refusal(phone, edition):
    for reason in checkin.REASONS:
        tried = scan("BCDF2345", edition)
        Scan.objects.filter(pk=tried.pk).delete()
        tried.pk, tried.reason = None, reason
        tried.save()
        assert "Stop." in text_of(phone.get(at(edition, f"result/{tried.pk}/")))
