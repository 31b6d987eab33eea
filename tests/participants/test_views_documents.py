"""Papers as their address gives them: to whom, with which headers, and how they are counted."""

import io
import logging
import zipfile

import pytest
from django.test import Client
from django.utils import timezone as clock

from events.documents import put
from events.models import Document, Edition
from events.scheduling import release_agenda
from events.uploads import take
from participants import links, registration
from participants.models import Link
from tests import make
from tests.events.sent_files import GOOD, PDF, picture, sent

pytestmark = pytest.mark.django_db


def address(paper, name=None):
    return f"/editions/{paper.edition.slug}/documents/{paper.pk}/{name or paper.address_name}"


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def bearer(person):
    client = Client()
    token = links.issue(Link.Purpose.MY, participant=person, expires_at=clock.now() + links.dt.timedelta(days=1))
    client.get(f"/my/{token}/")
    return client


def staff(role, edition):
    client = Client()
    client.force_login(make.staff(role, edition))
    return client


def status(client, paper):
    response = client.get(address(paper))
    body(response)
    return response.status_code


@pytest.fixture
def edition():
    return make.edition()


@pytest.fixture
def three(edition):
    """One paper for each access."""
    return {access: make.paper(edition, f"For {access}", access=access) for access in Document.Access.values}


def visitors(edition):
    """A browser of each kind of visitor, and what it may open."""
    other = make.edition()
    own = make.participant(edition, "confirmed")
    return {
        "the public": (Client(), "p"),
        "confirmed": (bearer(own), "pc"),
        "pending": (bearer(make.participant(make.edition(requires_review=True), "pending")), "p"),
        "confirmed elsewhere": (bearer(make.participant(other, "confirmed")), "p"),
        "desk": (staff("check-in", edition), "pc"),
        "observer": (staff("observer", edition), "p"),
        "visit officer": (staff("visit-officer", edition), "pc"),
        "secretariat": (staff("secretariat", edition), "pcs"),
        "secretariat elsewhere": (staff("secretariat", other), "p"),
    }


LETTERS = {"public": "p", "participants": "c", "secretariat": "s"}
CLOSED = {"public": 404, "participants": 403, "secretariat": 404}


def test_who_opens_what(edition, three):
    for who, (client, may) in visitors(edition).items():
        for access, paper in three.items():
            response = client.get(address(paper))
            content = body(response)
            expected = 200 if LETTERS[access] in may else CLOSED[access]
            assert response.status_code == expected, (who, access)
            shows = "no-cache" if access == "public" else "no-store"
            if expected != 404:
                assert shows in response["Cache-Control"], (who, access)
            if expected == 200:
                assert content == make.PDF


def test_the_bundle_holds_what_each_may_open(edition, three):
    Document.objects.create(edition=edition, title="Site", url="https://example.org/a")
    Document.objects.create(edition=edition, title="Inside", url="https://example.org/b", access="participants")
    for who, (client, may) in visitors(edition).items():
        response = client.get(f"/editions/{edition.slug}/documents.zip")
        assert response["Cache-Control"] == "private, no-store"
        with zipfile.ZipFile(io.BytesIO(body(response))) as package:
            assert package.testzip() is None
            names = package.namelist()
            listed = package.read("Links.txt").decode()
        assert len(names) == len(may) + 1, who
        assert "https://example.org/a" in listed
        assert ("https://example.org/b" in listed) == ("c" in may), who
    three["public"].refresh_from_db()
    assert three["public"].downloads == 9


def test_who_is_not_confirmed_any_more_is_out_at_once(edition, three):
    person = make.participant(edition, "confirmed")
    client = bearer(person)
    assert status(client, three["participants"]) == 200
    registration.withdraw(participant=person, by="test")
    assert client.get(address(three["participants"])).status_code == 403


def test_a_locked_paper_says_its_title_and_how_to_get_in(three):
    page = Client().get(address(three["participants"])).content.decode()
    assert "For participants" in page
    assert "/my/lost/" in page


def test_a_closed_edition_closes_its_papers_at_once(edition, three):
    person = bearer(make.participant(edition, "confirmed"))
    Edition.objects.filter(pk=edition.pk).update(status="draft")
    for client in (Client(), person, staff("check-in", edition), staff("observer", edition)):
        for paper in three.values():
            assert client.get(address(paper)).status_code == 404
        assert client.get(f"/editions/{edition.slug}/documents.zip").status_code == 404
    response = staff("secretariat", edition).get(address(three["public"]))
    assert (body(response), response["Cache-Control"]) == (make.PDF, "private, no-store")
    Edition.objects.filter(pk=edition.pk).update(status="archived")
    assert status(Client(), three["public"]) == 200


def test_a_paper_of_a_session_that_no_release_shows_is_not_there(edition):
    session = make.session(edition)
    papers = [make.paper(edition, access=access, session=session) for access in ("public", "participants")]
    person, office = bearer(make.participant(edition, "confirmed")), staff("secretariat", edition)
    for paper in papers:
        assert Client().get(address(paper)).status_code == 404
        assert person.get(address(paper)).status_code == 404
        assert status(office, paper) == 200
    assert Client().get(f"/editions/{edition.slug}/documents.zip").status_code == 404
    release_agenda(edition=edition, by="test")
    assert [status(person, paper) for paper in papers] == [200, 200]


@pytest.mark.parametrize("kind", GOOD)
def test_nothing_that_is_handed_out_can_run_here(edition, kind):
    paper = make.paper(edition, content=GOOD[kind], name=f"Žuta “a; b” Љ.{kind}")
    response = Client().get(address(paper))
    assert response["Content-Disposition"].startswith("attachment; ")
    assert "filename*=utf-8''%C5%BDuta" in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["Content-Type"].split("/")[0] in {"application", "image", "text"}
    assert response["Content-Type"] != "text/html"
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert int(response["Content-Length"]) == len(body(response)) == paper.size


def test_another_name_leads_to_the_right_one_and_never_tells_it_to_others(edition, three):
    for name in ("old.pdf", "%ff", "a;b"):
        assert Client().get(address(three["public"], name))["Location"] == address(three["public"])
    locked = Client().get(address(three["participants"], "x"))
    assert locked.status_code == 403
    assert "paper.pdf" not in locked.content.decode()
    assert Client().get(address(three["secretariat"], "x")).status_code == 404
    assert body(Client().get("/sq" + address(three["public"]))) == make.PDF


@pytest.mark.parametrize(
    "path",
    [
        "{s}/documents/0/x",
        "{s}/documents/99999999999999999999999999/x",
        "{s}/documents/{p}/",
        "{s}/documents/-1/x",
        "{s}/documents/{p}/..%2f..%2fetc%2fpasswd",
        "{s}/documents/{p}/%00",
        "nothing/documents/{p}/paper.pdf",
        "nothing/documents.zip",
        "{s}/documents.zip/",
    ],
)
def test_what_is_no_address_is_never_a_fault(edition, three, path):
    filled = path.format(s=edition.slug, p=three["public"].pk)
    assert Client().get(f"/editions/{filled}").status_code in {400, 404}


def test_a_paper_of_another_edition_is_not_found_under_this_one(edition, three):
    foreign = make.paper(make.edition())
    assert Client().get(f"/editions/{edition.slug}/documents/{foreign.pk}/paper.pdf").status_code == 404


class TestHttp:
    """Readers who have it, who want a part, who only ask."""

    @pytest.fixture
    def paper(self, edition):
        return make.paper(edition)

    def counted(self, paper):
        paper.refresh_from_db()
        return paper.downloads

    def test_who_has_it_gets_no_bytes_and_is_not_counted(self, paper):
        first = Client().get(address(paper))
        body(first)
        again = Client().get(address(paper), headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, body(again)) == (304, b"")
        assert again["Cache-Control"] == "public, no-cache"
        assert self.counted(paper) == 1

    def test_a_new_file_has_another_tag(self, paper):
        asked = Client().get(address(paper))
        body(asked)
        paper.refresh_from_db()
        put(paper, take(sent(PDF, "paper.pdf")))
        paper.save()
        second = Client().get(address(paper), headers={"If-None-Match": asked["ETag"]})
        assert second.status_code == 200
        assert body(second) == PDF

    def test_head_says_the_same_and_is_not_counted(self, paper):
        head = Client().head(address(paper))
        assert (head.status_code, int(head["Content-Length"])) == (200, paper.size)
        assert head["Content-Type"] == "application/pdf"
        assert self.counted(paper) == 0

    @pytest.mark.parametrize(
        ("asked", "status", "part", "counts"),
        [
            ("bytes=0-4", 206, slice(0, 5), 1),
            ("bytes=5-", 206, slice(5, None), 0),
            ("bytes=-6", 206, slice(-6, None), 0),
            ("bytes=2-999999", 206, slice(2, None), 0),
            ("bytes=-999999", 206, slice(0, None), 1),
            ("bytes=999999-", 416, None, 0),
            ("bytes=-0", 416, None, 0),
            ("bytes=5-2", 200, slice(0, None), 1),
            ("bytes=-", 200, slice(0, None), 1),
            ("bytes=0-1,4-5", 200, slice(0, None), 1),
            ("bytes=" + "9" * 50 + "-", 200, slice(0, None), 1),
            ("lines=1-2", 200, slice(0, None), 1),
            ("bytes=٣-٤", 200, slice(0, None), 1),
        ],
    )
    def test_a_part_is_a_part_and_counts_where_it_begins(self, paper, asked, status, part, counts):
        response = Client().get(address(paper), headers={"Range": asked})
        assert response.status_code == status
        if part:
            assert body(response) == make.PDF[part]
            assert int(response["Content-Length"]) == len(make.PDF[part])
        else:
            assert response["Content-Range"] == f"bytes */{paper.size}"
        assert self.counted(paper) == counts

    def test_a_part_of_an_older_file_is_the_whole_new_one(self, paper):
        response = Client().get(address(paper), headers={"Range": "bytes=5-", "If-Range": '"old"'})
        assert (response.status_code, body(response)) == (200, make.PDF)

    @pytest.mark.parametrize("method", ["post", "put", "delete"])
    def test_other_methods_are_refused(self, paper, method):
        assert getattr(Client(), method)(address(paper)).status_code == 405


def test_a_file_that_is_away_is_not_found_and_logged(edition, caplog):
    paper, other = make.paper(edition), make.paper(edition, "Other", name="other.pdf")
    paper.file.storage.delete(str(paper.file.name))
    with caplog.at_level(logging.ERROR):
        assert Client().get(address(paper)).status_code == 404
        assert Client().head(address(paper)).status_code == 404
        with zipfile.ZipFile(io.BytesIO(body(Client().get(f"/editions/{edition.slug}/documents.zip")))) as package:
            assert set(package.namelist()) == {other.file_name, "Links.txt"}
            assert b"cannot be read now: paper.pdf" in package.read("Links.txt")
    assert "the file of a document is missing" in caplog.text


def test_a_link_is_led_to_and_counted(edition):
    link = Document.objects.create(edition=edition, title="Inside", url="https://example.org/b", access="participants")
    assert "example.org/b" not in Client().get(address(link)).content.decode()
    response = bearer(make.participant(edition, "confirmed")).get(address(link))
    assert response["Location"] == link.url
    link.refresh_from_db()
    assert link.downloads == 1


def test_the_public_is_served_without_a_session(edition, django_assert_max_num_queries):
    session = make.session(edition)
    paper = make.paper(edition, session=session)
    release_agenda(edition=edition, by="test")
    assert status(Client(), paper) == 200
    with django_assert_max_num_queries(6):
        assert status(Client(), paper) == 200


def test_many_bundles_from_one_network_wait(edition, three, monkeypatch):
    monkeypatch.setattr("participants.views.documents.BUNDLES", 2)
    answers = [Client().get(f"/editions/{edition.slug}/documents.zip").status_code for _n in range(3)]
    assert answers == [200, 200, 429]
    assert Client().head(f"/editions/{edition.slug}/documents.zip").status_code == 200


def test_a_photo_leaves_without_its_place(edition):
    paper = make.paper(edition, content=picture(), name="photo.jpg")
    assert b"Exif" not in body(Client().get(address(paper)))


def test_my_page_lists_what_the_person_may_open(edition, three):
    person = make.participant(edition, "confirmed")
    page = bearer(person).get(f"/my/{person.reference}/").content.decode()
    assert address(three["participants"]) in page
    assert address(three["public"]) in page
    assert "For secretariat" not in page
    assert "open the link in your e-mail first" not in page
    assert f"/editions/{edition.slug}/documents.zip" in page
    waiting = make.participant(make.edition(requires_review=True), "pending")
    make.paper(waiting.edition, "Closed", access="participants")
    assert "Closed" not in bearer(waiting).get(f"/my/{waiting.reference}/").content.decode()
