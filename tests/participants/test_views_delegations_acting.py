"""What the contact of a delegation does on its pages, until when, and what is refused."""

import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone

from events.models import Edition, HistoryLine
from participants import nominating, registration
from participants.forms.delegations import seen_of
from participants.models import Delegation, Message, Nomination
from tests import make
from tests.participants.delegated import at, home, named, rows, words
from tests.participants.registered import open_edition, participant

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


def test_nominating_writes_to_the_person(contact, serbia):
    answer = contact.post(
        home(serbia) + "nominate/", {"name": " Ana  Primerić ", "email": "ana@example.org", "is_head": "on"}
    )
    assert answer["Location"] == home(serbia) + "?done=nominated"
    one = Nomination.objects.get()
    assert (one.name, one.email, one.is_head, one.delegation) == ("Ana Primerić", "ana@example.org", True, serbia)
    assert Message.objects.get().to == "ana@example.org"
    assert HistoryLine.objects.get(verb="nominate").actor == "delegation contact"
    assert "The person is nominated." in words(contact.get(answer["Location"]))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "", "email": "ana@example.org"}, "Write the name of the person"),
        ({"name": "\u200b\u3164", "email": "ana@example.org"}, "Write the name of the person"),
        ({"name": "A" * 201, "email": "ana@example.org"}, "Write at most 200 characters"),
        ({"name": "Ana", "email": ""}, "Write the e-mail address of the person"),
        ({"name": "Ana", "email": "a@x.rs, b@x.rs"}, "Write one e-mail address"),
        ({"name": "Ana", "email": "a@x.rs\r\nBcc: b@x.rs"}, "Write one e-mail address"),
    ],
)
def test_a_bad_post_keeps_the_answers_and_writes_nothing(contact, serbia, typed, said):
    before = rows()
    answer = contact.post(home(serbia) + "nominate/", typed)
    assert answer.status_code == 422
    assert said in words(answer)
    assert "<title>Error: " in answer.content.decode()
    assert rows() == before


def test_nominating_twice_is_one_nomination(contact, serbia):
    typed = {"name": "Ana Primerić", "email": "ana@example.org"}
    contact.post(home(serbia) + "nominate/", typed)
    again = contact.post(home(serbia) + "nominate/", typed)
    assert again.status_code == 422
    assert "nominated this person already" in words(again)
    assert (Nomination.objects.count(), Message.objects.count()) == (1, 1)


def test_one_who_posts_without_end_is_asked_to_wait(contact, serbia, monkeypatch):
    monkeypatch.setattr("participants.views.private.POSTS", 2)
    for number, status in ((1, 302), (2, 302), (3, 429)):
        typed = {"name": f"Ana {number}", "email": "ana@example.org"}
        assert contact.post(home(serbia) + "nominate/", typed).status_code == status
    assert serbia.nominations.count() == 2
    assert contact.get(home(serbia)).status_code == 200


def test_a_correction_with_a_new_address_sends_a_new_link(contact, serbia):
    ana = named(serbia)
    seen = re.findall(r'name="seen" value="(\w+)"', contact.get(at(ana, "correct")).content.decode())[0]
    answer = contact.post(at(ana, "correct"), {"name": "Ana Primerić", "email": "new@example.org", "seen": seen})
    assert answer["Location"] == home(serbia) + "?done=corrected"
    assert Message.objects.latest("pk").to == "new@example.org"


def test_two_who_correct_do_not_write_over_each_other(contact, serbia):
    ana = named(serbia)
    seen = re.findall(r'name="seen" value="(\w+)"', contact.get(at(ana, "correct")).content.decode())[0]
    nominating.correct(nomination=ana, name="Ana Marija", email=ana.email, by="secretariat")
    mine = {"name": "Ana M.", "email": ana.email, "seen": seen}
    answer = contact.post(at(ana, "correct"), mine)
    assert answer.status_code == 422
    assert "It is now: Ana Marija, ana@example.org" in words(answer)
    assert 'value="Ana M."' in answer.content.decode()
    ana.refresh_from_db()
    assert ana.name == "Ana Marija"
    again = re.findall(r'name="seen" value="(\w+)"', answer.content.decode())[0]
    assert contact.post(at(ana, "correct"), mine | {"seen": again}).status_code == 302


def test_the_buttons_of_the_list(contact, serbia):
    ana, boris = named(serbia), named(serbia, "Boris Primerić")
    assert contact.post(at(boris, "up"))["Location"] == home(serbia) + "?done=moved"
    assert list(serbia.nominations.order_by("order").values_list("name", flat=True)) == [boris.name, ana.name]
    contact.post(at(boris, "down"))
    assert list(serbia.nominations.order_by("order").values_list("name", flat=True)) == [ana.name, boris.name]
    contact.post(at(boris, "head"))
    assert serbia.nominations.get(is_head=True) == boris
    assert contact.post(at(ana, "send"))["Location"] == home(serbia) + "?done=sent"
    assert Message.objects.filter(to="ana@example.org").count() == 2
    for button in ("up", "down", "head", "send"):
        assert contact.get(at(ana, button)).status_code in {404, 405}


def test_what_the_rules_refuse_is_said_on_the_page(contact, serbia):
    ana = named(serbia)
    for _again in range(5):
        answer = contact.post(at(ana, "send"))
    assert answer.status_code == 422
    assert "Send it again later" in words(answer)


def test_withdrawing_asks_once_more(contact, edition, serbia):
    ana = named(serbia)
    assert "Do you want to withdraw this nomination?" in words(contact.get(at(ana, "withdraw")))
    assert contact.post(at(ana, "withdraw"))["Location"] == home(serbia) + "?done=withdrawn"
    page = words(contact.get(home(serbia)))
    assert re.search(r"People who do not come Ana Primerić ana@example.org Withdrawn", page)
    assert contact.post(at(ana, "withdraw")).status_code == 404


def test_replacing_keeps_the_place_and_tells_the_person(contact, edition, serbia):
    Edition.objects.filter(pk=edition.pk).update(requires_review=False)
    ana = named(serbia, email="mira@example.org", is_head=True)
    held = participant(edition)
    nominating.link_nomination(participant=held, nomination=ana, by="test")
    assert "does not come any more" in words(contact.get(at(ana, "replace")))
    contact.post(at(ana, "replace"), {"name": "Ceca Primerić", "email": "ceca@example.org"})
    held.refresh_from_db()
    new = serbia.nominations.get(withdrawn_at=None)
    assert (held.status, new.holds_place, new.is_head, new.name) == ("withdrawn", True, True, "Ceca Primerić")
    assert "In place of Ana Primerić" in words(contact.get(home(serbia)))


def test_after_the_deadline_only_a_place_is_handed_on(contact, edition, serbia):
    Edition.objects.filter(pk=edition.pk).update(requires_review=False)
    ana, boris = named(serbia, email="mira@example.org"), named(serbia, "Boris Primerić")
    nominating.link_nomination(participant=participant(edition), nomination=ana, by="test")
    with time_machine.travel(edition.nomination_deadline + dt.timedelta(hours=1)):
        page = contact.get(home(serbia))
        assert "The deadline was" in words(page)
        assert at(boris, "replace") not in page.content.decode()
        before = rows()
        assert contact.post(at(boris, "replace"), {"name": "C", "email": "c@example.org"}).status_code == 422
        assert rows() == before
        assert at(ana, "replace") in page.content.decode()
        assert contact.post(at(ana, "replace"), {"name": "C", "email": "c@example.org"}).status_code == 302


@pytest.mark.parametrize("what", ["nominate", "correct", "withdraw", "send", "head", "up"])
def test_who_posts_just_after_the_deadline_is_told_why_and_keeps_the_answers(contact, edition, serbia, what):
    path = home(serbia) + "nominate/" if what == "nominate" else at(named(serbia), what)
    typed = {"name": "Ceca Primerić", "email": "ceca@example.org"}
    if what == "correct":
        typed["seen"] = seen_of(serbia.nominations.get())
    before = rows()
    with time_machine.travel(edition.nomination_deadline):
        answer = contact.post(path, typed)
        assert answer.status_code == 422
        assert re.search(r"Nominations ended on [^.]+\. Write to the secretariat\.", words(answer))
        if what in {"nominate", "correct"}:
            assert 'value="Ceca Primerić"' in answer.content.decode()
            assert 'value="ceca@example.org"' in answer.content.decode()
            assert contact.get(path)["Location"] == home(serbia)
    assert rows() == before


def test_who_replaces_somebody_just_after_the_edition_began_is_told_why(contact, edition, serbia):
    ana = named(serbia)
    with time_machine.travel(make.local(edition, 9)):
        assert contact.get(at(ana, "replace"))["Location"] == home(serbia)
        answer = contact.post(at(ana, "replace"), {"name": "Ceca", "email": "ceca@example.org"})
    assert answer.status_code == 422
    assert "Write to the secretariat." in words(answer)
    assert 'value="ceca@example.org"' in answer.content.decode()
    assert list(serbia.nominations.all()) == [ana]


def test_once_the_edition_is_over_nothing_can_be_changed(contact, edition, serbia):
    ana = named(serbia)
    before = rows()
    with time_machine.travel(dt.datetime.combine(edition.last_day, dt.time(), dt.UTC) + dt.timedelta(days=2)):
        page = contact.get(home(serbia))
        assert "This edition has ended" in words(page)
        assert "<form" not in page.content.decode()
        for path in ("nominate/", "letters/", "list/"):
            assert contact.get(home(serbia) + path)["Location"] == home(serbia)
            assert contact.post(home(serbia) + path, {"name": "C", "email": "c@example.org"}).status_code == 422
        for what in ("correct", "replace", "withdraw", "send", "head", "up"):
            answer = contact.post(at(ana, what), {"name": "C", "email": "c@example.org", "seen": seen_of(ana)})
            assert answer.status_code == 422
            assert "This edition is over." in words(answer)
    assert rows() == before


def test_a_declined_person_stands_below_and_can_be_taken_back(contact, edition, serbia):
    ana = named(serbia, email="mira@example.org")
    held = participant(edition)
    nominating.link_nomination(participant=held, nomination=ana, by="test")
    registration.decline(participant=held, by="test")
    page = words(contact.get(home(serbia)))
    assert re.search(r"People who do not come Ana Primerić mira@example.org Declined", page)
    assert contact.post(at(ana, "withdraw")).status_code == 302
