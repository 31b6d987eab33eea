"""Going back to a release: what is changed back, made again, deleted, cancelled and kept."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.change_words import change_in_words
from events.models import Edition, HistoryLine, Room, Session, Speaker, Talk, Topic
from events.restoring import restoration_of, restore_agenda
from events.scheduling import AgendaChanged, SchedulingError, build_agenda, release_agenda, released_agenda
from tests import make

pytestmark = pytest.mark.django_db


def released(edition):
    """The number of a new release."""
    return release_agenda(edition=edition, by="sec").number


def back(edition, number=1):
    plan = restoration_of(edition, number)
    assert plan is not None
    return restore_agenda(edition=edition, number=number, seen=plan.mark, by="sec")


def names(items):
    return [item.title["en"] for item in items]


def full(edition, **more):
    """A session with everything that a session can have."""
    session = make.session(edition, room=make.room(edition), letter="A", abstract={"en": "Why", "sq": "Pse"}, **more)
    session.topics.add(Topic.objects.create(edition=edition, name={"en": "Depots", "sq": "Depo"}))
    talk = Talk.objects.create(session=session, title="A talk", abstract="About it")
    make.speaker(session, role="chair", function="Head", organisation="MoD")
    make.speaker(session, "Belgium", talk=talk, state="to_be_confirmed", honorific="Mr")
    return session


def test_everything_that_staff_edit_in_a_session_goes_back():
    edition = make.edition()
    session = full(edition)
    first = build_agenda(edition)
    released(edition)
    library = make.room(edition, "Library")
    Session.objects.filter(pk=session.pk).update(
        title="Other",
        abstract="",
        kind="panel",
        letter="",
        room=library,
        start=make.local(edition, 14),
        end=make.local(edition, 16),
        status="cancelled",
        cancelled_note="No speaker",
    )
    session.topics.clear()
    session.talks.update(title="Another talk")
    session.appearances.all().delete()
    make.speaker(session, "Somebody else")
    back(edition)
    now = build_agenda(edition)
    assert now.items == first.items
    assert [room.name for room in now.rooms] == ["Hall A", "Library"]


def test_nothing_becomes_public_by_going_back():
    edition = make.edition()
    session = make.session(edition, "Old")
    released(edition)
    Session.objects.filter(pk=session.pk).update(title="New")
    released(edition)
    back(edition)
    latest = released_agenda(edition.slug)
    assert latest is not None
    assert (latest.number, names(latest.items)) == (2, ["New"])
    assert released(edition) == 3


def test_a_deleted_session_comes_back_with_its_address_and_its_place_in_calendars():
    edition = make.edition()
    session = full(edition)
    key, uid, talk = session.pk, session.uid, session.talks.get().pk
    first = build_agenda(edition)
    released(edition)
    session.delete()
    make.session(edition, "Takes no old key", 14, 15)
    done = back(edition)
    assert [change.kind for change in done.changes] == ["added", "removed"]
    made = edition.sessions.get()
    assert (made.pk, made.uid, made.talks.get().pk) == (key, uid, talk)
    assert build_agenda(edition).items == first.items


def test_rooms_and_topics_that_were_deleted_are_made_again_and_renamed_ones_get_their_old_name():
    edition = make.edition()
    gone, renamed = make.room(edition, "Gone", capacity=30), make.room(edition, "Old name")
    keys = gone.pk, renamed.pk
    topic = Topic.objects.create(edition=edition, name="Depots")
    for hour, room in ((9, gone), (11, renamed)):
        make.session(edition, f"At {hour}", hour, hour + 1, room=room).topics.add(topic)
    first = build_agenda(edition)
    released(edition)
    edition.sessions.update(room=None)
    gone.delete()
    topic.delete()
    Room.objects.filter(pk=renamed.pk).update(name="New name")
    back(edition)
    now = build_agenda(edition)
    assert now.items == first.items
    assert {(room.id, room.name, room.capacity) for room in now.rooms} == {
        (keys[0], "Gone", 30),
        (keys[1], "Old name", None),
    }
    assert [topic.name for topic in now.topics] == [{"en": "Depots"}]


def test_a_room_that_was_made_again_by_hand_is_the_same_room():
    edition = make.edition()
    room = make.room(edition)
    session = make.session(edition, room=room)
    released(edition)
    Session.objects.filter(pk=session.pk).update(room=None)
    room.delete()
    again = make.room(edition)
    back(edition)
    session.refresh_from_db()
    assert session.room == again
    assert edition.rooms.count() == 1


def test_two_sessions_that_changed_rooms_change_back():
    edition = make.edition()
    one, other = (make.session(edition, name, room=make.room(edition, name)) for name in ("A", "B"))
    released(edition)
    rooms = one.room, other.room
    Session.objects.filter(pk=one.pk).update(room=None)
    Session.objects.filter(pk=other.pk).update(room=rooms[0])
    Session.objects.filter(pk=one.pk).update(room=rooms[1])
    back(edition)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.room, other.room) == rooms


def test_a_speaker_keeps_the_name_of_today_and_one_who_is_gone_is_made_again():
    edition = make.edition()
    session = make.session(edition)
    one, other = make.speaker(session, "Arta Shembuli").speaker, make.speaker(session, "Boris").speaker
    released(edition)
    session.appearances.all().delete()
    Speaker.objects.filter(pk=one.pk).update(name="Arta Shembulli")
    other.delete()
    back(edition)
    assert sorted(a.speaker.name for a in session.appearances.all()) == ["Arta Shembulli", "Boris"]
    assert session.appearances.filter(speaker=one).exists()


def test_sessions_that_nothing_else_tells_apart_stand_in_the_order_of_the_release():
    edition = make.edition()
    for order, name in enumerate("ABC"):
        make.session(edition, name, None, order=order)
    released(edition)
    for order, name in enumerate("CAB"):
        edition.sessions.filter(title__contains=name).update(order=order)
    make.session(edition, "Held", 9, 10)
    back(edition)
    assert names(build_agenda(edition).items) == list("ABC")


def test_an_editor_who_has_a_form_open_is_refused_afterwards():
    edition = make.edition()
    session = make.session(edition)
    talk = Talk.objects.create(session=session, title="Old")
    released(edition)
    Talk.objects.filter(pk=talk.pk).update(title="New")
    before = session.changed_at
    back(edition)
    session.refresh_from_db()
    assert session.changed_at > before


def test_what_does_not_change_is_not_written():
    edition = make.edition()
    session, other = make.session(edition), make.session(edition, "Other", 11, 12)
    released(edition)
    Session.objects.filter(pk=other.pk).update(title="New")
    back(edition)
    assert Session.objects.get(pk=session.pk).changed_at == session.changed_at


def test_the_difference_before_is_the_difference_after():
    edition = make.edition()
    session = full(edition)
    released(edition)
    Session.objects.filter(pk=session.pk).update(title="Other", day=edition.days[1], start=None, end=None)
    plan = restoration_of(edition, 1)
    assert plan is not None
    told = [change_in_words(change, plan.now) for change in plan.changes]
    assert told == [
        "New time of “Depots”: 8 October 2030, 09:00 to 10:00, was 9 October 2030, time to be announced.",
        "New title: “Depots”, was “Other”.",
    ]
    back(edition)
    assert build_agenda(edition) == plan.wanted


def test_going_back_leaves_a_line_of_history_and_twice_does_nothing_more():
    edition = make.edition()
    session = make.session(edition)
    released(edition)
    Session.objects.filter(pk=session.pk).update(title="Other")
    plan = restoration_of(edition, 1)
    assert plan is not None
    for _press in range(2):
        restore_agenda(edition=edition, number=1, seen=plan.mark, by="Ana")
    line = HistoryLine.objects.get(verb="restore agenda")
    assert (line.before, line.after, line.actor) == ("1", "1", "Ana")


def test_what_was_edited_after_it_was_looked_at_is_not_undone():
    edition = make.edition()
    session = make.session(edition)
    released(edition)
    Session.objects.filter(pk=session.pk).update(title="Other")
    plan = restoration_of(edition, 1)
    assert plan is not None
    Session.objects.filter(pk=session.pk).update(title="Better")
    with pytest.raises(AgendaChanged, match="changed meanwhile"):
        restore_agenda(edition=edition, number=1, seen=plan.mark, by="sec")
    session.refresh_from_db()
    assert str(session.title) == "Better"


def test_a_release_that_is_not_there_is_a_sentence():
    edition = make.edition()
    assert restoration_of(edition, 1) is None
    with pytest.raises(SchedulingError, match="There is no release 1"):
        restore_agenda(edition=edition, number=1, seen="", by="sec")


def test_the_number_of_queries_to_look_does_not_depend_on_the_size():
    small, large = make.edition(), make.edition()
    full(small)
    for hour in range(8, 18):
        make.speaker(make.session(large, f"At {hour}", hour, hour + 1))
    counts = []
    for edition in (small, large):
        released(edition)
        make.session(edition, "New", 20, 21)
        restoration_of(edition, 1)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            restoration_of(edition, 1)
        counts.append(len(seen))
    assert abs(counts[0] - counts[1]) <= 2


def test_an_agenda_over_a_clock_change_goes_back_to_the_same_moments():
    edition = make.edition(first_day=dt.date(2030, 10, 26), last_day=dt.date(2030, 10, 28))
    night = make.session(edition, "Night", 1, 4, on=1)
    released(edition)
    moments = night.start, night.end
    Session.objects.filter(pk=night.pk).update(start=None, end=None)
    back(edition)
    night.refresh_from_db()
    assert (night.start, night.end) == moments


def test_an_archived_edition_does_not_go_back():
    edition = make.edition()
    session = make.session(edition)
    released(edition)
    Session.objects.filter(pk=session.pk).update(title="Other")
    Edition.objects.filter(pk=edition.pk).update(status="archived")
    with pytest.raises(SchedulingError, match="archived"):
        back(edition)
