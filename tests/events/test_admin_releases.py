"""Releasing in the back office: what is shown before the button, and who presses it when."""

import datetime as dt
import re

import pytest

from events.models import AgendaRelease, Edition, Session
from events.scheduling import release_agenda
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make.edition()


@pytest.fixture
def office(client, edition):
    """A browser of the secretariat of the edition."""
    client.force_login(make.staff("secretariat", edition))
    return client


def path(edition):
    return f"/admin/events/edition/{edition.pk}/release/"


def typed(page, **more):
    """What the form on the page sends."""
    return {"seen": page.context["form"]["seen"].value(), "status": "final", "note": ""} | more


def text(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def test_what_would_change_is_shown_before_the_button_is_pressed(office, edition):
    make.session(edition, "Depots")
    page = office.get(path(edition))
    assert "New: “Depots”, 8 October 2030, 09:00 to 10:00." in text(page)
    assert not AgendaRelease.objects.exists()
    page = office.post(path(edition), typed(page, note="Rooms fixed"), follow=True)
    assert "Release 1 is public now." in page.content.decode()
    release = AgendaRelease.objects.get()
    assert (release.status, release.note) == ("final", "Rooms fixed")


def test_the_next_release_begins_with_the_status_of_the_last(office, edition):
    assert office.get(path(edition)).context["form"]["status"].value() == "provisional"
    release_agenda(edition=edition, by="sec", status="final")
    assert office.get(path(edition)).context["form"]["status"].value() == "final"


def test_where_nothing_changed_the_page_says_so_and_a_release_is_still_possible(office, edition):
    make.session(edition)
    release_agenda(edition=edition, by="sec")
    page = office.get(path(edition))
    assert "Nothing since release 1. A release now would be unchanged, with a new number" in text(page)
    assert office.post(path(edition), typed(page)).status_code == 302
    assert edition.releases.count() == 2


def test_a_blocker_stops_the_release_and_is_named(office, edition):
    make.session(edition, "Depots")
    Edition.objects.filter(pk=edition.pk).update(first_day="2031-10-08", last_day="2031-10-09")
    page = office.get(path(edition))
    assert "Stops the release" in page.content.decode()
    assert re.search(r"<input[^>]+Release the agenda[^>]+disabled", page.content.decode())
    assert office.post(path(edition), typed(page)).status_code == 422
    assert not AgendaRelease.objects.exists()


@pytest.mark.parametrize("wrong", [{"status": ""}, {"status": "nonsense"}, {"note": "x" * 10_000}])
def test_a_wrong_answer_is_explained(office, edition, wrong):
    assert office.post(path(edition), typed(office.get(path(edition)), **wrong)).status_code == 422
    assert not AgendaRelease.objects.exists()


@pytest.mark.parametrize("mark", ["", "1", "0-" + "a" * 32, "x" * 100])
def test_a_page_that_shows_nothing_known_releases_nothing(office, edition, mark):
    page = office.get(path(edition))
    assert office.post(path(edition), typed(page, seen=mark)).status_code == 422
    assert not AgendaRelease.objects.exists()


def test_an_edit_between_the_page_and_the_button_is_shown_and_asked_about_again(office, edition):
    session = make.session(edition)
    page = office.get(path(edition))
    Session.objects.filter(pk=session.pk).update(title="Transport")
    again = office.post(path(edition), typed(page, note="My note"))
    assert again.status_code == 422
    assert not AgendaRelease.objects.exists()
    assert "The agenda was changed meanwhile." in text(again)
    assert "New: “Transport”" in text(again)
    assert 'value="My note"' in again.content.decode()
    assert office.post(path(edition), typed(again)).status_code == 302
    assert AgendaRelease.objects.count() == 1


def test_the_second_of_two_staff_is_told_of_the_release_of_the_first(office, edition):
    make.session(edition)
    page = office.get(path(edition))
    release_agenda(edition=edition, by="Ana", status="final")
    again = office.post(path(edition), typed(page))
    assert "Release 1 was made meanwhile, by Ana." in text(again)
    assert AgendaRelease.objects.count() == 1


def test_the_same_button_pressed_twice_gives_one_release_and_says_the_same(office, edition):
    make.session(edition)
    answers = typed(office.get(path(edition)))
    for _press in range(2):
        page = office.post(path(edition), answers, follow=True)
        assert "Release 1 is public now." in page.content.decode()
    assert AgendaRelease.objects.count() == 1


def test_findings_are_listed_under_headings_each_with_its_session(office, edition):
    sessions = [make.session(edition, f"Session {hour}", hour, hour + 1) for hour in range(8, 16)]
    late = make.session(edition, "Late", 17, None)
    page = office.get(path(edition))
    assert "What to look at: 10 remarks" in text(page)
    groups = dict(page.context["warnings"])
    assert [len(groups[name]) for name in ("No end", "No speaker")] == [1, 9]
    for session in (*sessions, late):
        assert f"/admin/events/session/{session.pk}/change/" in page.content.decode()
    timetable = f"/admin/events/session/timetable/{edition.slug}/?day=2030-10-08&amp;session={late.pk}#chosen"
    assert timetable in page.content.decode()
    assert re.search(r'<details class="group"><summary>No speaker', page.content.decode())  # long ones are folded
    assert re.search(r'<details class="group" open><summary>No end', page.content.decode())


def test_a_released_session_that_is_gone_leads_to_the_release_that_has_it(office, edition):
    session = make.session(edition)
    release_agenda(edition=edition, by="sec")
    session.delete()
    assert f'{path(edition)}1/">Go back to the last release' in office.get(path(edition)).content.decode()


# -- Going back ---------------------------------------------------------------------------------------------------


def test_going_back_is_shown_in_words_and_names_what_is_deleted(office, edition):
    session = make.session(edition, "Depots")
    release_agenda(edition=edition, by="sec")
    Session.objects.filter(pk=session.pk).update(title="Transport")
    extra = make.session(edition, "Extra", 14, 15)
    page = office.get(f"{path(edition)}1/")
    assert "New title: “Depots”, was “Transport”." in text(page)
    assert "Deleted: “Extra”" in text(page)
    assert Session.objects.filter(pk=extra.pk).exists()
    done = office.post(f"{path(edition)}1/", {"seen": page.context["plan"].mark}, follow=True)
    assert "The agenda is as in release 1 again." in text(done)
    session.refresh_from_db()
    assert str(session.title) == "Depots"
    assert not Session.objects.filter(pk=extra.pk).exists()
    assert edition.releases.count() == 1


def test_an_edit_between_the_page_and_going_back_is_shown_and_asked_about_again(office, edition):
    session = make.session(edition, "Depots")
    release_agenda(edition=edition, by="sec")
    Session.objects.filter(pk=session.pk).update(title="Transport")
    mark = office.get(f"{path(edition)}1/").context["plan"].mark
    Session.objects.filter(pk=session.pk).update(title="Transport and stores")
    again = office.post(f"{path(edition)}1/", {"seen": mark})
    assert again.status_code == 422
    assert "was “Transport and stores”" in text(again)
    session.refresh_from_db()
    assert str(session.title) == "Transport and stores"


@pytest.mark.parametrize("number", ["0", "2", "999999999999999999999"])
def test_a_release_that_is_not_there_is_not_found(office, edition, number):
    release_agenda(edition=edition, by="sec")
    assert office.get(f"{path(edition)}{number}/").status_code == 404
    assert office.post(f"{path(edition)}{number}/", {"seen": ""}).status_code == 404


# -- Copying ------------------------------------------------------------------------------------------------------


@pytest.fixture
def source():
    """An earlier edition, public and released, of which the office sees no more than everybody."""
    made = make.edition(label="Earlier", first_day=dt.date(2029, 5, 8), last_day=dt.date(2029, 5, 10))
    make.speaker(make.session(made, "Opening", 9, 10, room=make.room(made)))
    release_agenda(edition=made, by="sec")
    return made


def wish(edition, **more):
    chosen = {"source": edition.pk, "rooms": "on", "topics": "on", "talks": "on", "speakers": "asked"}
    return {name: value for name, value in (chosen | more).items() if value}


def copy_path(edition):
    return f"/admin/events/edition/{edition.pk}/copy/"


def test_a_copy_is_looked_at_by_day_and_then_pressed_once(office, edition, source):
    page = office.get(copy_path(edition), wish(source))
    assert "Tuesday, 8 October 2030 there: Tuesday, 8 May 2029" in text(page)
    assert "09:00–10:00 Opening Hall A" in text(page)
    assert not edition.sessions.exists()
    answers = wish(source) | {"seen": page.context["plan"].mark}
    for _press in range(2):
        assert "1 session was copied." in text(office.post(copy_path(edition), answers, follow=True))
    assert edition.sessions.get().start == make.local(edition, 9)


def test_an_edition_with_sessions_is_refused_unless_it_is_said(office, edition, source):
    make.session(edition, "Mine", 14, 15)
    page = office.get(copy_path(edition), wish(source))
    assert page.status_code == 422
    assert "This edition has sessions already: 1." in text(page)
    page = office.get(copy_path(edition), wish(source, beside="on"))
    office.post(copy_path(edition), wish(source, beside="on") | {"seen": page.context["plan"].mark})
    assert sorted(str(session.title) for session in edition.sessions.all()) == ["Mine", "Opening"]


def test_of_an_edition_of_others_only_what_is_public_is_copied(office, edition, source):
    Session.objects.filter(edition=source).update(title="Not yet public")
    page = office.get(copy_path(edition), wish(source))
    assert [str(new.title["en"]) for _old, new in page.context["plan"].pairs] == ["Opening"]
    Edition.objects.filter(pk=source.pk).update(status="draft")
    assert office.get(copy_path(edition), wish(source)).status_code == 422


@pytest.mark.parametrize("wrong", [{"source": "x"}, {"source": "999999999999999999999"}, {"speakers": "all"}])
def test_a_wish_that_cannot_be_read_is_explained(office, edition, source, wrong):
    assert office.get(copy_path(edition), wish(source, **wrong)).status_code == 422
    assert office.post(copy_path(edition), wish(source, **wrong)).status_code == 422
    assert not edition.sessions.exists()


def test_an_edit_between_the_page_and_the_copy_is_asked_about_again(office, edition, source):
    mark = office.get(copy_path(edition), wish(source)).context["plan"].mark
    make.room(edition, "Library")
    again = office.post(copy_path(edition), wish(source) | {"seen": mark})
    assert again.status_code == 422
    assert "was changed meanwhile" in text(again)
    assert again.context["plan"].mark != mark
    assert not edition.sessions.exists()


def test_who_chose_something_else_after_another_has_copied_is_told_so(office, edition, source):
    mark = office.get(copy_path(edition), wish(source)).context["plan"].mark
    office.post(copy_path(edition), wish(source) | {"seen": mark})
    again = office.post(copy_path(edition), wish(source, talks="") | {"seen": mark + "x"})
    assert again.status_code == 422
    assert "This edition has sessions already: 1." in text(again)
    assert edition.sessions.count() == 1
