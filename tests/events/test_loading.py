"""Edition files put into the database, found again, updated; what staff edited is kept."""

import copy
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from events.edition_files import EditionFileError, read, read_bytes
from events.loading import Report, load
from events.models import Appearance, Document, Edition, HistoryLine, Room, Session, Speaker, Talk, Topic

pytestmark = pytest.mark.django_db
FILES = Path(__file__).parents[1] / "files"
SMALL: dict[str, Any] = {
    "edition": {
        "title": "Trial workshop",
        "city": "Tirana",
        "country": "Albania",
        "venue": None,
        "start_date": "2018-10-09",
        "end_date": "2018-10-10",
        "timezone": None,
        "source_url": None,
    },
    "days": [
        {
            "date": "2018-10-09",
            "items": [
                {"start": "09:00", "end": "09:30", "title": "Opening", "kind": "opening", "room": "Hall A"},
                {"start": "09:30", "end": "11:00", "title": "Depots", "kind": "session", "room": "Hall A"},
            ],
        },
        {"date": "2018-10-10", "items": [{"start": None, "title": "Close", "kind": "closing"}]},
    ],
}


def small(**edition: Any) -> dict[str, Any]:
    content = copy.deepcopy(SMALL)
    content["edition"] |= edition
    return content


def items(content: dict[str, Any], day: int = 0) -> list[dict[str, Any]]:
    return content["days"][day]["items"]  # type: ignore[no-any-return]


def put(content: Any, **options: Any) -> Report:
    return load(read_bytes(json.dumps(content).encode()), by="test", **options)


def said(report: Report) -> str:
    return "\n".join(map(str, report.remarks))


def rows() -> dict[str, list[dict[str, Any]]]:
    models: tuple[Any, ...] = (Edition, Room, Topic, Session, Talk, Speaker, Appearance, HistoryLine)
    return {m.__name__: list(m._default_manager.order_by("pk").values()) for m in models}


REAL = [
    # file, slug, zone, sessions, speakers, appearances, rooms, undated, without a start
    ("apmbc-15msp-santiago-2016-field-visit.json", "2016-santiago", "America/Santiago", 3, 2, 2, 2, 0, 0),
    ("apmbc-sce-mine-clearance-1999-09.json", "1999-geneva", "Europe/Zurich", 21, 11, 11, 1, 0, 0),
    ("ccm-intersessional-technical-workshops-2013-04-15.json", "2013-geneva", "Europe/Zurich", 5, 5, 5, 0, 0, 0),
    ("opcw-article-xi-workshop-2010-11.json", "2010-the-hague", "Europe/Amsterdam", 18, 0, 0, 1, 0, 1),
    ("rasr-01-zagreb-2009-halfdays.json", "2009-zagreb", "Europe/Zagreb", 4, 0, 0, 0, 0, 4),
    ("rasr-10-tirana-2018-skeleton.json", "2018-tirana", "Europe/Tirane", 7, 3, 3, 0, 7, 7),
    ("pretalx-democon.json", "2020-democon", "UTC", 36, 27, 43, 2, 0, 0),
]


@pytest.mark.parametrize(
    ("name", "slug", "zone", "sessions", "speakers", "appearances", "rooms_", "undated", "startless"), REAL
)
def test_every_real_file_is_taken_whole_and_a_second_time_changes_nothing(
    name, slug, zone, sessions, speakers, appearances, rooms_, undated, startless
):
    report = load(read(FILES / name), by="test")
    edition = report.edition
    assert (edition.slug, edition.timezone, edition.status) == (slug, zone, "draft")
    assert report.is_new
    assert report.made == edition.sessions.count() == sessions
    assert (report.speakers, Appearance.objects.count(), edition.rooms.count()) == (speakers, appearances, rooms_)
    assert edition.sessions.filter(day=None).count() == undated
    assert edition.sessions.filter(start=None).count() == startless
    before = rows()
    again = load(read(FILES / name), by="test")
    assert (again.made, again.changed, again.unchanged, again.is_new) == (0, 0, sessions, False)
    assert rows() == before


def test_all_real_files_together_are_seven_editions():
    for name, *_rest in REAL:
        load(read(FILES / name), by="test")
    assert Edition.objects.count() == len(REAL)


def test_three_days_with_breaks_inside_sessions():
    report = load(read(FILES / "apmbc-sce-mine-clearance-1999-09.json"), by="test")
    edition = report.edition
    assert (edition.first_day, edition.last_day) == (dt.date(1999, 9, 13), dt.date(1999, 9, 15))
    topic: Any = edition.sessions.get(title__contains="Topic 1")
    rest: Any = edition.sessions.filter(kind="break").earliest("start")
    assert topic.start < rest.start < rest.end < topic.end
    assert topic.day == dt.date(1999, 9, 13)
    assert "1999-09-13" in said(report)
    assert [a.honorific for a in topic.appearances.all()] == ["Mr", "Mr"]
    assert rest.source_note == "printed INSIDE the 09:15-12:15 slot"


def test_a_state_and_an_organisation_speak():
    edition = load(read(FILES / "ccm-intersessional-technical-workshops-2013-04-15.json"), by="test").edition
    people = Appearance.objects.filter(session__edition=edition)
    seen = [(a.speaker.name, a.speaker.kind, a.honorific, a.role) for a in people.order_by("order")]
    assert seen == [
        ("Co-chairs Croatia and Spain", "state", "", "speaker"),
        ("John Rawson", "person", "M.", "speaker"),
        ("Marijan Jozić", "person", "Lt. Col.", "speaker"),
        ("Iñigo Laquidain Hergueta", "person", "M.", "speaker"),
        ("Belgium", "state", "", "speaker"),
    ]
    load(read(FILES / "apmbc-15msp-santiago-2016-field-visit.json"), by="test")
    host = Appearance.objects.get(speaker__kind="organisation")
    assert (host.speaker.name, host.role, host.function) == (
        "International Campaign to Ban Landmines (ICBL)",
        "host",
        "",
    )
    minister = Appearance.objects.get(speaker__name="Heraldo Muñoz")
    assert (minister.honorific, minister.role, minister.function, minister.organisation) == (
        "H.E.",
        "host",
        "Minister of Foreign Affairs",
        "Chile",
    )


def test_times_are_of_the_place_and_those_of_a_schedule_of_their_own_offset():
    hague = load(read(FILES / "opcw-article-xi-workshop-2010-11.json"), by="test").edition
    assert hague.sessions.get(kind="registration").start == dt.datetime(2010, 11, 24, 7, 15, tzinfo=dt.UTC)
    assert hague.sessions.filter(kind="working_group").count() == 2
    report = load(read(FILES / "pretalx-democon.json"), by="test")
    first: Any = report.edition.sessions.get(external_id="25")
    assert first.start == dt.datetime(2020, 12, 14, 8, 0, tzinfo=dt.UTC)
    assert first.end == dt.datetime(2020, 12, 14, 8, 30, tzinfo=dt.UTC)
    assert (first.room.name, first.kind, str(first.topics.get())) == ("Gray Room", "session", "Phased")
    assert "36 times have another offset than UTC" in said(report)


def test_an_item_without_a_start_stands_under_its_day_and_one_without_a_day_keeps_its_printed_time():
    content = small()
    content["days"].append(
        {"date": None, "items": [{"start": "09:00", "end": "10:00", "title": "Later", "kind": "panel"}]}
    )
    content["days"].append({"date": None, "items": []})
    report = put(content)
    close = report.edition.sessions.get(kind="closing")
    assert (close.day, close.start) == (dt.date(2018, 10, 10), None)
    later = report.edition.sessions.get(kind="panel")
    assert (later.day, later.start) == (dt.date(2018, 10, 11), dt.datetime(2018, 10, 11, 7, 0, tzinfo=dt.UTC))
    content["days"] = [{"date": None, "items": items(content, 2)}]
    undated = put(content, slug="other").edition.sessions.get()
    assert (undated.day, undated.start, undated.source_note) == (None, None, "printed time: 09:00–10:00")


@pytest.mark.parametrize(
    ("printed", "taken"),
    [
        (["2018-10-09", None], ["2018-10-09", "2018-10-10"]),  # as many days as the edition
        ([None, None], ["2018-10-09", "2018-10-10"]),
        ([None], [None]),
        ([None, "2018-10-10", None], ["2018-10-09", "2018-10-10", "2018-10-11"]),  # beside a dated one
        (["2018-10-08", None, "2018-10-12"], ["2018-10-08", None, "2018-10-12"]),  # the neighbours disagree
        ([None, None, "2018-10-10"], [None, "2018-10-09", "2018-10-10"]),  # a derived day derives no other
    ],
)
def test_a_missing_date_comes_from_a_neighbour_or_from_the_count_of_days_or_from_nowhere(printed, taken):
    content = small()
    content["days"] = [
        {"date": day, "items": [{"title": f"Item {n}", "kind": "session"}]} for n, day in enumerate(printed)
    ]
    edition = put(content).edition
    days = {str(s.title): s.day and s.day.isoformat() for s in edition.sessions.all()}
    assert days == {f"Item {n}": day for n, day in enumerate(taken)}


def test_a_missing_zone_comes_from_the_option_or_stays_unknown_and_is_said():
    assert put(small(city="Nowhere")).edition.timezone == ""
    report = put(small(city="Nowhere else"))
    assert "none is known for the city" in said(report)
    assert put(small(city="Elsewhere"), timezone="Europe/Sofia").edition.timezone == "Europe/Sofia"
    assert put(small(city="Santiago", country="Spain"), slug="spain").edition.timezone == ""
    report = put(small(city="Sofia", timezone="Europe/Sofia"), timezone="Europe/Paris")
    assert report.edition.timezone == "Europe/Sofia"
    assert "left out" in said(report)
    with pytest.raises(EditionFileError, match="Mars/Base"):
        put(small(city="Bled"), timezone="Mars/Base")


def test_everything_that_may_be_null_may_be_null():
    content = {
        "edition": {"title": None, "city": "Tirana", "start_date": "2018-10-09", "end_date": None},
        "days": [
            {"date": None, "items": None},
            None,
            {"date": None, "items": [{"title": None, "kind": None, "speakers": None, "talks": None}, None]},
        ],
    }
    report = put(content)
    assert str(report.edition.title) == "Tirana 2018"
    assert report.edition.first_day is None
    assert [(str(s.title), s.kind) for s in report.edition.sessions.all()] == [("Other", "other")]
    put({"edition": {"title": "No days at all"}, "days": None}, slug="none")


def test_unknown_kinds_and_fields_are_said():
    content = small()
    items(content)[0] |= {"kind": "fireworks", "colour": "red"}
    report = put(content)
    assert report.edition.sessions.get(title__contains="Opening").kind == "other"
    assert "days[0].items[0].kind: The kind “fireworks” is not known" in said(report)
    assert "days[0].items[0].colour" in said(report)


def test_talks_have_their_own_speakers():
    content = small()
    speaker = {"name": "Ms Ana Primjerić (tbc)", "title": "keynote speaker; Head of Depot", "organisation": "Depot 1"}
    items(content)[1] |= {
        "speakers": [{"name": "NATO", "title": "moderator; chair", "organisation": None}],
        "talks": [{"title": "First", "speakers": [speaker]}, {"title": "Second", "speakers": []}],
        "topics": ["Safety"],
    }
    edition = put(content).edition
    session: Any = edition.sessions.get(title__contains="Depots")
    assert [str(talk.title) for talk in session.talks.all()] == ["First", "Second"]
    ana = session.talks.first().appearances.get()
    assert (ana.speaker.name, ana.role, ana.state, ana.function) == (
        "Ana Primjerić",
        "keynote",
        "to_be_confirmed",
        "Head of Depot",
    )
    assert [a.role for a in session.appearances.filter(talk=None)] == ["moderator", "chair"]
    assert Speaker.objects.filter(name="NATO", kind="organisation").count() == 1
    paper = Document.objects.create(
        edition=edition, talk=session.talks.last(), title="Paper", url="https://example.org/"
    )
    items(content)[1]["talks"] = [{"title": "First"}, {"title": "Third"}]
    report = put(content)
    assert [str(talk.title) for talk in session.talks.order_by("id")] == ["First", "Second", "Third"]
    assert "has papers" in said(report)
    assert Document.objects.filter(pk=paper.pk).exists()
