"""Going back, copying and releasing beside editors and beside each other: real threads."""

import threading
from functools import partial

import pytest
from django.db import transaction

from events import restoring, scheduling
from events.copying import Wish, copy_agenda, copy_of
from events.models import Appearance, Edition, Session
from events.restoring import restoration_of, restore_agenda
from events.scheduling import AgendaChanged, draft_of, release_agenda
from tests import make
from tests.participants.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def mark_of(edition):
    """What the page carries that goes back to the first release."""
    plan = restoration_of(edition, 1)
    assert plan is not None
    return plan.mark


def edited():
    """An edition with a release and an edit since."""
    edition = make.edition()
    session = make.session(edition, "Old", room=make.room(edition))
    make.speaker(session, function="Old")
    release_agenda(edition=edition, by="sec")
    Session.objects.filter(pk=session.pk).update(title="New")
    return edition, session


def test_two_staff_who_saw_the_same_page_make_one_release():
    edition, _session = edited()
    seen = draft_of(edition).mark
    results = at_once(*(lambda by=by: release_agenda(edition=edition, by=by, seen=seen) for by in ("Ana", "Boris")))
    assert edition.releases.count() == 2
    assert sorted(type(one).__name__ for one in results) == ["AgendaChanged", "AgendaRelease"]


def test_one_button_pressed_twice_at_the_same_moment_makes_one_release():
    edition, _session = edited()
    seen = draft_of(edition).mark
    results = at_once(*[lambda: release_agenda(edition=edition, by="Ana", seen=seen)] * 3)
    assert edition.releases.count() == 2
    assert {one.number for one in results} == {2}


def test_without_the_mark_each_press_makes_a_release():
    edition, _session = edited()
    at_once(*[lambda: release_agenda(edition=edition, by="Ana")] * 3)
    assert edition.releases.count() == 4


def test_one_button_pressed_twice_copies_once():
    source, _session = edited()
    edition = make.edition()
    wish = Wish(source=source)
    seen = copy_of(edition, wish).mark
    results = at_once(*[lambda: copy_agenda(edition=edition, wish=wish, seen=seen, by="Ana")] * 3)
    assert results == [1, 1, 1]
    assert edition.sessions.count() == 1


def test_two_editions_are_copied_and_restored_at_the_same_moment_and_nobody_waits_for_ever():
    (one, _first), (other, _second) = edited(), edited()
    empty = make.edition()
    wish = Wish(source=one)
    marks = {edition: mark_of(edition) for edition in (one, other)}
    seen = copy_of(empty, wish).mark
    results = at_once(
        lambda: restore_agenda(edition=other, number=1, seen=marks[other], by="Ana"),
        lambda: copy_agenda(edition=empty, wish=wish, seen=seen, by="Ana"),
        lambda: release_agenda(edition=one, by="Ana"),
    )
    assert not [one for one in results if isinstance(one, Exception)]


@pytest.mark.parametrize("is_held_off", [True, False])
def test_who_saves_while_the_agenda_goes_back_is_not_undone_in_silence(monkeypatch, is_held_off):
    """The editor has written but not yet committed when the button is pressed."""
    edition, session = edited()
    seen = mark_of(edition)
    is_written, may_commit = threading.Event(), threading.Event()
    if not is_held_off:
        monkeypatch.setattr(restoring, "hold_off_edits", lambda **options: None)

    def edit():
        with transaction.atomic():
            Session.objects.filter(pk=session.pk).update(title="Better")
            is_written.set()
            may_commit.wait(timeout=30)
            Appearance.objects.filter(session=session).update(function="Better")

    def go_back():
        assert is_written.wait(timeout=30)
        threading.Timer(0.3, may_commit.set).start()
        return restore_agenda(edition=edition, number=1, seen=seen, by="Ana")

    _edited, restored = at_once(edit, go_back)
    session.refresh_from_db()
    assert isinstance(restored, AgendaChanged) == is_held_off
    assert str(session.title) == ("Better" if is_held_off else "Old")


def test_a_release_beside_going_back_is_of_the_one_agenda_or_of_the_other():
    for _turn in range(5):
        edition, session = edited()
        Appearance.objects.filter(session=session).update(function="New")
        seen = mark_of(edition)
        at_once(
            partial(restore_agenda, edition=edition, number=1, seen=seen, by="Ana"),
            partial(release_agenda, edition=edition, by="Boris"),
        )
        (item,) = edition.releases.first().document["items"]
        assert (item["title"]["en"], item["people"][0]["function"]) in {("Old", "Old"), ("New", "New")}


def test_a_booking_beside_going_back_is_kept_or_refused_and_never_lost():
    for _turn in range(3):
        edition = make.edition()
        make.session(edition)
        release_agenda(edition=edition, by="sec")
        visit = make.visit(edition)
        person = make.participant(edition, "confirmed")
        seen = mark_of(edition)
        booked, restored = at_once(
            partial(make.booking, visit, person=person),
            partial(restore_agenda, edition=edition, number=1, seen=seen, by="Ana"),
        )
        assert not isinstance(restored, Exception)
        is_there = Session.objects.filter(pk=visit.session_id).exists()
        assert is_there != isinstance(booked, Exception)
        assert person.bookings.exists() == is_there


def test_control_without_the_lock_of_the_edition_one_mark_makes_two_releases(monkeypatch):
    edition, _session = edited()
    seen = draft_of(edition).mark
    barrier = threading.Barrier(2)
    drawn = scheduling.draft_of

    def slow(edition):
        draft = drawn(edition)
        barrier.wait(timeout=10)
        return draft

    monkeypatch.setattr(scheduling, "draft_of", slow)
    unlocked = Edition.objects.all()
    monkeypatch.setattr(Edition.objects, "select_for_update", lambda **options: unlocked)
    results = at_once(*(lambda by=by: release_agenda(edition=edition, by=by, seen=seen) for by in ("Ana", "Boris")))
    assert sorted(type(one).__name__ for one in results) == ["AgendaRelease", "IntegrityError"]
