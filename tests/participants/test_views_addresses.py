"""The pages for another e-mail address: asked below the registration, confirmed from the new mailbox."""

import datetime as dt
import re
import secrets

import pytest
from django.test import Client
from django.utils import timezone as clock

from participants import links, registration
from participants.models import Link, Message, Participant
from tests.participants.registered import home, open_edition, participant, path_of_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return open_edition()


@pytest.fixture
def person(edition):
    return participant(edition)


def ask(browser, person, email="new@example.org"):
    return browser.post(home(person) + "address/", {"email": email})


def mailed_path():
    """The path of the link in the last mail to a new address."""
    text = Message.objects.filter(kind="confirm address").latest("pk").text
    return "/" + re.findall(r"https?://\S+", text)[0].split("/", 3)[3]


def stored(person):
    return Participant.objects.get(pk=person.pk)


def main(answer):
    """The page without what differs at each request."""
    return re.sub('value="[^"]*"', "", answer.content.decode().partition("<main")[2])


def test_asked_confirmed_and_open_by_the_new_link_alone(bearer, person):
    answer = ask(bearer, person)
    assert (answer.status_code, answer["Location"]) == (302, home(person))
    page = bearer.get(home(person)).content.decode()
    assert "We wrote to new@example.org." in page
    assert "Until then we use mira@example.org." in page
    assert stored(person).email == "mira@example.org"
    elsewhere, path = Client(), mailed_path()
    shown = elsewhere.get(path)
    assert shown.status_code == 200
    assert "new@example.org" in shown.content.decode()
    assert "Primjerić" not in shown.content.decode()
    assert stored(person).email == "mira@example.org"  # mail scanners open links
    done = elsewhere.post(path)
    assert (done.status_code, done["Location"]) == (302, "/address/confirmed/")
    assert "Your new address is confirmed" in elsewhere.get(done["Location"]).content.decode()
    assert stored(person).email == "new@example.org"
    assert bearer.get(home(person)).status_code == 404
    text = Message.objects.get(kind="address changed").text
    elsewhere.get("/" + re.findall(r"https?://\S+/my/\S+", text)[0].split("/", 3)[3])
    assert "confirmed by you" in elsewhere.get(home(person)).content.decode()


def test_a_double_click_and_a_reload_confirm_once(bearer, person):
    ask(bearer, person)
    path = mailed_path()
    answers = [Client().post(path) for _n in range(2)] + [Client().get(path)]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {(302, "/address/confirmed/")}
    assert Message.objects.filter(kind="address changed").count() == 1


def test_the_pending_address_is_given_up_by_one_button(bearer, person):
    ask(bearer, person)
    path = mailed_path()
    assert bearer.post(home(person) + "address/", {"keep": "yes"}).status_code == 302
    assert "Keep my address" not in bearer.get(home(person)).content.decode()
    assert Client().post(path).status_code == 404
    assert stored(person).email == "mira@example.org"


def test_asking_is_answered_the_same_for_a_free_and_for_a_taken_address(edition):
    """Neither the answers nor the pages nor the file of the own data tell whether an address is registered."""
    participant(edition, "taken@example.org")

    def seen(own, wanted):
        browser, person = Client(), participant(edition, own)
        browser.get(path_of_link(person))
        answer = ask(browser, person, wanted)
        texts = [main(browser.get(home(person))), browser.get(home(person) + "data.json").content.decode()]
        private = r"RASR-\w+|\w{4} \w{4}</span>|\b\w{8}\b|\d{4}-\d\d-\d\dT[\d:.+Z]+|\d\d:\d\d"
        private += "|(taken|unused|one|two)@example.org"
        return answer.status_code, [re.sub(private, "", text) for text in texts]

    assert seen("one@example.org", "unused@example.org") == seen("two@example.org", "taken@example.org")


def test_an_address_registered_meanwhile_is_refused_politely(bearer, edition, person):
    ask(bearer, person)
    participant(edition, "new@example.org", family_name="Vzorec")
    answer = Client().post(mailed_path())
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error: " in page
    assert "Another registration has this address. Your address is as before." in page
    assert "Vzorec" not in page
    assert stored(person).email == "mira@example.org"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "mira",
        "mira@example.org",
        "MIRA@EXAMPLE.ORG",
        "a@example.org, b@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "a@example.org%0aBcc:b@example.org",
        "-f@example.org",
        "<script>@example.org",
        "x" * 300 + "@example.org",
        "a@" + "x" * 5000 + ".org",
        "\u200b@example.org",
        "a@exam\u202eple.org",
    ],
)
def test_what_is_no_new_address_is_explained_and_mails_nobody(bearer, person, typed):
    before = Message.objects.count()
    answer = ask(bearer, person, typed)
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()
    assert Message.objects.count() == before
    assert not Link.objects.filter(purpose="address").exists()


def test_a_zero_byte_is_refused_at_the_door(bearer, person):
    assert ask(bearer, person, "a\0@example.org").status_code in {400, 422}
    assert not Link.objects.filter(purpose="address").exists()


def test_an_address_is_shown_as_text(bearer, person):
    ask(bearer, person, "a&amp@example.org")
    assert "a&amp;amp@example.org" in bearer.get(home(person)).content.decode()


@pytest.mark.parametrize("verb", [registration.decline, registration.withdraw])
def test_a_registration_that_has_ended_changes_no_address(bearer, person, verb):
    ask(bearer, person)
    path = mailed_path()
    verb(participant=person, by="test")
    assert ask(bearer, person, "third@example.org").status_code == 302
    assert Link.objects.filter(purpose="address").count() == 1
    answer = Client().post(path)
    assert answer.status_code == 422
    assert f"“{stored(person).status}”" in answer.content.decode()


def test_a_link_of_another_purpose_confirms_nothing(person):
    ends = clock.now() + dt.timedelta(days=1)
    for purpose in (Link.Purpose.MY, Link.Purpose.CALENDAR):
        token = links.issue(purpose, participant=person, expires_at=ends)
        assert Client().get(f"/address/{token}/").status_code == 404
        assert Client().post(f"/address/{token}/").status_code == 404
    assert stored(person).email == "mira@example.org"


def test_an_address_link_opens_no_registration(bearer, person):
    ask(bearer, person)
    token = mailed_path().split("/")[-2]
    stranger = Client()
    assert stranger.get(f"/my/{token}/").status_code == 404
    stranger.get(f"/address/{token}/")
    assert stranger.get(home(person)).status_code == 404


def test_every_wrong_link_is_answered_the_same(client, bearer, person):
    ask(bearer, person)
    token = mailed_path().split("/")[-2]
    flipped = ("A" if token[0] != "A" else "B") + token[1:]
    wrong = [flipped, token[:-1], token * 2, token + "=", token.swapcase(), "x" * 5000, secrets.token_urlsafe(32)]
    answers = [Client().get(f"/address/{one}/") for one in wrong]
    assert {answer.status_code for answer in answers} == {404}
    assert len({main(answer) for answer in answers}) == 1


def test_the_wish_of_one_person_is_not_reached_by_another(bearer, edition, person):
    other = participant(edition, "other@example.org")
    assert ask(bearer, other).status_code == 404
    assert bearer.post(home(other) + "address/", {"keep": "yes"}).status_code == 404
    assert not Link.objects.filter(purpose="address").exists()


def test_the_fourth_address_in_an_hour_is_told_to_wait(bearer, person):
    for number in range(3):
        assert ask(bearer, person, f"n{number}@example.org").status_code == 302
    answer = ask(bearer, person, "n3@example.org")
    assert answer.status_code == 422
    assert "Try again in one hour" in answer.content.decode()


def test_one_mailbox_is_not_flooded_through_many_registrations(edition):
    statuses = []
    for number in range(6):
        browser, person = Client(), participant(edition, f"p{number}@example.org")
        browser.get(path_of_link(person))
        statuses.append(ask(browser, person, "victim@example.org").status_code)
    assert statuses == [302] * 5 + [429]


@pytest.mark.parametrize("page", ["address/", None, "/address/confirmed/"])
def test_nobody_keeps_or_lists_the_pages(bearer, person, page):
    ask(bearer, person)
    path = mailed_path() if page is None else page if page.startswith("/") else home(person) + page
    answer = bearer.get(path)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Referrer-Policy"] == "same-origin"


def test_the_mail_leads_to_the_page_in_the_persons_language(edition):
    browser, person = Client(), participant(edition, language="sq")
    browser.get(path_of_link(person))
    ask(browser, person)
    assert mailed_path().startswith("/sq/address/")
    assert browser.get(mailed_path()).status_code == 200


def test_the_first_thing_done_proves_the_address_in_force(bearer, person):
    ask(bearer, person)
    assert stored(person).email_proven_at
