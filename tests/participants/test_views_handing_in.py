"""A speaker hands in a presentation by link, and the secretariat makes, sends and ends the links."""

import re
from typing import Any

import pytest
import time_machine
from django.test import Client

from events.documents import HandInError
from events.models import Document, HistoryLine, Session
from participants import handing_in, links
from participants.models import Link, Message
from tests import make
from tests.events.sent_files import office, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    made = make.session(make.edition())
    make.speaker(made)
    return made


@pytest.fixture
def speaker(session):
    return session.appearances.get().speaker


@pytest.fixture
def address(session, speaker):
    return handing_in.make_link(session=session, speaker=speaker, language="en", by="sec")


@pytest.fixture
def holder(address):
    """A browser that opened the link, and the page it leads to."""
    client: Any = Client()
    client.page = client.get(re.sub(r"^https?://[^/]+", "", address))["Location"]
    return client


def form(**more):
    return {"file": sent(office(), "Talk.pptx"), "language": "en"} | more


def test_opening_pages_changes_nothing(holder):
    for path in (holder.page, holder.page):
        assert holder.get(path).status_code == 200
    assert not Document.objects.exists()
    assert HistoryLine.objects.filter(subject="document").count() == 0


def test_the_page_says_what_for_and_until_when(holder):
    page = holder.get(holder.page)
    body = page.content.decode()
    for words in ("Depots", "Arta Shembulli", "8 October 2030, 09:00 (Tirana time)", "At most 25 MB"):
        assert words in body
    assert page["Cache-Control"] == "private, no-store"


def test_a_file_is_sent_seen_and_sent_again(holder):
    assert holder.post(holder.page, form()).status_code == 302
    body = holder.get(holder.page).content.decode()
    assert "Talk.pptx" in body
    assert "Only the secretariat sees it now." in body
    assert holder.post(holder.page, form(file=sent(make.PDF, "Talk.pdf"), may_publish="on")).status_code == 302
    document = Document.objects.get()
    assert (document.file_name, document.may_publish, document.access) == ("Talk.pdf", True, "secretariat")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"file": ""}, "Choose the file"),
        ({"file": sent(b"")}, "is empty"),
        ({"file": sent(b"<svg onload=x>", "talk.pdf")}, "web page"),
        ({"language": "xx"}, "Choose a language from the list"),
        ({"language": ""}, "Choose the language"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(holder, more, said):
    response = holder.post(holder.page, form(**more))
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Document.objects.exists()


def test_the_page_is_closed_to_everybody_else(holder, session):
    other = make.speaker(session, "Boris Primjerić").speaker
    link = links.hand_in_link(other, session, "en")
    theirs = Client()
    their_page = theirs.get(re.sub(r"^https?://[^/]+", "", link))["Location"]
    assert theirs.get(holder.page).status_code == 404
    assert holder.get(their_page).status_code == 404
    assert Client().get(holder.page).status_code == 404
    assert Client().post(holder.page, form()).status_code == 404
    for path in ("/hand-in/", "/hand-in/x/", "/hand-in/999999999999999999999/", "/hand-in/" + "A" * 43 + "/"):
        assert holder.get(path).status_code == 404


def test_when_the_session_begins_the_form_is_gone_and_a_late_file_is_refused(holder, session):
    with time_machine.travel(session.start, tick=False):
        assert "The time to hand in is over." in holder.get(holder.page).content.decode()
        late = holder.post(holder.page, form())
        assert late.status_code == 422
        assert "The time to hand in is over." in late.content.decode()
    assert not Document.objects.exists()


def test_a_cancelled_session_needs_no_file(holder, session):
    Session.objects.filter(pk=session.pk).update(status="cancelled")
    body = holder.get(holder.page).content.decode()
    assert "You do not need to hand in anything." in body
    assert "<form method" not in body


def test_a_new_link_ends_the_old_one_and_an_ended_one_opens_nothing(holder, session, speaker):
    handing_in.make_link(session=session, speaker=speaker, language="en", by="sec")
    assert holder.get(holder.page).status_code == 404
    assert handing_in.end_link(session=session, speaker=speaker, by="sec") == 1
    assert handing_in.standing_link(session, speaker) is None
    assert handing_in.end_link(session=session, speaker=speaker, by="sec") == 0


def test_too_many_tries_wait(holder, monkeypatch):
    monkeypatch.setattr("participants.views.handing_in.TRIES", 2)
    answers = [holder.post(holder.page, form(file="")).status_code for _n in range(3)]
    assert answers == [422, 422, 429]
    assert holder.get(holder.page).status_code == 200


def test_a_disk_that_is_full_is_said(holder, monkeypatch):
    def full(*_args, **_more):
        raise OSError

    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", full)
    response = holder.post(holder.page, form())
    assert response.status_code == 422
    assert "We cannot keep the file now" in response.content.decode()


class TestLinks:
    """The verbs of the secretariat."""

    def test_only_a_hash_is_kept(self, address):
        token = address.rstrip("/").rpartition("/")[2]
        link = Link.objects.get(purpose="hand_in")
        assert token not in link.token_hash
        assert links.find(token, Link.Purpose.HAND_IN) == link
        assert links.find(token, Link.Purpose.MY) is None

    def test_a_mail_brings_it(self, session, speaker):
        handing_in.send_link(session=session, speaker=speaker, email=" ana@example.org ", language="en", by="sec")
        message = Message.objects.get()
        assert (message.to, message.kind, message.edition) == ("ana@example.org", "hand in", session.edition)
        assert "Dear Arta Shembulli," in message.text
        assert "8 October 2030, 09:00 (Tirana time)" in message.text
        (path,) = re.findall(r"https?://[^/]+(/hand-in/\S+)", message.text)
        assert Client().get(path).status_code == 302

    @pytest.mark.parametrize("email", ["", "nobody", "a@b@c", "x\n@example.org", "-a@example.org"])
    def test_no_mail_goes_to_what_is_no_address(self, session, speaker, email):
        with pytest.raises(HandInError, match="e-mail address"):
            handing_in.send_link(session=session, speaker=speaker, email=email, language="en", by="sec")
        assert not Link.objects.exists()

    def test_no_link_for_who_does_not_speak_or_when_it_has_begun(self, session, speaker):
        stranger = make.speaker(make.session(session.edition, "Other", 12, 13), "Boris Primjerić").speaker
        with pytest.raises(HandInError, match="does not speak"):
            handing_in.make_link(session=session, speaker=stranger, language="en", by="sec")
        with pytest.raises(HandInError, match="has begun"):
            handing_in.make_link(session=session, speaker=speaker, language="en", by="sec", at=session.start)


class TestOffice:
    """The page of the back office."""

    @pytest.fixture
    def staff(self, session):
        client: Any = Client()
        client.force_login(make.staff("secretariat", session.edition))
        client.page = f"/admin/events/document/hand-in/{session.pk}/"
        return client

    def test_a_link_is_shown_once(self, staff, speaker):
        response = staff.post(staff.page, {"do": "make", "speaker": speaker.pk, "language": "sq"})
        (link,) = re.findall(r"<code>https?://[^/]+(/sq/hand-in/[\w-]{43}/)</code>", response.content.decode())
        assert Client().get(link)["Location"].startswith("/sq/hand-in/")
        assert "no-store" in response["Cache-Control"]
        assert link not in staff.get(staff.page).content.decode()

    def test_a_link_is_sent_and_ended(self, staff, speaker):
        response = staff.post(
            staff.page, {"do": "send", "speaker": speaker.pk, "email": "ana@example.org"}, follow=True
        )
        assert "The link goes to ana@example.org." in response.content.decode()
        response = staff.post(staff.page, {"do": "end", "speaker": speaker.pk}, follow=True)
        assert "The link has ended." in response.content.decode()

    @pytest.mark.parametrize(
        "answers",
        [{}, {"do": "send", "email": "x"}, {"do": "burn"}, {"do": "make", "speaker": "9" * 40}, {"speaker": "x"}],
    )
    def test_nonsense_is_said(self, staff, speaker, answers):
        response = staff.post(staff.page, {"speaker": speaker.pk} | answers)
        assert response.status_code == 422
        assert 'class="errornote"' in response.content.decode()
        assert not Link.objects.exists()

    def test_it_shows_what_came(self, staff, holder):
        holder.post(holder.page, form(may_publish="on"))
        body = staff.get(staff.page).content.decode()
        assert "Talk.pptx" in body
        assert "The speaker agrees that it is published." in body

    def test_a_session_that_is_none(self, staff):
        for pk in ("0", "99999999999999999999"):
            assert staff.get(f"/admin/events/document/hand-in/{pk}/").status_code == 404
