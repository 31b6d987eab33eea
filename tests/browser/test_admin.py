"""The secretariat works in the back office in a real browser; the fixture fails on any breach of the policy."""

import pytest

from events.models import AgendaRelease
from participants.models import Participant
from tests import make
from tests.browser.looking import faults_of_ours

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def edition():
    edition = make.edition(slug="2030-tirana", requires_review=True)
    session = make.session(edition, "Depots", room=make.room(edition))
    make.speaker(session)
    make.session(edition, "Without a time", start=None)
    make.participant(edition, family_name="Primjerić")
    make.participant(edition, of="Bosnia and Herzegovina", family_name="Modelaj")
    return edition


def signed_in(visit, user, path="/admin/", **more):
    """A page of a browser in which that account has signed in by the form."""
    page = visit(path, **more)
    page.get_by_label("Username").fill(user.username)
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{path}")
    return page


def test_the_secretariat_decides_and_corrects(visit, edition):
    page = signed_in(visit, make.staff("secretariat"))
    page.get_by_role("link", name="2 to decide").click()
    page.locator("#searchbar").fill("primjeric")
    page.get_by_role("button", name="Search").click()
    page.locator("#result_list .action-select").check()
    page.locator("select[name=action]").select_option(label="Confirm")
    page.get_by_role("button", name="Go", exact=True).click()
    page.get_by_text("Now 1 × confirmed.").wait_for()
    person = Participant.objects.get(family_name="Primjerić")
    assert person.status == "confirmed"
    page.goto(f"/admin/participants/participant/{person.pk}/change/")
    page.get_by_label("Function").fill("Head of section")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was changed successfully").wait_for()
    person.refresh_from_db()
    assert person.function == "Head of section"


def test_the_secretariat_moves_a_session_and_releases_the_agenda(visit, edition):
    session = edition.sessions.get(title__icontains="Depots")
    page = signed_in(visit, make.staff("secretariat"), f"/admin/events/session/{session.pk}/change/")
    assert page.get_by_label("Start").input_value() == "09:00"
    page.get_by_label("Start").fill("14:00")
    page.get_by_label("End:").fill("15:00")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("was changed successfully").wait_for()
    page.goto(f"/admin/events/edition/{edition.pk}/release/")
    assert page.get_by_text("Depots").first.is_visible()
    page.get_by_role("button", name="Release the agenda").click()
    page.get_by_text("Release 1 is public now.").wait_for()
    assert AgendaRelease.objects.count() == 1
    session.refresh_from_db()
    assert session.start == make.local(edition, 14)


def test_places_are_raised(visit, edition):
    page = signed_in(
        visit, make.staff("secretariat", edition), f"/admin/participants/delegation/places/{edition.slug}/"
    )
    page.get_by_label("Places of the edition").fill("12")
    page.get_by_role("button", name="Save places").click()
    page.get_by_text("Free places were given").wait_for()
    edition.refresh_from_db()
    assert edition.capacity == 12


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (390, False), (390, True)])
def test_every_page_obeys_the_policy_and_ours_are_accessible_and_fit(visit, edition, width, dark):
    person, session = Participant.objects.filter(edition=edition)[0], edition.sessions.first()
    page = signed_in(visit, make.staff("secretariat"), width=width, dark=dark)
    ours = ["", f"events/edition/{edition.pk}/release/", f"participants/delegation/places/{edition.slug}/"]
    django = ["events/edition/", f"events/edition/{edition.pk}/change/", "events/session/", "events/session/add/"]
    django += [f"events/session/{session.pk}/change/", "participants/participant/", "participants/message/"]
    django += [f"participants/participant/{person.pk}/change/", f"participants/attendance/grid/{edition.slug}/"]
    for path in ours:
        page.goto(f"/admin/{path}")
        width_is = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert (path, faults_of_ours(page), width_is[0] - width_is[1]) == (path, [], 0)
    for path in django:
        assert page.goto(f"/admin/{path}").status == 200
        width_is = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert (path, width_is[0] - width_is[1]) == (path, 0)
