"""The secretariat copies an agenda, releases it, and goes back, in a real browser."""

import datetime as dt

import pytest

from events.models import Session
from events.scheduling import release_agenda
from tests import make
from tests.browser.looking import faults_of_ours, is_too_wide
from tests.browser.test_admin import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def source():
    made = make.edition(label="Earlier edition", first_day=dt.date(2029, 5, 8), last_day=dt.date(2029, 5, 10))
    hall = make.room(made, "Hall with a name that is rather long for a column")
    make.speaker(make.session(made, "Opening of the workshop", 9, 10, room=hall))
    make.session(made, "Stores", 10, 11, room=hall)
    make.session(made, "Without a time", None)
    return made


def test_a_programme_is_copied_released_changed_and_taken_back(visit, source):
    edition = make.edition(label="Coming edition")
    page = signed_in(visit, make.staff("secretariat"), f"/admin/events/edition/{edition.pk}/copy/")
    page.get_by_label("Edition to copy from").select_option(label="Earlier edition")
    page.get_by_role("button", name="Show what would be copied").click()
    page.get_by_role("heading", name="3 sessions would be copied").wait_for()
    page.get_by_role("button", name="Copy 3 sessions").dblclick()
    page.get_by_text("3 sessions were copied.").wait_for()
    page.get_by_label("final").check()
    page.get_by_label("Note for the reader").fill("First programme")
    page.get_by_role("button", name="Release the agenda").dblclick()
    page.get_by_text("Release 1 is public now.").wait_for()
    assert edition.sessions.count() == 3
    assert edition.releases.count() == 1
    Session.objects.filter(edition=edition, title__contains="Stores").update(title="Depots")
    page.get_by_role("link", name="Go back to this release").click()
    page.get_by_text("New title: “Stores”, was “Depots”.").wait_for()
    page.get_by_role("button", name="Go back to release 1").click()
    page.get_by_text("The agenda is as in release 1 again.").wait_for()
    assert edition.sessions.filter(title__contains="Stores").exists()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_the_pages_are_accessible_and_fit(visit, source, width, dark):
    release_agenda(edition=source, by="sec", note="A note of a release " * 12)
    make.session(source, "Never released", 15, 16)
    source.sessions.filter(title__contains="Stores").update(title="Depots")
    edition = make.edition()
    page = signed_in(visit, make.staff("secretariat"), width=width, dark=dark)
    asked = f"?source={source.pk}&rooms=on&speakers=asked"
    for path in (f"{source.pk}/release/", f"{source.pk}/release/1/", f"{edition.pk}/copy/{asked}"):
        page.goto(f"/admin/events/edition/{path}")
        assert (path, faults_of_ours(page), is_too_wide(page)) == (path, [], False)
