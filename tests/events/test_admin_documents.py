"""Documents in the back office: files judged, replaced and shown; what speakers handed in."""

import pytest
from django.test import Client

from events.models import Document, HistoryLine, Talk
from tests import make
from tests.events.sent_files import CANARY, picture, sent
from tests.office import fields

pytestmark = pytest.mark.django_db
ADD = "/admin/events/document/add/"


@pytest.fixture
def edition():
    return make.edition()


@pytest.fixture
def office(edition):
    client = Client()
    client.force_login(make.staff("secretariat", edition))
    return client


def answers(edition, **more):
    facts = {"edition": edition.pk, "title_0": "Paper", "language": "en", "access": "public", "order": "0", "url": ""}
    return facts | more


def change(paper):
    return f"/admin/events/document/{paper.pk}/change/"


def test_a_file_is_added_and_shown_with_its_facts(office, edition):
    response = office.post(ADD, answers(edition, new_file=sent(picture(), "Photo\u202e.JPEG")))
    assert response.status_code == 302
    paper = Document.objects.get()
    assert (paper.file_name, paper.kind) == ("Photo.jpg", "jpg")
    with paper.file.open() as file:
        assert CANARY.encode() not in file.read()
    page = office.get(change(paper)).content.decode()
    assert "Photo.jpg" in page
    assert f"/documents/{paper.pk}/Photo.jpg" in page
    listed = office.get("/admin/events/document/").content.decode()
    assert "JPG" in listed
    assert HistoryLine.objects.filter(subject="document", verb="add").exists()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "Give a file or a link, not both"),
        ({"url": "https://example.org", "new_file": make.PDF}, "Give a file or a link, not both"),
        ({"new_file": b"<html><script>"}, "web page"),
        ({"new_file": b"MZ\x00\x01"}, "is not taken"),
        ({"new_file": b""}, "is empty"),
        ({"url": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"new_file": make.PDF, "title_0": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_is_said_and_keeps_nothing(office, edition, more, said, settings):
    if "new_file" in more:
        more = more | {"new_file": sent(more["new_file"], "paper.pdf")}
    response = office.post(ADD, answers(edition, **more))
    assert response.status_code == 200
    assert said in response.content.decode()
    assert not Document.objects.exists()
    assert not settings.MEDIA_ROOT.exists()


def test_a_file_is_replaced_and_other_changes_leave_it(office, edition):
    paper = make.paper(edition)
    form = fields(office.get(change(paper)))
    assert office.post(change(paper), form | {"title_0": "Better"}).status_code == 302
    paper.refresh_from_db()
    before = paper.file.name
    assert (str(paper.title), paper.file_name) == ("Better", "paper.pdf")
    form = fields(office.get(change(paper)))
    assert office.post(change(paper), form | {"new_file": sent(b"plain\n", "notes.txt")}).status_code == 302
    paper.refresh_from_db()
    assert (paper.file_name, paper.kind, paper.size) == ("notes.txt", "txt", 6)
    assert paper.file.name != before


def test_it_belongs_to_one_thing_of_its_own_edition(office, edition):
    foreign = make.session(make.edition())
    response = office.post(ADD, answers(edition, session=foreign.pk, new_file=sent(make.PDF)))
    assert response.status_code == 200
    session = make.session(edition)
    talk = Talk.objects.create(session=session, title="Talk")
    both = answers(edition, session=session.pk, talk=talk.pk, new_file=sent(make.PDF))
    assert "Choose one of session, talk and visit" in office.post(ADD, both).content.decode()
    everywhere = Client()
    everywhere.force_login(make.staff("secretariat"))
    crossed = answers(edition, session=foreign.pk, new_file=sent(make.PDF))
    assert "Choose one of the same edition" in everywhere.post(ADD, crossed).content.decode()
    assert not Document.objects.exists()


def test_a_session_leads_to_its_papers_and_to_a_form_that_knows_it(office, edition):
    session = make.session(edition)
    paper = make.paper(edition, "Slides", session=session)
    page = office.get(f"/admin/events/session/{session.pk}/change/").content.decode()
    assert change(paper) in page
    assert f"{ADD}?edition={edition.pk}&amp;session={session.pk}" in page
    assert f"/admin/events/document/hand-in/{session.pk}/" in page
    form = office.get(f"{ADD}?edition={edition.pk}&session={session.pk}").context["adminform"].form
    assert str(form["session"].value()) == str(session.pk)


class TestHandedIn:
    """What came from speakers, and how it is published."""

    @pytest.fixture
    def paper(self, edition):
        session = make.session(edition)
        came = make.local(edition, 8)
        speaker = make.speaker(session).speaker
        return make.paper(
            edition, "Talk of Ana", session=session, access="secretariat", handed_in_at=came, speaker=speaker
        )

    @pytest.mark.parametrize(("asked", "seen"), [("waiting", True), ("all", True), ("nonsense", True)])
    def test_the_list_shows_what_is_to_be_published(self, office, edition, paper, asked, seen):
        make.paper(edition, "Other paper")
        page = office.get(f"/admin/events/document/?handed_in={asked}").content.decode()
        assert ("Talk of Ana" in page) is seen
        assert ("Other paper" in page) is (asked == "nonsense")

    def test_it_is_published_only_with_consent(self, office, paper):
        form = fields(office.get(change(paper)))
        refused = office.post(change(paper), form | {"access": "public"})
        assert "has not agreed" in refused.content.decode()
        assert office.post(change(paper), form | {"access": "participants"}).status_code == 302
        form = fields(office.get(change(paper)))
        assert office.post(change(paper), form | {"access": "public", "may_publish": "on"}).status_code == 302
        paper.refresh_from_db()
        assert paper.access == "public"
        listed = office.get("/admin/events/document/?handed_in=waiting").context["cl"].queryset
        assert not listed.exists()

    def test_it_is_not_saved_over_what_was_handed_in_meanwhile(self, office, paper):
        form = fields(office.get(change(paper)))
        Document.objects.get(pk=paper.pk).save(update_fields=["changed_at"])
        refused = office.post(change(paper), form | {"access": "public", "may_publish": "on"})
        assert "was changed or deleted while you wrote" in refused.content.decode()
        paper.refresh_from_db()
        assert paper.access == "secretariat"
