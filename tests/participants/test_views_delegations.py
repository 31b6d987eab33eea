"""The page of a delegation: whom its link opens it to, and what it shows."""

import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from events.models import Edition, HistoryLine
from participants import links, nominating
from participants.models import Delegation, Link, Nomination
from participants.retention import erase_participant
from tests import make
from tests.participants.delegated import at, home, named, path_of, rows, words
from tests.participants.registered import open_edition, participant, path_of_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return open_edition(nomination_deadline=timezone.now() + dt.timedelta(days=20))


@pytest.fixture
def serbia(edition):
    found = edition.delegations.get(name="Serbia")
    Delegation.objects.filter(pk=found.pk).update(quota=3, contact_email="contact@example.org")
    found.refresh_from_db()
    return found


# -- Getting in ---------------------------------------------------------------------------------------------------


def test_the_link_leads_to_an_address_without_a_secret(client, serbia):
    path = path_of(serbia)
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (302, home(serbia))
    assert path.split("/")[2] not in answer.cookies["my"].value
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert page["Cache-Control"] == "private, no-store"
    assert page["X-Robots-Tag"] == "noindex"
    assert page["Referrer-Policy"] == "same-origin"


def test_one_browser_remembers_a_registration_and_a_delegation(contact, edition, serbia):
    person = participant(edition)
    contact.get(path_of_link(person))
    assert contact.get(home(serbia)).status_code == 200
    assert contact.get(f"/my/{person.reference}/").status_code == 200


def test_opening_changes_nothing(client, serbia):
    somebody = named(serbia)
    path = path_of(serbia)
    before = rows()
    client.get(path)
    below = ["", "nominate/", "letters/", "list/"]
    for page in [home(serbia) + one for one in below] + [at(somebody, w) for w in ("correct", "replace", "withdraw")]:
        assert client.get(page).status_code == 200, page
        assert client.head(page).status_code == 200
    assert rows() == before


@pytest.mark.parametrize(
    "path", ["", "nominate/", "letters/", "list/", "letters/1.pdf", "anything/", "people/1/replace/"]
)
def test_nobody_else_opens_it(edition, serbia, path):
    """A stranger, another delegation's contact, a participant of the delegation: all read the same page."""
    other = make.delegation(edition, "Albania")
    somebody = participant(edition)
    keys = ["/my/wrong/", path_of(other), path_of_link(somebody)]
    pages = []
    for key in keys:
        browser = Client()
        browser.get(key)
        answer = browser.get(home(serbia) + path)
        assert answer.status_code == 404
        pages.append(re.sub(r'value="\w{64}"', "", answer.content.decode()))
        assert browser.post(home(serbia) + path, {"name": "X", "email": "x@example.org"}).status_code == 404
    assert len(set(pages)) == 1
    assert not Nomination.objects.exists()


@pytest.mark.parametrize("purpose", ["my", "nominee"])
def test_a_token_of_another_purpose_opens_nothing(client, edition, serbia, purpose):
    ends = timezone.now() + dt.timedelta(days=1)
    subject = {"participant": participant(edition)} if purpose == "my" else {"nomination": named(serbia)}
    token = links.issue(Link.Purpose(purpose), expires_at=ends, **subject)
    assert client.get(f"/delegations/{token}/").status_code == 404
    assert client.get(home(serbia)).status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "999999999", "1" * 30, "1" * 400, "1e3", "١", "%00", "a/b/c"])
def test_odd_numbers_are_answered_like_a_link_that_ended(contact, serbia, number):
    for path in (f"/delegations/{number}/", f"{home(serbia)}nominations/{number}/withdraw/"):
        assert contact.get(path).status_code in {400, 404}
    assert contact.get(f"{home(serbia)}letters/{number}.pdf", follow=True).status_code in {400, 404}


def test_people_of_another_delegation_are_not_within_reach(contact, edition, serbia):
    other = make.delegation(edition, "Albania")
    foreign = nominating.nominate(delegation=other, name="Ema", email="ema@example.org", by="test")
    stranger = make.participant(edition, of="Albania")
    before = rows()
    for what in ("correct", "replace", "withdraw"):
        path = f"{home(serbia)}nominations/{foreign.pk}/{what}/"
        assert contact.get(path).status_code == 404
        assert contact.post(path, {"name": "X", "email": "x@example.org"}).status_code == 404
    for what in ("send", "head", "up", "down", "sack"):
        assert contact.post(f"{home(serbia)}nominations/{foreign.pk}/{what}/").status_code == 404
    assert contact.post(f"{home(serbia)}people/{stranger.pk}/replace/", {"name": "X"}).status_code == 404
    assert rows() == before


def test_a_link_that_ended_opens_nothing_in_any_browser(contact, serbia):
    links.revoke_for(delegation=serbia)
    assert contact.get(home(serbia)).status_code == 404


def test_the_page_of_an_edition_that_is_not_public_opens_and_says_so(contact, edition, serbia):
    Edition.objects.filter(pk=edition.pk).update(status="draft")
    page = contact.get(home(serbia))
    assert "not public yet" in words(page)
    assert f"/editions/{edition.slug}/" not in page.content.decode()
    answer = contact.post(home(serbia) + "nominate/", {"name": "Ana", "email": "a@example.org"})
    assert answer.status_code == 422
    assert "This edition is not public yet. You can nominate when it is." in words(answer)
    assert not Nomination.objects.exists()


def test_the_secretariat_acts_there_under_its_own_name(client, edition, serbia):
    staff = make.staff("secretariat", edition)
    client.force_login(staff)
    assert "You act for this delegation as the secretariat" in words(client.get(home(serbia)))
    with time_machine.travel(edition.nomination_deadline + dt.timedelta(hours=1)):
        client.force_login(staff)
        answer = client.post(home(serbia) + "nominate/", {"name": "Ana Primerić", "email": "ana@example.org"})
    assert answer["Location"] == home(serbia) + "?done=nominated"
    assert HistoryLine.objects.get(verb="nominate").actor == staff.get_username()


@pytest.mark.parametrize("role", ["check-in", "observer", "visit-officer"])
def test_other_staff_do_not_act_there(client, edition, serbia, role):
    client.force_login(make.staff(role, edition))
    assert client.get(home(serbia)).status_code == 404


# -- What it shows ------------------------------------------------------------------------------------------------


def test_it_says_how_it_stands_with_each_and_with_the_quota(contact, edition, serbia):
    Edition.objects.filter(pk=edition.pk).update(requires_review=False)
    named(serbia, "Ana Primerić", is_head=True)
    boris = named(serbia, "Boris Primerić", email="mira@example.org")
    held = participant(edition)  # confirmed under that address
    nominating.link_nomination(participant=held, nomination=boris, by="test")
    for name in ("Ceca Primerić", "Dara Primerić"):
        named(serbia, name)
    participant(edition, "free@example.org", family_name="Slobodan")
    page = words(contact.get(home(serbia)))
    assert "2 of 3 places taken." in page
    assert re.search(r"Ana Primerić ana@example.org Nominated, not registered yet Head of delegation", page)
    assert re.search(r"Boris Primerić mira@example.org Confirmed", page)
    assert re.search(r"Ceca Primerić ceca@example.org Nominated, not registered yet Reserve 1", page)
    assert "Reserve 2" in page
    assert re.search(r"Slobodan Confirmed Without a nomination", page)


def test_a_place_that_is_kept_is_counted_and_said(contact, edition, serbia):
    Edition.objects.filter(pk=edition.pk).update(requires_review=False)
    held = participant(edition)
    answer = contact.post(
        f"{home(serbia)}people/{held.pk}/replace/", {"name": "Ceca Primerić", "email": "ceca@example.org"}
    )
    assert answer["Location"] == home(serbia) + "?done=replaced"
    page = words(contact.get(answer["Location"]))
    assert "0 of 3 places taken, 1 kept for a substitute." in page
    assert "A place is kept" in page


def test_nothing_of_a_participant_is_shown_but_name_and_state(contact, edition, serbia):
    nomination = named(serbia, "Ana Primerić", email="nominated@example.org")
    person = participant(
        edition,
        "hidden@example.org",
        phone="+355672123456",
        dietary="hidden food",
        access_needs="hidden needs",
        function="hidden function",
        organisation="hidden unit",
    )
    nominating.link_nomination(participant=person, nomination=nomination, by="test")
    page = contact.get(home(serbia)).content.decode()
    assert "nominated@example.org" in page
    for secret in (
        "hidden@",
        "hidden food",
        "hidden needs",
        "hidden function",
        "hidden unit",
        "+355672123456",
        "672123456",
        person.reference,
        person.code,
    ):
        assert secret not in page


def test_of_who_is_erased_no_address_is_shown(contact, edition, serbia):
    ana = named(serbia, email="mira@example.org")
    held = participant(edition)
    nominating.link_nomination(participant=held, nomination=ana, by="test")
    erase_participant(participant=held, by="test")
    page = words(contact.get(home(serbia)))
    assert "People who do not come – Withdrawn" in page
    assert "@" not in page.split("People who do not come")[1].split("Withdrawn")[0]


def test_what_people_typed_is_shown_as_they_typed_it(contact, serbia):
    named(serbia, "'\"><svg onload=1> {{7*7}} %(x)s", email="odd@example.org")
    page = contact.get(home(serbia)).content.decode()
    assert "<svg onload" not in page
    assert "{{7*7}} %(x)s" in page


def test_the_page_costs_the_same_with_one_person_and_with_many(contact, serbia, django_assert_max_num_queries):
    named(serbia)
    with django_assert_max_num_queries(12) as few:
        contact.get(home(serbia))
    first = len(few)
    for number in range(8):
        named(serbia, f"Number{number} Primerić")
    with django_assert_max_num_queries(first):
        contact.get(home(serbia))


def test_the_deadline_is_said_with_its_zone(contact, edition, serbia):
    Edition.objects.filter(pk=edition.pk).update(
        nomination_deadline=dt.datetime(2030, 1, 31, 17, tzinfo=dt.UTC),
        registration_closes=None,
        registration_opens=None,
    )
    page = words(contact.get(home(serbia)))
    assert "Nominate and withdraw until 31 January 2030, 18:00 (Tirana time) ." in page


def test_who_waits_with_quota_left_reads_that_the_workshop_is_full(contact, edition, serbia):
    told = "The workshop is full."
    Edition.objects.filter(pk=edition.pk).update(capacity=1, requires_review=False)
    first = participant(edition, "one@example.org")
    assert told not in words(contact.get(home(serbia)))
    second = participant(edition, "two@example.org")
    assert (first.status, second.status) == ("confirmed", "waitlisted")
    assert told in words(contact.get(home(serbia)))
