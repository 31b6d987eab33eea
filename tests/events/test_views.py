"""The public pages and feeds, as their readers meet them."""

import datetime as dt
import gzip

import pytest
import time_machine
from django.test import Client

from events.models import KeyStatement, Organisation, Partnership, Session, Talk, Topic
from events.scheduling import release_agenda
from tests import make

pytestmark = pytest.mark.django_db
FEEDS = ["agenda.ics", "agenda.json", "agenda.xml"]


def page(path, **headers):
    return Client().get(path, headers=headers)


def text(path, **headers):
    return page(path, **headers).content.decode()


def base(edition, below=""):
    return f"/editions/{edition.slug}/{below}"


@pytest.fixture
def edition():
    """An edition with a released programme."""
    made = make.edition()
    opening = make.session(made, {"en": "Opening", "sq": "Hapja"}, room=make.room(made), kind="opening")
    make.speaker(opening, "Petro Koçi", honorific="Mr", function="Deputy Minister")
    for letter in "BAC":
        make.session(made, f"Subject {letter}", 10, 12, letter=letter, kind="working_group")
    make.session(made, "Coffee", 11, 12, kind="break", on=1)
    make.session(made, "Software", 14, 15, status="cancelled", cancelled_note="The speaker cannot travel.")
    make.session(made, "Time open", None)
    make.session(made, "Day open", None, day=None)
    make.visit(made, capacity=5, what_to_wear="Strong shoes")
    release_agenda(edition=made, by="sec", note="Rooms are fixed.")
    return made


def paths(edition):
    session = edition.sessions.get(title__contains="Opening")
    visit = edition.sessions.get(kind="field_visit").visit
    below = ["", "agenda/", "agenda/changes/", *FEEDS]
    below += [f"sessions/{session.pk}/", f"sessions/{session.pk}/session.ics", f"visits/{visit.pk}/", "register/"]
    return [base(edition, path) for path in below]


def test_every_page_of_a_published_edition_is_there_in_every_language(edition):
    for path in paths(edition):
        assert page(path).status_code == 200, path
        assert page("/sq" + path).status_code == 200, path


def test_nothing_of_a_draft_is_public_in_any_format(edition):
    edition.status = "draft"
    edition.save()
    for path in paths(edition):
        assert page(path).status_code == 404, path
    assert edition.slug not in text("/")
    assert edition.slug not in text("/editions/")


def test_public_pages_set_no_cookie_and_vary_on_none(edition):
    for path in ["/", "/editions/", "/privacy/", *paths(edition)]:
        if path.endswith("register/"):
            continue
        answer = page(path)
        assert not answer.cookies, path
        assert "Cookie" not in answer.get("Vary", ""), path


def test_home_answers_first_whether_one_can_register_and_until_when(edition):
    body = text("/")
    assert "Register before" in body
    assert "(Tirana time)" in body
    assert f'href="{base(edition, "register/")}"' in body


@pytest.mark.parametrize(("days", "words"), [(-10, "Registration opens on"), (60, "Registration closed on")])
def test_outside_the_window_the_panel_says_from_or_since_when(edition, days, words):
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=days), tick=False):
        body = text("/")
    assert words in body
    assert "register/" not in body


def test_when_all_places_are_taken_the_panel_offers_the_waiting_list():
    edition = make.edition(capacity=1)
    make.participant(edition)
    assert "You can register for the waiting list." in text(base(edition))


def test_unknown_facts_are_said_to_be_unknown():
    gaps = {"first_day": None, "last_day": None, "city": "", "country": "", "timezone": ""}
    old = make.edition(status="archived", registration_opens=None, registration_closes=None, **gaps)
    for path in ("/editions/", base(old)):
        body = text(path)
        assert "Days not recorded" in body
        assert "Place not recorded" in body


def test_a_past_edition_shows_figures_as_reported_statements_as_summaries_and_the_legal_basis():
    past = make.edition(
        status="archived", registration_opens=None, registration_closes=None, reported_participants_text="about 40"
    )
    KeyStatement.objects.create(edition=past, name="Petro Koçi", function="Deputy Minister", statement="Good practice.")
    donor = Organisation.objects.create(name="European Union")
    link = "http://example.org/2016-2356.pdf"
    Partnership.objects.create(
        edition=past, organisation=donor, role="donor", since=2017, legal_basis="(CFSP) 2016/2356", legal_basis_url=link
    )
    Topic.objects.create(edition=past, name="Large-scale disposal")
    body = text(base(past))
    for words in ("About 40", "As reported", "Summary, not a quotation", "Deputy Minister", link, "Since 2017"):
        assert words in body
    assert "Large-scale disposal" in body
    assert "Register before" not in body


def test_the_agenda_shows_all_days_parallel_groups_by_letter_and_what_is_open(edition):
    body = text(base(edition, "agenda/"))
    assert body.index("Subject A") < body.index("Subject B") < body.index("Subject C")
    for words in (
        "Tuesday, 8 October 2030",
        "Thursday, 10 October 2030",
        "Time to be announced",
        "Day to be announced",
    ):
        assert words in body
    assert "3 sessions at the same time" in body
    assert "The speaker cannot travel." in body
    assert "Rooms are fixed." in body
    assert "2 sessions have no time and are not in the calendar." in body


def test_times_are_those_of_the_place_whatever_the_server_thinks(edition):
    body = text(base(edition, "agenda/"))
    assert '<time datetime="2030-10-08T09:00:00+02:00">09:00</time>' in body
    session = edition.sessions.get(title__contains="Opening")
    assert "09:00 to 10:00" in text(base(edition, f"sessions/{session.pk}/"))
    visit = edition.sessions.get(kind="field_visit").visit
    assert "13:00 to 18:00" in text(base(edition, f"visits/{visit.pk}/"))


def test_before_the_first_release_the_agenda_says_so():
    assert "not released yet" in text(base(make.edition(), "agenda/"))


@pytest.mark.parametrize(
    ("at", "now", "coming"),
    [
        ("2030-10-08T09:30", "Opening", "Subject A"),
        ("2030-10-08T07:30:00+00:00", "Opening", "Subject A"),
        ("2030-10-08T12:30", None, "Wednesday, 9 October 2030, 11:00"),
    ],
)
def test_now_and_next_are_right_at_any_moment(edition, at, now, coming):
    body = text(base(edition, "agenda/?at=" + at.replace("+", "%2B")))
    box = body[body.index('class="nn') : body.index('class="days"')]
    assert ("nn-now" in box) == (now is not None)
    assert coming in box
    assert now is None or now in box


def test_filters_are_links_that_can_be_shared_and_say_how_many_fit(edition):
    room = edition.rooms.get()
    body = text(base(edition, f"agenda/?room={room.pk}"))
    assert "1 session of 9 fits." in body
    assert "Opening" in body
    assert "Subject A" not in body
    assert "Subject A" not in text(base(edition, "agenda/?day=2030-10-09"))


@pytest.mark.parametrize(
    "query",
    [
        "day=x",
        "day=2030-13-01",
        "room=abc",
        "room=-1",
        "topic=1e3",
        "at=yesterday",
        "release=" + "9" * 5000,
        "room=٣",
        "at=0001-01-01T00:00%2B14:00",
        "at=9999-12-31T23:59-14:00",
    ],
)
def test_a_filter_that_cannot_be_read_is_refused_in_words(edition, query):
    answer = page(base(edition, f"agenda/?{query}"))
    assert answer.status_code == 400
    assert "cannot be read" in answer.content.decode()


def test_filters_that_fit_nothing_say_so(edition):
    assert "0 sessions of 9 fit." in text(base(edition, "agenda/?room=999999"))


def test_an_old_release_stays_readable_and_says_that_it_is_old(edition):
    Session.objects.filter(title__contains="Software").update(title="Other")
    release_agenda(edition=edition, by="sec")
    old = text(base(edition, "agenda/?release=1"))
    assert "Software" in old
    assert "not the latest" in old
    assert "Other" in text(base(edition, "agenda/"))
    changes = text(base(edition, "agenda/changes/"))
    assert "New title: “Other”, was “Software”." in changes
    assert page(base(edition, "agenda/?release=9")).status_code == 404


def test_an_old_release_that_was_read_while_it_was_the_latest_says_later_that_it_is_old(edition):
    path = base(edition, "agenda/?release=1")
    first = page(path)
    assert "not the latest" not in first.content.decode()
    release_agenda(edition=edition, by="sec")
    assert "not the latest" in text(path)
    assert page(path, if_none_match=first["ETag"]).status_code == 200


def test_the_footnote_of_a_name_stands_where_the_name_is_printed_and_only_there(edition):
    edition.footnotes = {"en": "* Without prejudice to positions on status.\n† Not used."}
    edition.save()
    session = edition.sessions.get(title__contains="Subject A")
    make.speaker(session, "Kosovo*")
    release_agenda(edition=edition, by="sec")
    other = edition.sessions.get(title__contains="Subject B")
    for below, is_there in (("agenda/", True), (f"sessions/{session.pk}/", True), (f"sessions/{other.pk}/", False)):
        body = text(base(edition, below))
        assert ("Without prejudice" in body) == is_there, below
        assert "Not used" not in body


def test_what_one_reader_asked_for_is_not_shown_to_the_next(edition):
    assert "hello" not in text(base(edition, "agenda/?from=hello"))


@pytest.mark.parametrize(("at", "words"), [("10-05", "In 3 days"), ("10-07", "Tomorrow"), ("10-08", "at 09:00")])
def test_next_says_how_many_days_are_left(edition, at, words):
    assert words in text(base(edition, f"agenda/?at=2030-{at}T08:00"))


def test_the_day_before_and_the_day_after_an_edition_are_other_pages(edition):
    path, tags = base(edition, "agenda/"), []
    for day in (-2, -1, 0, 2, 3, 4):
        with time_machine.travel(make.local(edition, 7, day=day), tick=False):
            tags.append(page(path)["ETag"])
    assert len(set(tags)) == 5
    assert tags[-1] == tags[-2]  # once all is over nothing changes


def test_the_bar_leads_to_the_page_of_another_day_where_one_day_is_shown(edition):
    assert 'href="?day=2030-10-10#day-2030-10-10"' in text(base(edition, "agenda/?day=2030-10-08"))


def test_a_session_shows_who_where_and_what_is_at_the_same_time(edition):
    session = edition.sessions.get(title__contains="Subject A")
    make.speaker(session, "Belgium", state="to_be_confirmed")
    Talk.objects.create(session=session, title="Reporting")
    release_agenda(edition=edition, by="sec")
    body = text(base(edition, f"sessions/{session.pk}/"))
    for words in (
        "Belgium",
        "To be confirmed",
        "Reporting",
        "Subject B",
        "Opening",
        "Tirana time (CEST, UTC+2; Europe/Tirane)",
    ):
        assert words in body


def test_a_session_that_is_not_released_is_not_public(edition):
    hidden = make.session(edition, "Secret", 16, 17)
    assert page(base(edition, f"sessions/{hidden.pk}/")).status_code == 404
    other = make.edition()
    assert page(base(other, f"sessions/{edition.sessions.first().pk}/")).status_code == 404


def test_a_visit_says_what_to_wear_and_how_many_places_are_free(edition):
    visit = edition.sessions.get(kind="field_visit").visit
    body = text(base(edition, f"visits/{visit.pk}/"))
    assert "Strong shoes" in body
    assert "5 places of 5 free" in body


@pytest.mark.parametrize("below", ["agenda/", *FEEDS])
def test_a_reader_who_has_it_gets_304_until_the_next_release(edition, below, django_assert_num_queries):
    path = base(edition, below)
    page(path)
    with django_assert_num_queries(1):
        first = page(path)
    assert first["Cache-Control"] == "public, max-age=30"
    assert not first["ETag"].startswith("W/")
    again = page(path, if_none_match=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert page(path, if_modified_since=first["Last-Modified"]).status_code == 304
    assert page(path, if_none_match='"other"', if_modified_since=first["Last-Modified"]).status_code == 200
    release_agenda(edition=edition, by="sec")
    assert page(path, if_none_match=first["ETag"]).status_code == 200


@pytest.mark.parametrize("below", ["agenda/", *FEEDS])
def test_answers_are_compressed_for_who_can_read_that(edition, below):
    plain, zipped = page(base(edition, below)), page(base(edition, below), accept_encoding="gzip")
    assert zipped["Content-Encoding"] == "gzip"
    assert gzip.decompress(zipped.content) == plain.content
    assert zipped["ETag"] != plain["ETag"]
    assert "Accept-Encoding" in zipped["Vary"]


def test_the_tag_of_the_agenda_changes_with_filter_language_and_slot(edition):
    path = base(edition, "agenda/")
    tags = {
        page(path)["ETag"],
        page(path + "?day=2030-10-08")["ETag"],
        page("/sq" + path)["ETag"],
        page(path + "?at=2030-10-08T09:30")["ETag"],
        page(path + "?at=2030-10-08T10:30")["ETag"],
    }
    assert len(tags) == 5


def test_inside_one_slot_the_page_is_the_same(edition):
    path = base(edition, "agenda/")
    with time_machine.travel(make.local(edition, 9, 1), tick=False):
        first = page(path)
    with time_machine.travel(make.local(edition, 9, 59), tick=False):
        later = page(path)
    with time_machine.travel(make.local(edition, 10, 1), tick=False):
        next_slot = page(path)
    assert first["ETag"] == later["ETag"] != next_slot["ETag"]
    assert first["Last-Modified"] != next_slot["Last-Modified"]


@pytest.mark.parametrize("below", ["agenda/", *FEEDS])
def test_public_agenda_addresses_only_read(edition, below):
    assert Client().post(base(edition, below)).status_code == 405
    assert Client().head(base(edition, below)).status_code == 200


def test_lists_cost_the_same_with_one_edition_and_with_many(django_assert_num_queries):
    make.edition(status="archived")
    with django_assert_num_queries(1):
        page("/editions/")
    for _n in range(3):
        make.edition(status="archived")
    with django_assert_num_queries(1):
        page("/editions/")


@pytest.mark.parametrize("path", ["/nothing/", "/editions/none/", "/sq/none/", "/editions/none/agenda.ics"])
def test_a_page_that_is_not_there_says_what_to_do_in_the_language_of_its_address(path):
    answer = page(path)
    text = answer.content.decode()
    assert answer.status_code == 404
    said = (
        ("Nuk ka faqe në këtë adresë", "Numri i kësaj kërkese") if "/sq/" in path else ("no page at this", "Number of")
    )
    assert [words in text for words in said] == [True, True]


def test_texts_with_markup_are_shown_as_typed():
    edition = make.edition()
    nasty = "'\"><svg onload=1>{{7*7}}</script>"
    make.speaker(make.session(edition, nasty, abstract=nasty), nasty, function=nasty)
    release_agenda(edition=edition, by="sec", note=nasty)
    session = edition.sessions.get()
    for below in ("agenda/", f"sessions/{session.pk}/", "agenda/changes/"):
        body = text(base(edition, below))
        assert "<svg onload" not in body
        assert "&lt;svg onload=1&gt;{{7*7}}" in body
