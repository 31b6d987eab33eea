"""The registration page: one post, one registration, one answer."""

import datetime as dt
import re
import threading

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from participants.models import Message, Participant
from participants.registration import RegistrationError
from tests.participants.registered import open_edition, open_visit, participant, typed

pytestmark = pytest.mark.django_db

REGISTER = "/editions/2027-tirana/register/"
SENT = "/editions/2027-tirana/register/sent/"


@pytest.fixture
def edition():
    return open_edition()


def hidden(page, name):
    """A hidden answer, as a browser would send it back."""
    (value,) = re.findall(rf'name="{name}" value="([\w-]+)"', page.content.decode())
    return value


def number_of(page):
    """The number of the form."""
    return hidden(page, "submission")


def test_the_form_is_whole_without_a_script_and_asks_the_browser_to_judge_nothing(client, edition):
    page = client.get(REGISTER).content.decode()
    form = page[page.index('<form method="post"') :]
    assert "novalidate" in form
    assert not re.search(r"\s(required|maxlength|style|on\w+)=", form)
    assert "<script" not in form
    assert number_of(client.get(REGISTER)) != number_of(client.get(REGISTER))


def test_hint_and_error_belong_to_their_field(client, edition):
    page = client.post(REGISTER, typed(edition, email="boris.primjeric", gender=None)).content.decode()
    assert 'aria-describedby="id_email_helptext id_email_error"' in page
    assert '<div id="id_email_error" class="invalid-feedback">' in page
    assert 'aria-describedby="id_gender_helptext id_gender_error"' in page
    targets = re.findall(r'<li><a href="#(\w+)">', page)
    assert targets == ["id_gender_0", "id_email"]
    assert all(f'id="{target}"' in page for target in targets)


def test_the_footnote_stands_under_the_delegations(client, edition):
    page = client.get(REGISTER).content.decode()
    assert page.count("* This designation is without prejudice") == 1
    assert page.index("id_delegation") < page.index("* This designation")


def test_consent_says_how_long_with_the_numbers_of_the_edition(client, edition):
    edition.keep_visit_days, edition.keep_unconfirmed_days, edition.keep_attendance_years = 11, 222, 3
    edition.save()
    page = client.get(REGISTER).content.decode()
    assert "11 days after the workshop" in page
    assert "222 days after the workshop" in page
    assert "attendance for 3 years" in page


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"service": "military", "rank": "pukovnik", "rank_code": "OF-5"},
        {"given_name": "", "title": "", "phone": "", "dietary": ""},
        {"role": "speaker", "language": "sq", "gender": "x"},
        {"consent_photo": "on", "consent_list": "on"},
    ],
)
def test_a_good_post_registers_and_leads_on(client, edition, changed):
    answer = client.post(REGISTER, typed(edition, **changed))
    assert (answer.status_code, answer["Location"]) == (302, SENT)
    person = Participant.objects.get()
    assert person.family_name == "Primjerić"
    assert person.delegation.name == "Serbia"
    assert bool(person.consent_photo_at) == ("consent_photo" in changed)
    assert person.consent_privacy_at
    assert Message.objects.get().to == "mira@example.org"


def test_visits_are_asked_for(client, edition):
    visit = open_visit(edition)
    client.post(REGISTER, typed(edition, visits=[str(visit.pk)]))
    assert Participant.objects.get().bookings.get().visit == visit


@pytest.mark.parametrize("others", [0, 1])
def test_a_visit_that_closes_while_the_form_is_filled_in_is_not_left_out_in_silence(client, edition, others):
    visit = open_visit(edition, signup_deadline=timezone.now() + dt.timedelta(minutes=5))
    for _other in range(others):
        open_visit(edition)
    answers = typed(edition, visits=[str(visit.pk)])
    with time_machine.travel(visit.signup_deadline):
        answer = client.post(REGISTER, answers)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert "Sign-up for this field visit has ended. Take away the tick." in text
        assert 'value="Primjerić"' in text
        assert re.search(rf'<input[^>]* value="{visit.pk}"[^>]* checked', text)
        assert not Participant.objects.exists()
        assert client.post(REGISTER, answers | {"visits": []}).status_code == 302
        page = client.get(REGISTER).content.decode()
        assert page.count('name="visits"') == others
    assert not Participant.objects.get().bookings.exists()


def test_the_answer_is_the_same_for_a_known_and_an_unknown_address(client, edition):
    participant(edition, "known@example.org")

    def answer(email):
        posted = client.post(REGISTER, typed(edition, email=email))
        page = client.get(posted["Location"])
        head = {name: value for name, value in posted.items() if name != "X-Request-ID"}
        return posted.status_code, head, page.content

    assert answer("known@example.org") == answer("unknown@example.org")
    assert Participant.objects.filter(email="known@example.org").count() == 1


def test_a_bad_post_keeps_every_answer(client, edition):
    visit = open_visit(edition)
    answers = typed(
        edition,
        family_name="",
        visits=[str(visit.pk)],
        consent_photo="on",
        service="military",
        rank="'\"><svg onload=1>",
        rank_code="OF-5",
        dietary="{{7*7}}\nno pork",
        submission="5f0e1c9e-0000-4000-8000-000000000001",
    )
    answer = client.post(REGISTER, answers)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("Write your family name") == 2
    assert "<title>Error: " in page
    assert "<svg onload" not in page
    assert 'value="&#x27;&quot;&gt;&lt;svg onload=1&gt;"' in page
    assert "{{7*7}}\nno pork</textarea>" in page
    for ticked in (f'name="visits" value="{visit.pk}"', 'name="consent_photo"', 'name="service" value="military"'):
        assert "checked" in re.findall(rf"<input[^>]*{ticked}[^>]*>", page)[0]
    assert re.search(r'<option value="OF-5" selected>', page)
    assert number_of(answer) == "5f0e1c9e-0000-4000-8000-000000000001"
    assert not Participant.objects.exists()


def test_sent_twice_it_is_one_registration(client, edition):
    answers = typed(edition, submission=number_of(client.get(REGISTER)))
    assert [client.post(REGISTER, answers).status_code for _n in range(2)] == [302, 302]
    assert Participant.objects.count() == 1
    assert Message.objects.count() == 1


def test_the_same_form_sent_for_a_colleague_is_another_registration(client, edition):
    number = number_of(client.get(REGISTER))
    for email in ("mira@example.org", "boris@example.org"):
        client.post(REGISTER, typed(edition, submission=number, email=email))
    assert Participant.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_double_click_is_one_registration():
    edition = open_edition()
    answers = typed(edition, submission="5f0e1c9e-0000-4000-8000-000000000001")
    start, statuses = threading.Barrier(3), []

    def send():
        from django.db import connection

        start.wait(10)
        statuses.append(Client().post(REGISTER, answers).status_code)
        connection.close()

    clicks = [threading.Thread(target=send) for _n in range(3)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join(30)
    assert statuses == [302, 302, 302]
    assert Participant.objects.count() == 1
    assert Message.objects.count() == 1


def test_before_the_window_the_page_says_from_when_with_the_zone(client):
    opens = timezone.now() + dt.timedelta(days=3)
    edition = open_edition(registration_opens=opens)
    answer = client.get(REGISTER)
    local = opens.astimezone(edition.zone)
    assert answer.status_code == 403
    assert f"from {local.day} {local:%B %Y, %H:%M} (Tirana time)" in answer.content.decode()


def test_after_the_window_the_page_says_since_when_and_shows_what_was_typed(client, edition):
    visit = open_visit(edition)
    answers = typed(edition, visits=[str(visit.pk)], dietary="<b>no pork</b>", consent_photo="on")
    with time_machine.travel(edition.registration_closes + dt.timedelta(minutes=1)):
        assert client.get(REGISTER).status_code == 403
        answer = client.post(REGISTER, answers)
    page = answer.content.decode()
    local = edition.registration_closes.astimezone(edition.zone)
    assert answer.status_code == 403
    assert f"since {local.day} {local:%B %Y, %H:%M} (Tirana time)" in page
    for kept in ("Primjerić", "Serbia", "Clearance site", "&lt;b&gt;no pork&lt;/b&gt;", "mira@example.org", "female"):
        assert kept in page
    assert not Participant.objects.exists()


def test_registration_that_closes_between_look_and_write_is_said_kindly(client, edition, monkeypatch):
    def closes_now(**_given):
        edition.registration_closes = timezone.now() - dt.timedelta(seconds=1)
        edition.save()
        raise RegistrationError("Registration closed.")

    monkeypatch.setattr("participants.registration.submit", closes_now)
    answer = client.post(REGISTER, typed(edition))
    assert answer.status_code == 403
    assert "Registration is closed" in answer.content.decode()
    assert "Primjerić" in answer.content.decode()


def test_what_the_rules_refuse_stands_at_its_field(client, edition, monkeypatch):
    def refuses(**_given):
        raise RegistrationError("Choose another delegation.", "delegation")

    monkeypatch.setattr("participants.registration.submit", refuses)
    answer = client.post(REGISTER, typed(edition))
    assert answer.status_code == 422
    assert '<a href="#id_delegation">Choose another delegation.</a>' in answer.content.decode()


def test_a_draft_is_not_there(client):
    open_edition(status="draft")
    assert client.get(REGISTER).status_code == 404
    assert client.get(SENT).status_code == 404


def test_a_form_whose_cookie_was_lost_keeps_its_answers_and_is_sent_again(edition):
    browser = Client(enforce_csrf_checks=True)
    page = browser.get(REGISTER)
    answers = typed(edition, submission=number_of(page))
    answers["csrfmiddlewaretoken"] = hidden(page, "csrfmiddlewaretoken")
    browser.cookies.clear()
    lost = browser.post(REGISTER, answers)
    text = lost.content.decode()
    assert lost.status_code == 403
    assert "Send the form again" in text
    assert 'value="Primjerić"' in text
    assert not Participant.objects.exists()
    answers["csrfmiddlewaretoken"] = hidden(lost, "csrfmiddlewaretoken")
    assert browser.post(REGISTER, answers).status_code == 302
    assert Participant.objects.count() == 1


def test_registration_needs_no_session(client, edition):
    client.post(REGISTER, typed(edition))
    client.get(SENT)
    assert set(client.cookies) <= {"csrf"}


@pytest.mark.parametrize("path", [REGISTER, SENT])
def test_nobody_keeps_or_lists_the_pages(client, edition, path):
    answer = client.get(path)
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "same-origin"


def test_many_registrations_from_one_network_are_told_to_wait(client, edition, monkeypatch):
    monkeypatch.setattr("participants.views.registering.SENT", 1)
    assert client.post(REGISTER, typed(edition)).status_code == 302
    answer = client.post(REGISTER, typed(edition, email="other@example.org"))
    assert answer.status_code == 429
    assert 'value="Primjerić"' in answer.content.decode()


@pytest.mark.parametrize(
    ("review", "nomination", "said"),
    [
        (False, False, "you are registered at once"),
        (True, False, "The secretariat reads your registration"),
        (True, True, "The secretariat reads your registration"),
        (False, True, "We keep your registration until your delegation nominates you"),
    ],
)
def test_it_says_what_sending_the_form_does(client, review, nomination, said):
    edition = open_edition(requires_review=review, requires_nomination=nomination)
    assert said in client.get(f"/editions/{edition.slug}/register/").content.decode()
