"""Agendas written back into rows, and who is told of visits that move by it."""

import dataclasses

import pytest

from events.edition_files.parsed import EditionFile, Item
from events.loading import load
from events.models import FieldVisit, Session
from events.signals import visit_changed
from events.writing import moved_visits_told, with_free_rooms
from tests import make
from tests.events.test_agenda import at, item

ONE, TWO = item(1, at(9), at(11), room=1), item(2, at(10), at(12), room=1)
NO_TIME = {"start": None, "end": None}


@pytest.fixture
def told():
    """The visits of which others were told."""
    visits = []

    def listen(sender, visit, by, **signal):
        visits.append((visit.pk, by))

    visit_changed.connect(listen)
    yield visits
    visit_changed.disconnect(listen)


@pytest.mark.django_db
@pytest.mark.parametrize("facts", [NO_TIME, {"status": "cancelled"}, {"day": None} | NO_TIME])
def test_of_a_visit_that_moves_or_is_cancelled_others_are_told(told, facts):
    edition = make.edition()
    moved, _still = make.visit(edition), make.visit(edition)
    with moved_visits_told(edition, by="Ana"):
        Session.objects.filter(pk=moved.session_id).update(**facts)
    assert told == [(moved.pk, "Ana")]


@pytest.mark.django_db
def test_of_a_new_title_a_new_visit_and_a_deleted_one_nobody_is_told(told):
    edition = make.edition()
    visit, gone = make.visit(edition), make.visit(edition)
    with moved_visits_told(edition, by="Ana"):
        Session.objects.filter(pk=visit.session_id).update(title="Other")
        gone.session.delete()
        make.visit(edition)
    assert told == []


@pytest.mark.django_db
def test_a_file_that_moves_a_visit_tells_of_it(told):
    edition = make.edition()
    day = edition.days[1]

    def file(hour):
        start, end = (make.local(edition, one, day=1) for one in (hour, 18))
        visit = Item(place="items[0]", title="Visit", kind="field_visit", id="v1", day=day, start=start, end=end)
        return EditionFile(title="Workshop", items=[visit])

    load(file(13), by="Ana", slug=edition.slug)
    made = Session.objects.get()
    FieldVisit.objects.create(session=made, site="Depot")
    load(file(13), by="Ana", slug=edition.slug)
    assert told == []
    load(file(14), by="Ana", slug=edition.slug)
    made.refresh_from_db()
    assert made.start == make.local(edition, 14, day=1)
    assert told == [(made.visit.pk, "Ana")]


def test_of_two_that_want_one_room_the_sure_one_has_it():
    for sure, expected in (({"uid-1"}, [1, None]), ({"uid-2"}, [None, 1])):
        kept, refused = with_free_rooms([ONE, TWO], sure=sure)
        assert [one.room for one in kept] == expected
        assert len(refused) == 1


@pytest.mark.parametrize(
    "facts", [{"status": "cancelled"}, {"kind": "break"}, {"end": None}, {"room": 2}, {"start": at(11)}]
)
def test_what_holds_no_room_takes_none(facts):
    items = [ONE, dataclasses.replace(TWO, **facts)]
    assert with_free_rooms(items, sure=()) == (items, [])
