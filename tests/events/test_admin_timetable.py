"""The timetable in the back office: its forms without a script, and what it answers to bad input."""

import datetime as dt
import html

import pytest

from events.models import Appearance, Edition, Session
from events.timetable import version_of
from participants.models import StaffRole
from tests import make
from tests.office import change, fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make.edition(slug="2030-tirana")


@pytest.fixture
def office(client, edition):
    """A browser of the secretariat of the edition."""
    client.force_login(make.staff("secretariat", edition))
    return client


PATH = "/admin/events/session/timetable/2030-tirana/"


def look(office, **asked):
    page = office.get(PATH, asked)
    assert page.status_code == 200
    return html.unescape(page.content.decode())


def ask(office, do, session=None, **typed):
    """Press a button of a form about the session, in its present version."""
    about = {"session": session.pk, "seen": version_of(session)} if session else {}
    return office.post(PATH, {"do": do} | about | typed)


def said(response):
    return html.unescape(response.content.decode())


class TestLooking:
    def test_a_day_shows_its_sessions_by_room_and_the_rest_in_the_tray(self, office, edition):
        hall = make.room(edition, "Hall A", capacity=80)
        shown = make.session(edition, "Opening", 9, 10, room=hall)
        make.speaker(shown)
        make.session(edition, "Second day", 9, 10, on=1)
        loose = make.session(edition, "No time", None)
        page = office.get(PATH)
        columns = {str(room): [block.session for block in held] for room, held in page.context["columns"]}
        assert columns == {"None": [], "Hall A": [shown]}
        assert [(block.start, block.end, block.names) for block in page.context["blocks"]] == [
            (540, 600, "Arta Shembulli")
        ]
        assert [block.session for block in page.context["tray"]] == [loose]
        assert "Second day" not in look(office)
        assert "Second day" in look(office, day="2030-10-09")

    def test_minutes_are_counted_from_midnight_of_the_day_it_stands_under(self, office, edition):
        night = make.session(edition, "Dinner", 20, 22)
        night.end = make.local(edition, 1, 30, day=1)
        night.save()
        page = office.get(PATH)
        assert [(block.start, block.end) for block in page.context["blocks"]] == [(1200, 1530)]
        assert page.context["span"] == (480, 1560)

    def test_days_outside_the_edition_with_sessions_are_offered_too(self, office, edition):
        early = make.session(edition, "Arrival", None)
        Session.objects.filter(pk=early.pk).update(day=dt.date(2030, 10, 7))
        assert office.get(PATH).context["days"][0] == dt.date(2030, 10, 7)

    def test_what_does_not_fit_on_the_day_is_said_with_a_link(self, office, edition):
        session = make.session(edition, "Depots", 9, 10)
        make.session(edition, "Tomorrow", 9, 10, on=1)
        page = look(office)
        assert f'session={session.pk}#chosen">“Depots” has no speaker.' in page.replace("&amp;", "&")
        assert "“Tomorrow” has no speaker." not in page

    def test_the_list_of_sessions_leads_there(self, office, edition):
        assert PATH in office.get("/admin/events/session/").content.decode()

    @pytest.mark.parametrize("day", ["0001-01-01", "31.12", "²", "9" * 40])
    @pytest.mark.parametrize("session", ["²", "-1", "9" * 18, "9" * 40, "1@2"])
    def test_what_it_does_not_know_is_the_first_day(self, office, day, session):
        page = office.get(PATH, {"day": day, "session": session, "after": session})
        assert (page.status_code, page.context["day"]) == (200, dt.date(2030, 10, 8))

    def test_an_edition_without_days_says_what_to_write(self, office, edition):
        Edition.objects.update(first_day=None, last_day=None, registration_opens=None, registration_closes=None)
        assert "Write the days of the edition" in look(office)

    def test_it_is_for_who_edits_the_agenda_of_this_edition(self, client, edition):
        for role, where, status in (
            ("secretariat", make.edition(), 404),
            (StaffRole.Role.VISIT_OFFICER, edition, 404),
            ("secretariat", edition, 200),
        ):
            client.force_login(make.staff(role, where))
            assert client.get(PATH).status_code == status
        assert client.get("/admin/events/session/timetable/no-such/").status_code == 404

    def test_an_archived_edition_can_only_be_read(self, office, edition):
        session = make.session(edition)
        Edition.objects.update(status="archived")
        page = look(office, session=session.pk)
        assert "This edition is archived." in page
        assert page.count('method="post"') == 1  # the one that logs out
        response = ask(office, "place", session)
        assert response.status_code == 422
        assert "archived" in said(response)


class TestForms:
    def test_a_session_is_added_and_the_next_one_begins_where_it_ends(self, office, edition):
        hall = make.room(edition)
        typed = {"title": "Depots", "kind": "session", "day": "2030-10-08", "start": "09:00", "end": "10:30"}
        response = ask(office, "add", **typed, room=hall.pk)
        session = Session.objects.get()
        assert response.url == f"{PATH}?day=2030-10-08&after={session.pk}#add"
        assert session.start == make.local(edition, 9)
        page = office.get(response.url)
        assert page.context["forms"]["add"].initial == {
            "day": edition.days[0],
            "start": dt.time(10, 30),
            "room": hall,
        }
        assert "“Depots” was added" in said(page)

    def test_a_session_is_placed_and_stays_chosen(self, office, edition):
        session = make.session(edition)
        response = ask(office, "place", session, day="2030-10-09", start="14:00", end="15:00")
        session.refresh_from_db()
        assert response.url == f"{PATH}?day=2030-10-09&session={session.pk}#chosen"
        assert session.start == make.local(edition, 14, day=1)

    def test_it_is_taken_out(self, office, edition):
        session = make.session(edition, room=make.room(edition))
        assert ask(office, "take-out", session).status_code == 302
        session.refresh_from_db()
        assert (session.day, session.start, session.room) == (None, None, None)

    def test_a_clash_names_the_other_session_and_offers_the_swap(self, office, edition):
        hall = make.room(edition)
        other = make.session(edition, "Opening", 9, 10, room=hall)
        session = make.session(edition, "Depots", 11, 12, room=hall)
        response = ask(office, "place", session, day="2030-10-08", start="09:15", end="10:15", room=hall.pk)
        assert response.status_code == 422
        assert "“Opening” holds this room at that time." in said(response)
        assert 'value="09:15"' in said(response)
        chosen = f"{other.pk}@{version_of(other)}"
        assert response.context["forms"]["swap"]["other"].value() == chosen
        assert ask(office, "swap", session, other=chosen).status_code == 302
        session.refresh_from_db()
        other.refresh_from_db()
        assert (session.start, other.start) == (make.local(edition, 9), make.local(edition, 11))

    def test_a_stale_form_is_refused_and_keeps_what_was_typed(self, office, edition):
        session = make.session(edition)
        seen = version_of(session)
        change(office, session, start_time="11:00", end_time="12:00")
        response = ask(office, "place", session, seen=seen, day="2030-10-08", start="15:00", end="16:00")
        assert response.status_code == 422
        assert "changed “Depots” after you opened it. It is now: 8 October 2030, 11:00–12:00" in said(response)
        assert 'value="15:00"' in said(response)
        # The form that stands there now has the new version: saved again, it is meant.
        session.refresh_from_db()
        assert response.context["version"] == version_of(session)
        assert session.start == make.local(edition, 11)

    def test_a_stale_swap_keeps_the_choice(self, office, edition):
        session, other = make.session(edition, "One"), make.session(edition, "Other", 11, 12)
        old = f"{other.pk}@{version_of(other)}"
        other.save()
        response = ask(office, "swap", session, other=old)
        assert response.status_code == 422
        assert "“Other” after you opened it" in said(response)
        assert response.context["forms"]["swap"]["other"].value() == f"{other.pk}@{version_of(other)}"

    def test_speakers_and_talks_are_added(self, office, edition):
        session = make.session(edition)
        assert ask(office, "talk", session, title="Marking").status_code == 302
        session.refresh_from_db()
        talk = session.talks.get()
        assert ask(office, "speaker", session, name="Arta Shembulli", role="speaker", talk=talk.pk).status_code == 302
        assert Appearance.objects.get().talk == talk
        assert "Arta Shembulli" in look(office, session=session.pk)

    def test_times_that_come_twice_are_said(self, office, edition):
        Edition.objects.update(first_day=dt.date(2030, 10, 26), last_day=dt.date(2030, 10, 28))
        session = make.session(Edition.objects.get())
        response = ask(office, "place", session, day="2030-10-27", start="02:30", end="04:00")
        assert "02:30 comes twice" in said(office.get(response.url))

    def test_a_visit_that_moves_says_when_people_still_meet(self, office, edition):
        visit = make.visit(edition, meets_at=make.local(edition, 12, 30, day=1))
        response = ask(office, "place", visit.session, day="2030-10-10", start="14:00", end="18:00")
        assert "The visit still meets on 9 October 2030 at 12:30." in said(office.get(response.url))

    def test_the_page_of_a_session_comes_back(self, office, edition):
        session = make.session(edition)
        assert f"/admin/events/session/{session.pk}/change/?back=timetable" in look(office, session=session.pk)
        path = f"/admin/events/session/{session.pk}/change/?back=timetable"
        response = office.post(path, fields(office.get(path)))
        assert response.url == f"{PATH}?day=2030-10-08&session={session.pk}"

    @pytest.mark.parametrize("do", ["add", "place", "swap", "talk", "speaker", "take-out", "", "²"])
    @pytest.mark.parametrize(
        "bad", ["\x00", "0001-01-01", "9" * 30, "²", "-1", "x@y", "99:99", "\u3164", b"\xed\xa0\x80"]
    )
    def test_bad_input_is_refused_in_words(self, office, edition, do, bad):
        session = make.session(edition)
        names = ("title", "kind", "day", "start", "end", "room", "other", "name", "role", "talk", "seen")
        response = ask(office, do, session, **dict.fromkeys(names, bad))
        # What no text can hold is refused before it comes here.
        assert response.status_code in {302, 400, 422}
        answer = office.post(PATH, dict.fromkeys((*names, "session"), bad) | {"do": do})
        assert answer.status_code in {302, 400, 422}
        session.refresh_from_db()
        assert session.start == make.local(edition, 9)
        assert Session.objects.count() == 1

    def test_a_session_of_another_edition_is_not_touched(self, office, edition):
        session = make.session(make.edition())
        assert ask(office, "take-out", session).status_code == 302
        session.refresh_from_db()
        assert session.day is not None
