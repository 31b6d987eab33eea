"""Loading a file again: found, updated, never doubled; what staff edited is kept and said."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from i18nfield.strings import LazyI18nString

from events.edition_files import EditionFileError
from events.models import Edition, FieldVisit, HistoryLine, Session
from events.signals import visit_changed
from tests.events.test_loading import items, put, said, small

pytestmark = pytest.mark.django_db


def test_a_corrected_file_updates_what_nobody_edited():
    edition = put(small()).edition
    keys = set(edition.sessions.values_list("pk", flat=True))
    content = small(title="Renamed workshop", venue="Hotel", end_date="2018-10-11")
    items(content)[1] |= {"end": "10:30", "room": "Hall B", "kind": "panel", "notes": "shorter"}
    items(content, 1)[0]["start"] = "12:00"  # was open
    report = put(content)
    assert (report.made, report.changed, report.unchanged) == (0, 2, 1)
    assert set(edition.sessions.values_list("pk", flat=True)) == keys
    edition.refresh_from_db()
    assert (str(edition.title), edition.venue, edition.last_day) == ("Renamed workshop", "Hotel", dt.date(2018, 10, 11))
    depots: Any = edition.sessions.get(kind="panel")
    assert (depots.room.name, depots.end.minute, depots.source_note) == ("Hall B", 30, "shorter")
    assert edition.sessions.get(kind="closing").start == dt.datetime(2018, 10, 10, 10, 0, tzinfo=dt.UTC)


def test_what_staff_edited_is_kept_and_said_and_their_translations_too():
    edition = put(small()).edition
    edition.venue, edition.city = "Palace", "Durrës"
    edition.save()
    depots: Any = edition.sessions.get(title__contains="Depots")
    depots.start += dt.timedelta(hours=1)
    depots.end += dt.timedelta(hours=1)
    depots.room = None
    depots.save()
    opening = edition.sessions.get(kind="opening")
    opening.title = LazyI18nString({"en": "Opening", "sq": "Hapja"})
    opening.save()
    content = small(venue="Hotel")
    items(content)[0]["id"] = ""
    items(content)[1] |= {"kind": "panel", "end": "10:45"}
    report = put(content)
    depots.refresh_from_db()
    assert report.edition.pk == edition.pk
    assert (depots.start.hour, depots.room, depots.kind) == (8, None, "panel")
    assert report.edition.venue == "Palace"
    assert "time of “Depots”: edited here since, kept." in said(report)
    assert "room of “Depots”: edited here since, kept." in said(report)
    assert "edition.venue: The edition has Palace, which is kept; the file says Hotel." in said(report)
    opening.refresh_from_db()
    assert opening.title.data == {"en": "Opening", "sq": "Hapja"}
    assert said(put(content)) == said(report)


def test_items_with_an_id_are_found_by_it_whatever_else_changes():
    content = small()
    items(content)[1]["id"] = 7
    session = put(content).edition.sessions.get(external_id="7")
    items(content)[1] |= {"title": "Armouries", "start": "10:00"}
    report = put(content)
    session.refresh_from_db()
    assert (str(session.title), report.made, report.changed) == ("Armouries", 0, 1)


def test_an_item_that_is_given_an_id_later_stays_the_same_and_so_does_one_that_loses_it():
    edition = put(small()).edition
    for key in (5, None):
        content = small()
        items(content)[1]["id"] = key
        assert put(content).made == 0
    assert edition.sessions.get(external_id="5").title.data == {"en": "Depots"}


def test_equal_items_are_told_apart_by_their_order_and_retitled_ones_are_said():
    content = small()
    content["days"][1]["items"] = [{"title": "Statement", "kind": "opening", "notes": note} for note in "ab"]
    edition = put(content).edition
    _first, second = edition.sessions.filter(title__contains="Statement").order_by("id")
    content["days"][1]["items"][1]["notes"] = "c"
    assert put(content).changed == 1
    second.refresh_from_db()
    assert second.source_note == "c"
    content["days"][1]["items"] = content["days"][1]["items"][:1]
    report = put(content)
    assert "“Statement” is no longer in the file; it was kept." in said(report)
    assert edition.sessions.count() == 4


def test_an_item_that_staff_entered_before_the_load_is_not_doubled():
    edition = put(small()).edition
    Session.objects.create(edition=edition, title="Dinner", kind="social", day=dt.date(2018, 10, 9), abstract="Ours")
    content = small()
    items(content).append({"title": "Dinner", "kind": "social", "notes": "at eight"})
    report = put(content)
    dinner = edition.sessions.get(title__contains="Dinner")
    assert (report.made, dinner.source_note, str(dinner.abstract)) == (0, "at eight", "Ours")


def test_two_items_in_one_room_at_once_leave_the_second_without_a_room_each_time():
    content = small()
    items(content)[1]["start"] = "09:15"
    for _time in range(2):
        report = put(content)
        assert "days[0].items[1].room: Hall A is held by “Opening”" in said(report)
        assert report.edition.sessions.get(title__contains="Depots").room is None
        assert report.changed == 0
    items(content)[1]["start"] = "09:30"
    assert put(content).edition.sessions.filter(title__contains="Depots", room__name="Hall A").exists()


def test_two_items_may_change_places():
    content = small()
    items(content)[1] |= {"start": "09:00", "end": "09:30", "room": "Hall B"}
    put(content)
    items(content)[0]["room"], items(content)[1]["room"] = "Hall B", "Hall A"
    report = put(content)
    assert (report.changed, said(report).count("held")) == (2, 0)
    assert report.edition.sessions.filter(kind="opening", room__name="Hall B").exists()


def test_a_break_and_a_meal_may_stand_in_a_room_in_use():
    content = small()
    items(content)[0] |= {"kind": "meal"}
    items(content)[1]["start"] = "09:00"
    assert put(content).edition.sessions.filter(room__name="Hall A").count() == 2


def test_the_edition_is_found_by_slug_then_by_year_and_city():
    first = put(small(), slug="my-edition").edition
    assert put(small(city="TIRANA", title="Trial workshop")).edition.pk == first.pk
    other = Edition.objects.create(
        slug="other", title="Other", city="Tirana", first_day="2018-01-01", last_day="2018-01-02"
    )
    with pytest.raises(EditionFileError, match="Several editions fit"):
        put(small())
    assert put(small(), slug="other").edition.pk == other.pk
    with pytest.raises(EditionFileError, match="small letters"):
        put(small(), slug="Not A Slug")


def test_an_address_that_belongs_to_another_edition_is_not_taken_over():
    Edition.objects.create(slug="2018-tirana", title="Another", city="Durrës")
    with pytest.raises(EditionFileError, match="belongs to another edition"):
        put(small())


def test_a_load_writes_one_history_line_and_one_that_changes_nothing_none():
    edition = put(small()).edition
    put(small())
    line = HistoryLine.objects.get(edition=edition)
    assert (line.verb, line.actor, line.after) == ("loaded", "test", "3 made, 0 changed, 0 unchanged")


def test_a_visit_that_a_file_moves_is_told_once_in_the_same_transaction():
    content = small()
    items(content)[1] |= {"id": "visit", "kind": "field_visit"}
    edition = put(content).edition
    visit = FieldVisit.objects.create(session=edition.sessions.get(kind="field_visit"), site="Depot")
    told = []

    def receiver(*, visit, by, **signal):
        told.append((visit, by, visit.session.start.minute, connection.in_atomic_block))

    visit_changed.connect(receiver)
    try:
        put(content)
        assert told == []
        items(content)[1] |= {"start": "09:45"}
        items(content)[0] |= {"title": "Opening of the workshop"}
        put(content)
    finally:
        visit_changed.disconnect(receiver)
    assert told == [(visit, "test", 45, True)]
