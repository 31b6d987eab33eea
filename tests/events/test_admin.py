"""The back office of editions and sessions, as the secretariat uses it."""

import datetime as dt

import pytest

from events.models import (
    Appearance,
    Edition,
    FieldVisit,
    HistoryLine,
    Organisation,
    Session,
    Speaker,
    Topic,
)
from tests import make
from tests.office import change, errors, fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make.edition()


@pytest.fixture
def office(client, edition):
    """A browser of the secretariat of the edition."""
    client.force_login(make.staff("secretariat", edition))
    return client


class TestSessions:
    def test_times_are_those_of_the_place(self, office, edition):
        session = make.session(edition, start=9, end=10)
        page = office.get(f"/admin/events/session/{session.pk}/change/").content.decode()
        assert 'value="09:00' in page
        assert "09:00–10:00" in office.get("/admin/events/session/").content.decode()
        assert change(office, session, start_time="14:30", end_time="15:00").status_code == 302
        session.refresh_from_db()
        assert session.start == make.local(edition, 14, 30)
        assert session.start.astimezone(dt.UTC).hour == 12

    def test_a_new_session_is_made(self, office, edition):
        typed = {"edition": edition.pk, "kind": "session", "title_0": "New", "day": "2030-10-08", "start_time": "09:00"}
        response = office.post(
            "/admin/events/session/add/", typed | {"end_time": "10:00", "order": 0, "status": "scheduled"}
        )
        assert response.status_code == 302
        assert Session.objects.get().start == make.local(edition, 9)

    def test_a_clash_of_rooms_names_the_other_session(self, office, edition):
        hall = make.room(edition)
        make.session(edition, "Opening", 9, 10, room=hall)
        session = make.session(edition, "Depots", 10, 11, room=hall)
        response = change(office, session, start_time="09:30")
        assert errors(response) == {"room": ["“Opening” holds this room at that time."]}

    @pytest.mark.parametrize(
        ("typed", "field", "words"),
        [
            ({"end_time": "08:00"}, "end_time", "The end is not after the start"),
            ({"day": ""}, "day", "Choose the day of this start"),
            ({"start_time": ""}, "start_time", "Write a start before the end"),
            ({"day": "0001-01-01"}, "day", "between 1990 and 2100"),
            ({"day": "9999-12-31", "ends_next_day": "on"}, "day", "between 1990 and 2100"),
            ({"day": "2030-03-31", "start_time": "02:30"}, "start_time", "the clocks change"),
            ({"title_0": "\u200b\u2060"}, "title", ""),
            ({"order": "99999999999999999999"}, "order", "32767"),
            ({"room": "abc"}, "room", "not one of the available choices"),
            ({"room": "99999999999999999999"}, "room", "not one of the available choices"),
            ({"kind": "nonsense"}, "kind", "not one of the available choices"),
            ({"topics": ["abc"]}, "topics", "not a valid value"),
        ],
    )
    def test_what_cannot_be_is_explained_at_its_field(self, office, edition, typed, field, words):
        response = change(office, make.session(edition), **typed)
        assert response.status_code == 200
        assert any(words in said for said in errors(response)[field])

    def test_a_session_may_end_after_midnight(self, office, edition):
        session = make.session(edition, start=20, end=21)
        assert change(office, session, end_time="01:00", ends_next_day="on").status_code == 302
        session.refresh_from_db()
        assert session.end == make.local(edition, 1, day=1)

    def test_a_time_that_comes_twice_is_the_first_and_that_is_said(self, office, edition):
        session = make.session(edition)
        path = f"/admin/events/session/{session.pk}/change/"
        typed = fields(office.get(path)) | {"day": "2030-10-27", "start_time": "02:30", "end_time": "04:00"}
        page = office.post(path, typed, follow=True).content.decode()
        assert "02:30 comes twice. The first is meant." in page
        session.refresh_from_db()
        assert session.start == dt.datetime(2030, 10, 27, 0, 30, tzinfo=dt.UTC)

    def test_the_second_of_two_editors_is_refused_and_keeps_the_text(self, office, edition):
        session = make.session(edition)
        path = f"/admin/events/session/{session.pk}/change/"
        mine = fields(office.get(path)) | {"title_0": "Mine"}
        assert change(office, session, title_0="Theirs").status_code == 302
        response = office.post(path, mine)
        assert "saved this session while you wrote" in response.content.decode()
        assert 'value="Mine"' in response.content.decode()
        session.refresh_from_db()
        assert str(session.title) == "Theirs"

    def test_talks_speakers_and_the_visit_are_written_in_the_form_of_the_session(self, office, edition):
        visit = make.visit(edition)
        speaker = Speaker.objects.create(name="Arta Shembulli")
        typed = {"appearances-TOTAL_FORMS": 1, "appearances-0-speaker": speaker.pk, "appearances-0-role": "chair"}
        typed |= {"appearances-0-state": "confirmed", "appearances-0-order": 0, "talks-TOTAL_FORMS": 1}
        typed |= {"talks-0-title_0": "A talk", "talks-0-order": 0, "field_visit-0-capacity": 12}
        typed |= {"field_visit-0-host_unit": "Engineers"}
        page = office.get(f"/admin/events/session/{visit.session_id}/change/")
        prefixes = [one.formset.prefix for one in page.context["inline_admin_formsets"]]
        states = dict(Appearance.State.choices)
        typed["appearances-0-state"] = next(iter(states))
        typed = {name.replace("field_visit", prefixes[2]): value for name, value in typed.items()}
        response = change(office, visit.session, **typed)
        assert response.status_code == 302, [f.formset.errors for f in response.context["inline_admin_formsets"]]
        assert Appearance.objects.get().speaker == speaker
        assert str(visit.session.talks.get().title) == "A talk"
        written = FieldVisit.objects.get()
        assert (written.host_unit, written.capacity) == ("Engineers", None)  # places are changed by a verb

    @pytest.mark.parametrize("key", ["abc", "0", "99999999999999999999", "-1"])
    def test_a_wrong_key_in_an_inline_is_no_fault_of_ours(self, office, edition, key):
        session = make.session(edition)
        make.speaker(session)
        response = change(office, session, **{"appearances-0-id": key, "appearances-0-speaker": key})
        assert response.status_code == 200
        assert response.context["errors"]


class TestEditions:
    @pytest.fixture
    def topics(self, edition):
        return [Topic.objects.create(edition=edition, name={"en": name}) for name in ("Depots", "Transport")]

    def test_an_edition_with_topics_is_saved(self, office, edition, topics):
        assert change(office, edition, venue="Hall", **{"topics-0-name_0": "Depots and stores"}).status_code == 302
        edition.refresh_from_db()
        assert edition.venue == "Hall"
        assert [str(topic) for topic in edition.topics.all()] == ["Depots and stores", "Transport"]

    def test_the_second_of_two_editors_is_refused_and_keeps_the_text(self, office, edition):
        path = f"/admin/events/edition/{edition.pk}/change/"
        mine = fields(office.get(path)) | {"venue": "Mine"}
        assert change(office, edition, venue="Theirs").status_code == 302
        response = office.post(path, mine)
        assert "Somebody else saved this edition" in response.content.decode()
        assert 'value="Mine"' in response.content.decode()
        edition.refresh_from_db()
        assert edition.venue == "Theirs"

    @pytest.mark.parametrize("name", ["Depots", " Depots  "])
    def test_a_topic_that_is_there_twice_is_refused(self, office, edition, topics, name):
        response = change(office, edition, **{"topics-1-name_0": name})
        assert response.status_code == 200
        assert "Two topics have the same name" in response.content.decode()

    def test_times_are_those_of_the_place(self, office, edition):
        typed = {"registration_opens_0": "2030-01-15", "registration_opens_1": "08:00"}
        typed |= {"registration_closes_0": "2030-07-15", "registration_closes_1": "18:00"}
        assert change(office, edition, **typed).status_code == 302
        edition.refresh_from_db()
        assert edition.registration_opens == dt.datetime(2030, 1, 15, 7, tzinfo=dt.UTC)
        assert edition.registration_closes == dt.datetime(2030, 7, 15, 16, tzinfo=dt.UTC)
        page = office.get(f"/admin/events/edition/{edition.pk}/change/").content.decode()
        assert 'value="18:00:00"' in page

    def test_the_first_times_of_an_edition_are_read_in_the_zone_that_is_written_beside_them(self, client):
        client.force_login(make.staff("secretariat"))
        page = client.get("/admin/events/edition/add/")
        typed = fields(page) | {"slug": "2031-sofia", "title_0": "Workshop", "city": "Sofia", "country": "Bulgaria"}
        typed |= {"first_day": "2031-05-01", "last_day": "2031-05-02", "timezone": "Europe/Sofia", "status": "draft"}
        typed |= {"registration_opens_0": "2031-01-15", "registration_opens_1": "08:00"}
        typed |= {"registration_closes_0": "2031-02-15", "registration_closes_1": "08:00"}
        assert client.post("/admin/events/edition/add/", typed).status_code == 302
        assert Edition.objects.get(slug="2031-sofia").registration_opens == dt.datetime(2031, 1, 15, 6, tzinfo=dt.UTC)

    @pytest.mark.parametrize(
        ("typed", "words"),
        [
            ({"registration_closes_0": "2020-01-01"}, "Registration closes after it opens"),
            ({"registration_closes_0": "", "registration_closes_1": ""}, "Give both times or none"),
            ({"last_day": "2030-10-01"}, "The last day is before the first day"),
            ({"timezone": "Nowhere/Land"}, "Write a time zone like Europe/Tirane."),
            ({"city": ""}, "Before registration can open"),
            ({"first_day": "0001-01-01"}, "between 1990 and 2100"),
            ({"last_day": "9999-12-31"}, "between 1990 and 2100"),
            ({"details_deadline_0": "0001-01-01", "details_deadline_1": "00:00"}, ""),
            ({"travel_deadline_0": "9999-12-31", "travel_deadline_1": "23:59"}, "between 1990 and 2100"),
            ({"registration_opens_0": "2030-03-31", "registration_opens_1": "02:30"}, "time zone Europe/Tirane"),
            ({"ordinal": "99999999999999999999"}, "32767"),
            ({"position": "1e400"}, ""),
            ({"sources": "not an address"}, "valid URL"),
            ({"slug": "Ärger"}, "slug"),
            ({"title_0": "\u200b"}, ""),
        ],
    )
    def test_what_cannot_be_is_explained(self, office, edition, typed, words):
        response = change(office, edition, **typed)
        assert response.status_code == 200
        assert words in str(errors(response))

    def test_sources_stand_one_a_line(self, office, edition):
        assert change(office, edition, sources="https://example.org/a,b\r\nexample.org/c").status_code == 302
        edition.refresh_from_db()
        assert edition.sources == ["https://example.org/a,b", "https://example.org/c"]
        page = office.get(f"/admin/events/edition/{edition.pk}/change/")
        assert page.context["adminform"].form["sources"].value() is not None
        assert "https://example.org/a,b\nhttps://example.org/c" in page.content.decode()

    def test_the_capacity_is_read_here_and_changed_on_its_own_page(self, office, edition):
        page = office.get(f"/admin/events/edition/{edition.pk}/change/").content.decode()
        assert f"/admin/participants/delegation/places/{edition.slug}/" in page
        assert 'name="capacity"' not in page
        change(office, edition, capacity="1")
        edition.refresh_from_db()
        assert edition.capacity is None

    def test_an_edit_leaves_a_line_in_the_one_history(self, office, edition):
        change(office, edition, city="Durrës")
        line = HistoryLine.objects.get(verb="edit")
        assert (line.subject, line.subject_id, line.edition) == ("edition", edition.pk, edition)
        assert "City" in line.after
        assert "Durrës" not in line.after
        answer = office.get(f"/admin/events/edition/{edition.pk}/history/", follow=True)
        assert "City" in answer.content.decode()


class TestOtherEditions:
    """Staff of one edition neither see nor choose anything of another."""

    @pytest.fixture
    def other(self):
        other = make.edition(label="Foreign edition")
        make.session(other, "Foreign session", room=make.room(other, "Foreign room"))
        other.topics.create(name="Foreign topic")
        return other

    def test_lists_filters_and_forms_do_not_name_them(self, office, edition, other):
        session = make.session(edition, "Own session", room=make.room(edition, "Own room"))
        paths = ["session/", "session/?edition=all", f"session/{session.pk}/change/", "session/add/", "document/add/"]
        for path in [*paths, "edition/", "agendarelease/", "historyline/"]:
            page = office.get(f"/admin/events/{path}").content.decode()
            assert "Foreign" not in page, path
        assert "Own room" in office.get("/admin/events/session/").content.decode()

    def test_their_keys_are_refused(self, office, edition, other):
        session = make.session(edition)
        response = change(office, session, room=other.rooms.get().pk, topics=[other.topics.get().pk])
        assert set(errors(response)) == {"room", "topics"}
        typed = {"edition": other.pk, "kind": "session", "title_0": "New", "order": 0, "status": "scheduled"}
        response = office.post("/admin/events/session/add/", typed)
        assert "edition" in errors(response)
        assert not Session.objects.filter(title__icontains="New").exists()

    def test_a_filter_or_an_action_with_their_keys_finds_nothing(self, office, edition, other):
        foreign = other.sessions.get()
        page = office.get(f"/admin/events/session/?edition={other.pk}").content.decode()
        assert "Foreign" not in page
        typed = {"action": "delete_selected", "_selected_action": [foreign.pk], "post": "yes"}
        office.post("/admin/events/session/?edition=all", typed)
        assert Session.objects.filter(pk=foreign.pk).exists()

    def test_what_all_editions_share_is_not_deleted_by_the_staff_of_one(self, office, edition):
        organisation = Organisation.objects.create(name="Institute")
        assert office.post(f"/admin/events/organisation/{organisation.pk}/delete/", {"post": "yes"}).status_code == 403

    @pytest.mark.parametrize("role", ["observer", "check-in", "visit-officer"])
    @pytest.mark.parametrize("source", ["appearance&field_name=speaker", "partnership&field_name=organisation"])
    def test_suggestions_are_for_those_who_edit_the_agenda(self, client, edition, role, source):
        client.force_login(make.staff(role, edition))
        answer = client.get(f"/admin/autocomplete/?app_label=events&model_name={source}&term=a")
        assert answer.status_code == 403


def test_the_same_name_written_twice_at_once_is_said_and_saves_nothing(office, monkeypatch):
    Organisation.objects.create(name="Institute")
    # The other was saved between the check of this form and its own saving.
    monkeypatch.setattr(Organisation, "validate_constraints", lambda *_args, **_options: None)
    page = office.post("/admin/events/organisation/add/", {"name": "INSTITUTE"}, follow=True).content.decode()
    assert "Nothing was saved. Try again." in page
    assert Organisation.objects.count() == 1


@pytest.mark.parametrize("prefix", ["rooms", "topics", "partnerships"])
def test_a_form_that_lies_about_its_rows_saves_nothing(office, edition, prefix):
    make.room(edition)
    Topic.objects.create(edition=edition, name={"en": "Depots"})
    edition.partnerships.create(organisation=Organisation.objects.create(name="Institute"), role="host")
    answer = change(office, edition, venue="Hall", **{f"{prefix}-INITIAL_FORMS": "-1"})
    assert answer.status_code in {200, 302}
    edition.refresh_from_db()
    assert edition.venue != "Hall"


LISTS = ["edition", "session", "speaker", "organisation", "document", "agendarelease", "historyline"]
ODD = [
    *("id=abc", "page=last", "p=last", "p=-1", "p=99999999999", "o=x", "o=1.2.99", "e=1", "e=1&id=abc", "all="),
    *("edition__id__exact=abc", "edition=abc", "edition=99999999999999999999", "edition__slug=x", "kind__exact=%00"),
    *("day__gte=0001-01-01", "day__gte=x", "room__id__exact=abc", "nonsense__x=1", "pk__in=1,b", "_popup=1", "q=%"),
    *("q=%25_%5C", "q=" + "ž" * 5000, "q=%E2%80%8B", "q=%22%27%3Cscript%3E", "_facets=True", "_to_field=password"),
]


@pytest.mark.parametrize("query", ODD)
def test_odd_addresses_of_lists_are_answered_with_a_sentence(office, edition, query):
    make.session(edition)
    for name in LISTS:
        response = office.get(f"/admin/events/{name}/?{query}", follow=True)
        assert response.status_code in {200, 400, 403, 414}, (name, response.status_code)
        assert "atabase" not in response.content.decode()


def test_sessions_are_found_by_the_days_of_the_edition(office, edition):
    make.session(edition, "Depots")
    make.session(edition, "Transport", on=1)
    make.session(edition, "Some time", start=None, day=None)

    def shown(day):
        page = office.get(f"/admin/events/session/?day={day}").content.decode()
        return [title for title in ("Depots", "Transport", "Some time") if title in page]

    assert shown("2030-10-08") == ["Depots"]
    assert shown("2030-10-09") == ["Transport"]
    assert shown("none") == ["Some time"]
    assert shown("2099-01-01") == shown("abc") == shown("") == ["Depots", "Transport", "Some time"]
    assert "Tue 8 Oct 2030" in office.get("/admin/events/session/").content.decode()


def test_search_ignores_accents_and_script(office, edition):
    make.session(edition, {"en": "Storage", "mk": "Складирање"})
    assert "Storage" in office.get("/admin/events/session/?q=skladiranje").content.decode()
    assert "0 results" in office.get("/admin/events/session/?q=nothing").content.decode()
