"""The feeds as calendars, phones and other sites ask for them."""

import icalendar
import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from events.caching import bodies
from events.models import Session
from events.scheduling import release_agenda
from tests import make

pytestmark = pytest.mark.django_db
FEEDS = {
    "agenda.ics": "text/calendar; charset=utf-8",
    "agenda.json": "application/json",
    "agenda.xml": "application/xml",
    "agenda/changes.atom": "application/atom+xml; charset=utf-8",
}


@pytest.fixture
def edition():
    """An edition with a released session and one without a start."""
    made = make.edition()
    make.session(made, {"en": "Opening", "sq": "Hapja"})
    make.session(made, "Later", None)
    release_agenda(edition=made, by="sec")
    return made


def get(edition, below, client=None, prefix="", **headers):
    return (client or Client()).get(f"{prefix}/editions/{edition.slug}/{below}", headers=headers)


def session_feed(edition):
    return f"sessions/{edition.sessions.get(title__contains='Opening').pk}/session.ics"


@pytest.mark.parametrize("below", FEEDS)
def test_a_feed_says_what_it_is_and_may_be_read_by_other_sites(edition, below):
    answer = get(edition, below)
    assert answer.status_code == 200
    assert answer["Content-Type"] == FEEDS[below]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("below", FEEDS)
def test_a_feed_is_the_same_for_everybody_and_touches_no_session(edition, below, django_assert_num_queries):
    client = Client()
    client.force_login(make.staff())
    public = get(edition, below)
    with django_assert_num_queries(1):
        answer = get(edition, below, client)
    assert answer.content == public.content
    assert answer["ETag"] == public["ETag"]
    assert not answer.cookies


@pytest.mark.parametrize("below", [*FEEDS, "agenda/"])
def test_another_worker_draws_the_same_answer_with_the_same_tag(edition, below):
    first = get(edition, below)
    bodies.clear()
    again = get(edition, below)
    assert (again.content, again["ETag"]) == (first.content, first["ETag"])


@pytest.mark.parametrize("below", FEEDS)
def test_asking_for_the_head_alone_gives_it_alone(edition, below):
    full = get(edition, below)
    head = Client().head(f"/editions/{edition.slug}/{below}")
    assert (head.status_code, head.content) == (200, b"")
    assert (head["ETag"], head["Content-Length"]) == (full["ETag"], full["Content-Length"])


@pytest.mark.parametrize("below", FEEDS)
def test_before_the_first_release_and_in_a_draft_there_is_no_feed(edition, below):
    assert get(make.edition(), below).status_code == 404
    get(edition, below)
    edition.status = "draft"
    edition.save(update_fields=["status"])
    assert get(edition, below).status_code == 404


def test_what_staff_edit_is_not_in_the_feed_before_it_is_released(edition):
    first = get(edition, "agenda.ics")
    Session.objects.filter(title__contains="Opening").update(title="Secret")
    assert get(edition, "agenda.ics", if_none_match=first["ETag"]).status_code == 304
    release_agenda(edition=edition, by="sec")
    changed = get(edition, "agenda.ics", if_none_match=first["ETag"], if_modified_since=first["Last-Modified"])
    assert changed.status_code == 200
    assert b"Secret" in changed.content
    assert get(edition, "agenda.ics", if_modified_since=first["Last-Modified"]).status_code == 200


def test_a_feed_under_a_prefix_speaks_that_language(edition):
    assert "SUMMARY:Hapja" in get(edition, "agenda.ics", prefix="/sq").content.decode()
    assert "SUMMARY:Opening" in get(edition, "agenda.ics", prefix="/sl").content.decode()
    assert get(edition, "agenda.ics", accept_language="sq").content == get(edition, "agenda.ics").content


def test_one_session_goes_to_the_calendar_alone(edition):
    (event,) = icalendar.Calendar.from_ical(get(edition, session_feed(edition)).content).walk("VEVENT")
    assert event["summary"] == "Opening"


def test_a_session_without_a_start_has_nothing_for_a_calendar(edition):
    later = edition.sessions.get(title__contains="Later")
    assert get(edition, f"sessions/{later.pk}/session.ics").status_code == 404


def test_a_session_of_another_edition_is_not_found_under_this_one(edition):
    other = make.edition()
    release_agenda(edition=other, by="sec")
    assert get(other, session_feed(edition)).status_code == 404


@pytest.mark.parametrize("odd", ["0", "-1", "abc", "1e3", "٣", "9" * 40, "9" * 5000, "%00"])
def test_a_number_of_a_session_that_is_none_is_not_found(edition, odd):
    assert get(edition, f"sessions/{odd}/session.ics").status_code in {400, 404}


def test_the_address_of_a_calendar_cannot_hold_anything_else():
    with pytest.raises(NoReverseMatch):
        reverse("events:agenda_ics", args=["../x"])


def test_a_visit_is_the_same_event_as_its_session(edition):
    visit = make.visit(edition)
    assert get(edition, f"visits/{visit.pk}/visit.ics").status_code == 404
    release_agenda(edition=edition, by="sec")
    alone = get(edition, f"visits/{visit.pk}/visit.ics")
    (event,) = icalendar.Calendar.from_ical(alone.content).walk("VEVENT")
    assert (event["uid"], event["summary"]) == (str(visit.session.uid), "Visit to the site")
    assert alone.content == get(edition, f"sessions/{visit.session.pk}/session.ics").content
    assert (
        f'href="/editions/{edition.slug}/visits/{visit.pk}/visit.ics"'
        in get(edition, f"visits/{visit.pk}/").content.decode()
    )


def test_what_is_gone_from_the_agenda_is_gone_from_its_calendars(edition):
    """A subscriber takes the whole calendar anew; who took one file once never asks again. Cancelling tells both."""
    feed = session_feed(edition)
    uid = edition.sessions.get(title__contains="Opening").uid
    assert str(uid) in get(edition, "agenda.ics").content.decode()
    edition.sessions.get(title__contains="Opening").delete()
    release_agenda(edition=edition, by="sec")
    assert str(uid) not in get(edition, "agenda.ics").content.decode()
    assert get(edition, feed).status_code == 404
