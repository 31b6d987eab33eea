"""Papers and presentations on a phone, without a script, and in the back office."""

import pytest

from events.models import Document
from events.scheduling import release_agenda
from participants import handing_in
from tests import make
from tests.browser.looking import faults, faults_of_ours, is_too_wide
from tests.participants.registered import participant, path_of_link

pytestmark = pytest.mark.django_db(transaction=True)
LONG = "Извештај о складиштима " * 5


@pytest.fixture
def edition():
    return make.edition()


@pytest.fixture
def session(edition):
    made = make.session(edition, "Depots")
    make.speaker(made)
    release_agenda(edition=edition, by="test")
    return made


def test_a_speaker_hands_in_on_a_phone_without_a_script(visit, session):
    speaker = session.appearances.get().speaker
    link = handing_in.make_link(session=session, speaker=speaker, language="en", by="sec")
    page = visit("/" + link.split("/", 3)[3], width=390, scripts=False)
    page.get_by_role("button", name="Send the file").click()
    assert page.title().startswith("Error: ")
    page.get_by_label("Your presentation").set_input_files(
        {"name": f"{LONG}.pdf", "mimeType": "application/pdf", "buffer": make.PDF}
    )
    page.get_by_label("The workshop may publish this file on its website").check()
    page.get_by_role("button", name="Send the file").click()
    assert page.get_by_text("We have your file.").is_visible()
    assert Document.objects.get().may_publish


@pytest.mark.parametrize("dark", [False, True])
def test_the_pages_of_papers_have_no_faults(visit, edition, session, dark):
    make.paper(edition, LONG, name=f"{LONG}.pdf")
    hidden = make.paper(edition, "Inside", access="participants", session=session)
    person = participant(edition)
    own = path_of_link(person)
    lock = f"/editions/{edition.slug}/documents/{hidden.pk}/paper.pdf"
    below = f"/editions/{edition.slug}/"
    page = visit(below, width=390, dark=dark)
    for path in (below, f"{below}sessions/{session.pk}/", lock, own):
        page.goto(path)
        assert faults(page) == [], path
        assert not is_too_wide(page), path
    with page.expect_download() as download:
        page.get_by_role("link", name="Inside").click()
    assert download.value.suggested_filename == "paper.pdf"
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all (ZIP)").click()
    assert download.value.suggested_filename == f"{edition.slug}.zip"


def test_the_secretariat_makes_a_link_to_copy(visit, session):
    user = make.staff("secretariat", session.edition)
    user.set_password("only for this test")
    user.save()
    page = visit(f"/admin/events/document/hand-in/{session.pk}/")
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill("only for this test")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Make a link to copy").click()
    assert "/hand-in/" in page.locator(".made code").inner_text()
    assert faults_of_ours(page) == []
