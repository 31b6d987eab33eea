"""Building, checking and releasing an agenda."""

import datetime as dt
import json
from typing import Any

import pytest
import time_machine
from django.utils import translation

from events.agenda import from_json
from events.change_words import change_in_words
from events.models import AgendaRelease, Document, Edition, HistoryLine, Session, Talk, Topic
from events.scheduling import (
    SchedulingError,
    build_agenda,
    find_clashes,
    release_agenda,
    released_agenda,
    upcoming_changes,
)
from events.signals import agenda_released
from tests import make

pytestmark = pytest.mark.django_db
LINK = "https://example.org/paper"


def sentences(edition, *, blocks=None):
    return [f.sentence for f in find_clashes(edition) if blocks is None or f.blocks == blocks]


def full_session(edition, **more):
    session = make.session(edition, **more)
    make.speaker(session)
    return session


def test_an_agenda_holds_everything_of_its_sessions():
    edition = make.edition()
    topic = Topic.objects.create(edition=edition, name={"en": "Depots", "sq": "Depo"})
    session = make.session(edition, room=make.room(edition), letter="A")
    session.topics.add(topic)
    talk = Talk.objects.create(session=session, title="Talk")
    make.speaker(session, role="chair", function="Head", organisation="MoD")
    make.speaker(session, "Belgium", talk=talk, state="to_be_confirmed")
    (item,) = build_agenda(edition).items
    assert (item.topics, item.letter, item.talks[0].title) == ((topic.pk,), "A", {"en": "Talk"})
    assert [(p.name, p.role, p.function) for p in item.people] == [("Arta Shembulli", "chair", "Head")]
    assert item.talks[0].people[0].state == "to_be_confirmed"


def test_building_costs_the_same_with_one_session_and_with_many(django_assert_num_queries):
    few, many = make.edition(), make.edition()
    full_session(few)
    for hour in range(8, 18):
        full_session(many, start=hour, end=hour + 1)
    for edition in (few, many):
        with django_assert_num_queries(9):
            build_agenda(Edition.objects.get(pk=edition.pk))


def test_items_stand_by_day_start_and_letter_those_without_last():
    edition = make.edition()
    make.session(edition, "no day", None, day=None)
    make.session(edition, "no start", None)
    make.session(edition, "B", 9, letter="B")
    make.session(edition, "A", 9, letter="A")
    make.session(edition, "early", 8)
    titles = [item.title["en"] for item in build_agenda(edition).items]
    assert titles == ["early", "A", "B", "no start", "no day"]


def test_a_release_is_what_the_public_sees_until_the_next():
    edition = make.edition()
    session = full_session(edition)
    assert released_agenda(edition.slug) is None
    first = release_agenda(edition=edition, by="sec", note="First")
    session.title = "Other"
    session.save()
    seen = released_agenda(edition.slug)
    assert seen is not None
    assert (seen.number, seen.note, seen.items[0].title) == (1, "First", {"en": "Depots"})
    release_agenda(edition=edition, by="sec", status="final")
    latest = released_agenda(edition.slug)
    assert latest is not None
    assert (latest.number, latest.status, latest.items[0].title) == (2, "final", {"en": "Other"})
    old = released_agenda(edition.slug, number=1)
    assert old == from_json(json.loads(json.dumps(first.document)))


def test_reading_a_release_again_costs_one_small_query(django_assert_num_queries):
    edition = make.edition()
    release_agenda(edition=edition, by="sec")
    released_agenda(edition.slug)
    with django_assert_num_queries(1):
        released_agenda(edition.slug)


def test_an_edition_that_is_not_published_shows_no_agenda():
    edition = make.edition(status="draft")
    release_agenda(edition=edition, by="sec")
    assert released_agenda(edition.slug) is None
    assert released_agenda(edition.slug, published_only=False) is not None


def test_a_release_keeps_its_difference_and_a_line_of_history():
    edition = make.edition()
    session = full_session(edition)
    release_agenda(edition=edition, by="sec")
    Session.objects.filter(pk=session.pk).update(status="cancelled")
    release = release_agenda(edition=edition, by="sec")
    assert [change["kind"] for change in release.difference] == ["cancelled"]
    lines = HistoryLine.objects.filter(verb="release agenda").values_list("before", "after", "actor")
    assert set(lines) == {("0", "1", "sec"), ("1", "2", "sec")}


def test_what_a_release_would_change_is_shown_before():
    edition = make.edition()
    full_session(edition)
    assert [change.kind for change in upcoming_changes(edition)] == ["added"]
    release_agenda(edition=edition, by="sec")
    assert upcoming_changes(edition) == []


def test_others_are_told_of_a_release_inside_its_transaction():
    told = []

    def listen(sender, release, **kwargs):
        told.append(release.number)

    agenda_released.connect(listen)
    try:
        release_agenda(edition=make.edition(), by="sec")
    finally:
        agenda_released.disconnect(listen)
    assert told == [1]


def test_what_fails_in_who_is_told_undoes_the_release():
    def listen(sender, release, **kwargs):
        raise RuntimeError

    edition = make.edition()
    agenda_released.connect(listen)
    try:
        with pytest.raises(RuntimeError):
            release_agenda(edition=edition, by="sec")
    finally:
        agenda_released.disconnect(listen)
    assert not edition.releases.exists()
    assert released_agenda(edition.slug) is None


@pytest.mark.parametrize("step", [0, -3600])
def test_moments_of_releases_rise_even_in_one_second_or_when_the_clock_goes_back(step):
    edition, now = make.edition(), dt.datetime(2030, 1, 1, 12, tzinfo=dt.UTC)
    moments = []
    for turn in range(3):
        with time_machine.travel(now + dt.timedelta(seconds=step * turn), tick=False):
            moments.append(release_agenda(edition=edition, by="sec").released_at)
    assert moments == [now, now + dt.timedelta(seconds=1), now + dt.timedelta(seconds=2)]


def test_a_note_is_cleaned_as_every_text_and_has_a_limit():
    edition = make.edition()
    release = release_agenda(edition=edition, by="sec", note=" Rooms\x00 are\r\nfixed.\u202e ")
    seen = released_agenda(edition.slug)
    assert seen is not None
    assert release.note == seen.note == "Rooms are fixed."
    assert release_agenda(edition=edition, by="sec", note="x" * 500).note
    with pytest.raises(SchedulingError, match="at most 500 characters"):
        release_agenda(edition=edition, by="sec", note="x" * 501)


def test_links_lead_to_the_address_that_the_edition_has_now():
    edition = make.edition()
    release_agenda(edition=edition, by="sec")
    old, edition.slug = edition.slug, f"{edition.slug}-tirana"
    edition.save(update_fields=["slug"])
    seen = released_agenda(edition.slug)
    assert seen is not None
    assert seen.slug == edition.slug
    assert released_agenda(old) is None


def test_finding_costs_the_same_with_one_session_and_with_many(django_assert_num_queries):
    edition = make.edition()
    full_session(edition)
    release_agenda(edition=edition, by="sec")
    for hour in range(10, 18):
        full_session(edition, start=hour, end=hour + 1)
    edition = Edition.objects.get(pk=edition.pk)
    find_clashes(edition)
    with django_assert_num_queries(10):
        assert find_clashes(edition) == []


def test_a_good_agenda_has_no_findings():
    edition = make.edition()
    full_session(edition)
    assert find_clashes(edition) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"day": None, "start": None, "end": None}, "has no day"),
        ({"start": None, "end": None}, "has no start"),
        ({"end": None}, "has no end"),
    ],
)
def test_what_is_missing_is_found_and_does_not_stop_a_release(change, words):
    edition = make.edition()
    session = full_session(edition)
    Session.objects.filter(pk=session.pk).update(**change)
    (finding,) = find_clashes(edition)
    assert words in finding.sentence
    assert not finding.blocks
    assert release_agenda(edition=edition, by="sec").number == 1


def test_a_session_without_a_speaker_is_found_and_a_break_is_not():
    edition = make.edition()
    make.session(edition)
    make.session(edition, "Coffee", 10, 11, kind="break")
    assert sentences(edition) == ["“Depots” has no speaker."]


def test_a_session_far_from_the_edition_stops_the_release_with_its_name():
    edition = make.edition()
    session = full_session(edition)
    day = edition.days[0] - dt.timedelta(days=30)
    Session.objects.filter(pk=session.pk).update(day=day, start=None, end=None)
    with pytest.raises(SchedulingError, match="“Depots” is on 8 September 2030"):
        release_agenda(edition=edition, by="sec")
    assert not AgendaRelease.objects.exists()


def test_people_may_arrive_the_day_before():
    edition = make.edition()
    day = edition.days[0] - dt.timedelta(days=1)
    Session.objects.create(edition=edition, title="Arrival", kind="arrival", day=day)
    assert sentences(edition, blocks=True) == []


def test_a_speaker_in_two_places_is_found():
    edition = make.edition()
    full_session(edition, title="One")
    full_session(edition, title="Two")
    assert "Arta Shembulli is in “One” and in “Two” at the same time." in sentences(edition)


def test_a_room_that_is_too_small_for_the_plenary_is_found():
    edition = make.edition(capacity=90)
    full_session(edition, kind="plenary", room=make.room(edition, capacity=60))
    assert "room with 60 seats; the edition has 90 places" in sentences(edition)[0]


def test_a_released_session_that_was_deleted_is_found():
    edition = make.edition()
    session = full_session(edition)
    release_agenda(edition=edition, by="sec")
    session.delete()
    assert "was released and is gone" in sentences(edition)[0]


def test_a_difference_is_told_in_the_readers_words_and_the_editions_time():
    edition = make.edition()
    session = full_session(edition, room=make.room(edition))
    release_agenda(edition=edition, by="sec")
    moved = {"start": make.local(edition, 14), "end": make.local(edition, 15), "room": make.room(edition, "Library")}
    Session.objects.filter(pk=session.pk).update(**moved)
    release = release_agenda(edition=edition, by="sec")
    told = [change_in_words(change, from_json(release.document)) for change in release.difference]
    assert told == [
        "New time of “Depots”: 8 October 2030, 14:00 to 15:00, was 09:00 to 10:00.",
        "New room of “Depots”: Library, was Hall A.",
    ]


def test_findings_speak_the_language_of_the_staff():
    edition = make.edition()
    make.session(edition, title={"en": "Depots", "sq": "Depo"})
    with translation.override("sq"):
        assert "Depo" in sentences(edition)[0]


def test_papers_that_came_since_are_told_once_and_only_those_that_everybody_may_open():
    edition = make.edition()
    session, visit = make.session(edition), make.visit(edition)
    talk = Talk.objects.create(session=session, title="A talk")
    with time_machine.travel("2029-01-01 12:00:00+00:00", tick=False):
        Document.objects.create(edition=edition, title="Old", url=LINK)
        release_agenda(edition=edition, by="sec")
    with time_machine.travel("2029-01-02 12:00:00+00:00", tick=False):
        places: dict[str, Any] = {
            "Map": {"visit": visit},
            "Slides": {"talk": talk},
            "Note": {},
            "Text": {"session": session},
        }
        for title, where in places.items():
            Document.objects.create(edition=edition, title=title, url=LINK, **where)
        Document.objects.create(edition=edition, title="Secret", url=LINK, access="participants")
        expected = [
            "New or changed papers of the edition: “Note”.",
            "New or changed papers of “Depots”: “Slides”, “Text”.",
            "New or changed papers of “Visit to the site”: “Map”.",
        ]
        agenda = build_agenda(edition)
        assert [change_in_words(change, agenda) for change in upcoming_changes(edition)] == expected
        release = release_agenda(edition=edition, by="sec")
        assert [change_in_words(change, agenda) for change in release.difference] == expected
        assert upcoming_changes(edition) == []
