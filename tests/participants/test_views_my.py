"""What the link in the e-mail opens, for whom, and what it lets a person do."""

import datetime as dt
import json
import re
import secrets

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from events.models import HistoryLine
from participants import links, registration, throttling
from participants.models import Link, Message, Participant
from tests import make
from tests.participants.registered import home, open_edition, open_visit, participant, path_of_link

pytestmark = pytest.mark.django_db

PAGES = ["", "details/", "address/", "erase/", "withdraw/", "data.json"]


@pytest.fixture
def edition():
    return open_edition()


@pytest.fixture
def person(edition):
    return participant(edition)


def test_the_link_leads_to_an_address_without_a_secret(client, person):
    path = path_of_link(person)
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, home(person))
    cookie = answer.cookies["my"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert path.split("/")[-2] not in cookie.value
    assert client.get(answer["Location"]).status_code == 200


def test_opening_changes_nothing(client, person):
    before = Participant.objects.filter(pk=person.pk).values().get()
    lines = HistoryLine.objects.count()
    client.get(path_of_link(person))
    for page in PAGES:
        assert client.get(home(person) + page).status_code == 200
    assert Participant.objects.filter(pk=person.pk).values().get() == before
    assert HistoryLine.objects.count() == lines


def test_a_post_on_the_page_proves_the_address_once(bearer, person):
    for _n in range(2):
        assert bearer.post(home(person)).status_code == 302
    person.refresh_from_db()
    assert person.email_proven_at
    assert HistoryLine.objects.filter(verb="prove address").count() == 1
    assert "Confirm my address" not in bearer.get(home(person)).content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_without_the_link_in_this_browser_the_reference_opens_nothing(client, person, page):
    answer = client.get(home(person) + page)
    assert answer.status_code == 404
    assert "This link does not work any more" in answer.content.decode()
    assert "Primjerić" not in answer.content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_the_link_of_one_person_does_not_open_another(bearer, edition, person, page):
    other = participant(edition, "other@example.org", family_name="Vzorec")
    answer = bearer.get(home(other) + page)
    assert answer.status_code == 404
    assert "Vzorec" not in answer.content.decode()
    assert bearer.post(home(other) + page).status_code == 404
    other.refresh_from_db()
    assert other.status in Participant.LIVE


def test_two_colleagues_on_one_computer_do_not_push_each_other_out(bearer, edition, person):
    other = participant(edition, "other@example.org", family_name="Vzorec")
    bearer.get(path_of_link(other))
    assert "Primjerić" in bearer.get(home(person)).content.decode()
    assert "Vzorec" in bearer.get(home(other)).content.decode()


def test_the_pages_open_in_every_language(bearer, person):
    assert bearer.get("/sq" + home(person)).status_code == 200
    assert bearer.get("/mk" + home(person)).status_code == 200


def test_a_revoked_link_is_dead_at_once_in_every_browser(bearer, person):
    links.revoke_all(person)
    assert bearer.get(home(person)).status_code == 404


def test_an_ended_link_is_dead(bearer, person):
    Link.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert bearer.get(home(person)).status_code == 404


def test_a_link_of_another_purpose_opens_nothing(client, person):
    token = links.issue(Link.Purpose.CALENDAR, participant=person, expires_at=timezone.now() + dt.timedelta(days=1))
    assert client.get(f"/my/{token}/").status_code == 404


def test_a_forged_cookie_opens_nothing(client, person):
    path_of_link(person)
    client.cookies["my"] = f"{Link.objects.latest('pk').pk}:x"
    assert client.get(home(person)).status_code == 404


def test_every_wrong_link_is_answered_the_same(client, person):
    path = path_of_link(person)
    token = path.split("/")[-2]
    flipped = ("A" if token[0] != "A" else "B") + token[1:]
    wrong = [flipped, token[:-1], token * 2, token + "=", token.swapcase(), "x" * 5000, secrets.token_urlsafe(32)]
    answers = [client.get(f"/my/{one}/") for one in wrong]
    answers += [client.get("/my/"), client.get("/my/a/b/c/"), client.get(f"/my/%20{token}/")]
    assert {answer.status_code for answer in answers} == {404}
    mains = {re.sub('value="[^"]*"', "", a.content.decode().partition("<main")[2]) for a in answers}
    assert len(mains) == 1
    assert "This link does not work any more" in mains.pop()


def test_guessing_is_slowed_while_real_people_are_served(client, person):
    statuses = [client.get(f"/my/{secrets.token_urlsafe(32)}/").status_code for _n in range(31)]
    assert statuses == [404] * 30 + [429]
    assert client.get(f"/my/{secrets.token_urlsafe(32)}/")["Retry-After"] == "600"
    assert client.get("/my/RASR-2222222/").status_code == 429
    assert client.get(path_of_link(person)).status_code == 302
    assert client.get(home(person)).status_code == 200


def test_a_client_cannot_choose_its_address(client, rf):
    def address(settings_value, **headers):
        with override_settings(TRUSTED_PROXIES=settings_value):
            return throttling.client_address(rf.get("/", REMOTE_ADDR="10.0.0.1", **headers))

    claimed = {"HTTP_X_FORWARDED_FOR": "6.6.6.6, 1.2.3.4, 10.0.0.9"}
    assert address(0, **claimed) == "10.0.0.1"
    assert address(1, **claimed) == "10.0.0.9"
    assert address(2, **claimed) == "1.2.3.4"
    assert address(9, **claimed) == "10.0.0.1"
    assert address(1, HTTP_X_FORWARDED_FOR="2001:db8::1") == address(1, HTTP_X_FORWARDED_FOR="2001:db8::ffff")


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        (None, "Pending."),
        (registration.confirm, "Confirmed."),
        (registration.waitlist, "Waiting list."),
        (registration.decline, "Declined."),
        (registration.withdraw, "Withdrawn."),
    ],
)
def test_the_page_says_how_the_registration_stands(bearer, person, verb, words):
    if verb:
        verb(participant=person, by="test")
    assert f"<b>{words}</b>" in bearer.get(home(person)).content.decode()


def test_the_code_is_active_when_confirmed(bearer, person):
    spaced = f"{person.code[:4]} {person.code[4:]}"
    page = bearer.get(home(person)).content.decode()
    assert spaced in page
    assert "Active when you are confirmed" in page
    registration.confirm(participant=person, by="test")
    assert "Active when you are confirmed" not in bearer.get(home(person)).content.decode()


def test_the_visit_is_shown_with_its_time_at_the_place(bearer, edition, person):
    registration.booking.ask(participant=person, visit=open_visit(edition), by="test")
    page = bearer.get(home(person)).content.decode()
    assert ", 13:00 to 18:00" in page
    assert "You asked for a place" in page


def test_a_delegation_is_printed_with_its_mark_and_footnote_once(client, edition):
    person = participant(edition, delegation=edition.delegations.get(name="Kosovo*"))
    client.get(path_of_link(person))
    page = client.get(home(person)).content.decode()
    assert ">Kosovo*<" in page
    assert page.count("* This designation is without prejudice") == 1


def test_a_missing_nomination_is_said(client):
    person = participant(open_edition(requires_nomination=True))
    client.get(path_of_link(person))
    assert "We have no nomination for you yet" in client.get(home(person)).content.decode()


def test_withdrawing_is_asked_once_more_and_proves_the_address(bearer, person):
    assert "Do you want to withdraw?" in bearer.get(home(person) + "withdraw/").content.decode()
    person.refresh_from_db()
    assert person.status == Participant.Status.PENDING
    for _double_click in range(2):
        answer = bearer.post(home(person) + "withdraw/")
        assert (answer.status_code, answer["Location"]) == (302, home(person))
    person.refresh_from_db()
    assert person.status == Participant.Status.WITHDRAWN
    assert person.email_proven_at
    assert HistoryLine.objects.filter(verb="withdraw", subject="participant").count() == 1


def test_withdrawing_gives_no_place_and_joins_no_nomination_on_the_way(client):
    edition = open_edition(requires_nomination=True, requires_review=False)
    person = participant(edition)
    make.nomination(person.delegation, email=person.email)
    client.get(path_of_link(person))
    client.post(home(person) + "withdraw/")
    person.refresh_from_db()
    assert (person.status, person.nomination) == ("withdrawn", None)
    assert person.email_proven_at
    assert [message.kind for message in Message.objects.order_by("pk")] == ["received", "withdrawn"]


def test_somebody_who_waits_learns_the_number(client):
    edition = open_edition(requires_review=False, capacity=0)
    participant(edition, "first@example.org")
    person = participant(edition)
    client.get(path_of_link(person))
    assert "You are number 2." in client.get(home(person)).content.decode()


def test_who_withdrew_can_register_again_while_registration_is_open(bearer, edition, person):
    registration.withdraw(participant=person, by="participant")
    assert "Register again" in bearer.get(home(person)).content.decode()
    edition.registration_closes = timezone.now() - dt.timedelta(minutes=1)
    edition.save()
    assert "Register again" not in bearer.get(home(person)).content.decode()


def test_the_file_holds_all_of_the_person_and_nothing_of_others(bearer, edition):
    person = Participant.objects.get()
    visit = open_visit(edition)
    registration.booking.ask(participant=person, visit=visit, by="test")
    other = participant(edition, "other@example.org", family_name="Vzorec")
    Participant.objects.filter(pk=person.pk).update(staff_note="difficult")
    answer = bearer.get(home(person) + "data.json")
    text = answer.content.decode()
    held = json.loads(text)
    assert answer["Content-Disposition"] == f'attachment; filename="{person.reference}.json"'
    assert held["registration"]["family_name"] == "Primjerić"
    assert held["registration"]["dietary"] == ""
    assert held["field_visits"][0]["visit"] == "Clearance site"
    assert [message["kind"] for message in held["messages"]] == ["received"]
    assert held["history"][0]["verb"] == "submit"
    for foreign in ("Vzorec", other.reference, "difficult", *Link.objects.values_list("token_hash", flat=True)):
        assert foreign not in text


@pytest.mark.parametrize("page", ["/my/lost/", "/my/lost/sent/", *PAGES])
def test_nobody_keeps_or_lists_the_pages(bearer, person, page):
    answer = bearer.get(page if page.startswith("/") else home(person) + page)
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "same-origin"


def test_the_lost_link_is_sent_and_the_answer_is_the_same_for_all(person):
    Message.objects.all().delete()

    def answer(email):
        client = Client()
        posted = client.post("/my/lost/", {"email": email})
        return posted.status_code, posted["Location"], client.get(posted["Location"]).content

    assert answer(" MIRA@example.org ") == answer("unknown@example.org")
    assert [(message.kind, message.to) for message in Message.objects.all()] == [("lost link", "mira@example.org")]


def test_a_browser_that_remembers_a_registration_leads_to_it(bearer, client, person):
    assert f'href="{home(person)}"' in bearer.get("/my/lost/").content.decode()
    assert person.reference not in Client().get("/my/lost/").content.decode()


def test_a_lost_link_needs_one_address(client):
    answer = client.post("/my/lost/", {"email": "x@y.rs, z@y.rs"})
    assert answer.status_code == 422
    assert answer.content.decode().count("Write one e-mail address, like name@example.org") == 2
    assert not Message.objects.exists()


def test_asking_on_and_on_for_one_address_is_told_to_wait(client):
    statuses = [client.post("/my/lost/", {"email": "unknown@example.org"}).status_code for _n in range(6)]
    assert statuses == [302] * 5 + [429]
    assert client.post("/my/lost/", {"email": "other@example.org"}).status_code == 302


def test_asking_for_many_addresses_is_told_to_wait(client):
    statuses = [client.post("/my/lost/", {"email": f"a{n}@example.org"}).status_code for n in range(21)]
    assert statuses == [302] * 20 + [429]
