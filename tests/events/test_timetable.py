"""The verbs of the timetable: places, versions and swaps."""

import datetime as dt
from typing import Any

import pytest

from events.models import Appearance, Edition, HistoryLine, Session, Speaker
from events.signals import visit_changed
from events.slots import Slot, SlotError, slot_of, told_twice
from events.timetable import (
    StaleError,
    TimetableError,
    add_session,
    add_speaker,
    add_talk,
    place_session,
    swap_sessions,
    version_of,
)
from tests import make

pytestmark = pytest.mark.django_db


def at(edition, start="09:00", end="10:00", day=0, **more):
    """A slot on that day of the edition."""
    times: Any = [dt.time.fromisoformat(text) if text else None for text in (start, end)]
    return Slot(edition.days[day], *times, **more)


def place(session, slot, seen=None):
    return place_session(session=session, seen=seen or version_of(session), slot=slot, by="maria")


def swap(one, other):
    return swap_sessions(one=one, seen=version_of(one), other=other, other_seen=version_of(other), by="maria")


@pytest.fixture
def edition():
    return make.edition()


@pytest.fixture
def hall(edition):
    return make.room(edition)


class TestAdding:
    def test_a_session_is_added_at_its_place(self, edition, hall):
        made = add_session(edition=edition, title=" Depots\n", kind="panel", slot=at(edition, room=hall), by="maria")
        made = Session.objects.get(pk=made.pk)
        assert (str(made.title), made.kind, made.room) == ("Depots", "panel", hall)
        assert (made.start, made.end) == (make.local(edition, 9), make.local(edition, 10))
        line = HistoryLine.objects.get(subject="session")
        assert (line.verb, line.actor, line.after) == ("add", "maria", "2030-10-08 09:00-10:00 Hall A")

    def test_it_may_have_neither_day_nor_room(self, edition):
        made = add_session(edition=edition, title="Later", slot=Slot(), by="maria")
        assert (made.day, made.start, made.end, made.room) == (None, None, None, None)

    @pytest.mark.parametrize("title", ["", " \x00", "\u3164", "x" * 501])
    def test_a_title_is_something_to_read(self, edition, title):
        with pytest.raises(TimetableError, match="Write at"):
            add_session(edition=edition, title=title, slot=Slot(), by="maria")
        assert not Session.objects.exists()

    def test_a_held_room_is_named_with_its_session(self, edition, hall):
        other = make.session(edition, "Opening", 9, 10, room=hall)
        with pytest.raises(SlotError, match=r"“Opening” holds this room at that time\.") as refused:
            add_session(edition=edition, title="Depots", slot=at(edition, "09:30", room=hall), by="maria")
        assert (refused.value.field, refused.value.other) == ("room", other)


class TestPlacing:
    def test_a_session_moves_to_another_day_time_and_room(self, edition, hall):
        session = make.session(edition, room=hall)
        small = make.room(edition, "Room 2")
        place(session, at(edition, "14:15", "15:45", 1, room=small))
        session.refresh_from_db()
        assert slot_of(session) == at(edition, "14:15", "15:45", 1, room=small)
        line = HistoryLine.objects.get(subject="session")
        assert (line.verb, line.before) == ("place", "2030-10-08 09:00-10:00 Hall A")

    def test_one_without_anything_is_placed_and_taken_out_again(self, edition, hall):
        session = make.session(edition, start=None)
        session = place(session, at(edition, room=hall))
        assert session.start == make.local(edition, 9)
        session = place(session, Slot())
        assert (session.day, session.start, session.end, session.room) == (None, None, None, None)

    def test_it_is_stretched_past_midnight_and_stays_on_its_day(self, edition):
        session = make.session(edition, "Dinner", 20, 22)
        session = place(session, at(edition, "20:00", "01:30", ends_next_day=True))
        assert session.day == edition.days[0]
        assert session.end == make.local(edition, 1, 30, day=1)

    @pytest.mark.parametrize(
        ("typed", "field", "sentence"),
        [
            ({"start": "10:00", "end": "09:00"}, "end", "not after the start"),
            ({"start": "10:00", "end": "10:00"}, "end", "not after the start"),
            ({"start": "10:00", "end": "10:01", "ends_next_day": True}, "end", "at most 24 hours"),
            ({"start": "", "end": "10:00"}, "start", "Write a start before the end"),
        ],
    )
    def test_times_that_cannot_be_are_refused(self, edition, typed, field, sentence):
        session = make.session(edition)
        with pytest.raises(SlotError, match=sentence) as refused:
            place(session, at(edition, **typed))
        assert refused.value.field == field
        assert Session.objects.get().start == make.local(edition, 9)

    def test_a_day_is_between_1990_and_2100_and_needed_for_a_start(self, edition):
        session = make.session(edition)
        with pytest.raises(SlotError, match="between 1990 and 2100"):
            place(session, Slot(dt.date(1, 1, 1), dt.time(9)))
        with pytest.raises(SlotError, match="Choose the day"):
            place(session, Slot(None, dt.time(9)))

    def test_a_room_of_another_edition_is_refused(self, edition):
        session = make.session(edition)
        with pytest.raises(SlotError, match="a room of this edition"):
            place(session, at(edition, room=make.room(make.edition())))

    def test_breaks_and_cancelled_sessions_hold_no_room(self, edition, hall):
        make.session(edition, "Coffee", 9, 10, room=hall, kind="break")
        make.session(edition, "Gone", 9, 10, room=hall, status="cancelled")
        assert place(make.session(edition), at(edition, room=hall)).room == hall

    def test_what_does_not_change_anything_leaves_no_trace(self, edition, hall):
        session = make.session(edition, room=hall)
        seen = version_of(session)
        assert version_of(place(session, at(edition, room=hall))) == seen
        assert not HistoryLine.objects.exists()

    def test_a_visit_that_moves_tells_of_it(self, edition):
        visit, told = make.visit(edition), []

        def hear(**signal):
            told.append((signal["visit"], signal["by"]))

        visit_changed.connect(hear)
        try:
            place(visit.session, at(edition, "14:00", "18:00", 2))
            place(make.session(edition, "Other"), at(edition, "14:00", "18:00", 2))
        finally:
            visit_changed.disconnect(hear)
        assert told == [(visit, "maria")]

    def test_an_archived_edition_stays_as_it_is(self, edition):
        session = make.session(edition)
        Edition.objects.update(status="archived")
        for act in (
            lambda: place(session, Slot()),
            lambda: add_session(edition=edition, title="New", slot=Slot(), by="maria"),
            lambda: add_talk(session=session, seen=version_of(session), title="Talk", by="maria"),
            lambda: add_speaker(session=session, seen=version_of(session), name="Arta", by="maria"),
            lambda: swap(session, make.session(edition, "Other", 11, 12)),
        ):
            with pytest.raises(TimetableError, match="archived"):
                act()


class TestClocks:
    """Tirana puts its clocks forward on 31 March 2030 and back on 27 October 2030."""

    @pytest.fixture
    def spring(self):
        return make.edition(first_day=dt.date(2030, 3, 30), last_day=dt.date(2030, 4, 1))

    @pytest.fixture
    def autumn(self):
        return make.edition(first_day=dt.date(2030, 10, 26), last_day=dt.date(2030, 10, 28))

    def test_a_time_that_is_left_out_is_refused(self, spring):
        session = make.session(spring)
        for slot, field in ((at(spring, "02:30", "04:00", 1), "start"), (at(spring, "01:00", "02:30", 1), "end")):
            with pytest.raises(SlotError, match="This time does not exist") as refused:
                place(session, slot)
            assert refused.value.field == field

    def test_of_two_hours_of_one_name_the_first_is_taken_and_said(self, autumn):
        session = place(make.session(autumn), at(autumn, "02:30", "04:00", 1))
        assert session.start == dt.datetime(2030, 10, 27, 0, 30, tzinfo=dt.UTC)
        assert told_twice(session) == ["The clocks change on that day and 02:30 comes twice. The first is meant."]

    def test_the_second_hour_is_kept_while_only_the_room_changes(self, autumn):
        session = make.session(autumn, on=1)
        session.start = dt.datetime(2030, 10, 27, 1, 30, tzinfo=dt.UTC)
        session.end = dt.datetime(2030, 10, 27, 5, tzinfo=dt.UTC)
        session.save()
        session = place(session, at(autumn, "02:30", "06:00", 1, room=make.room(autumn)))
        assert session.start == dt.datetime(2030, 10, 27, 1, 30, tzinfo=dt.UTC)
        assert "The second is meant." in told_twice(session)[0]

    def test_what_stands_in_the_night_after_its_day_stays_in_it(self, edition):
        session = make.session(edition)
        session.start, session.end = make.local(edition, 0, 30, day=1), make.local(edition, 2, day=1)
        session.save()
        session = place(session, at(edition, "01:00", "02:30", ends_next_day=True))
        assert (session.day, session.start) == (edition.days[0], make.local(edition, 1, day=1))


class TestVersions:
    def test_who_acts_on_an_old_version_is_told_who_changed_what(self, edition, hall):
        session = make.session(edition)
        seen = version_of(session)
        place_session(session=session, seen=seen, slot=at(edition, "11:00", "12:00", room=hall), by="jon")
        with pytest.raises(StaleError) as refused:
            place(session, at(edition, "15:00", "16:00"), seen)
        assert str(refused.value).startswith(
            "jon changed “Depots” after you opened it. It is now: 8 October 2030, 11:00–12:00, Hall A."
        )
        session.refresh_from_db()
        assert session.start == make.local(edition, 11)

    def test_a_change_that_left_no_line_is_of_somebody_else(self, edition):
        session = make.session(edition)
        seen = version_of(session)
        place_session(session=session, seen=seen, slot=at(edition, "11:00", "12:00"), by="jon")
        session.refresh_from_db()
        session.save()
        with pytest.raises(StaleError, match=r"^Somebody else changed"):
            place(session, at(edition), seen)

    @pytest.mark.parametrize("seen", ["x", "\x00", "0001-01-01T00:00:00+00:00"])
    def test_whatever_else_is_no_version(self, edition, seen):
        with pytest.raises(StaleError):
            place(make.session(edition), Slot(), seen)

    def test_a_deleted_session_is_gone(self, edition):
        session = make.session(edition)
        Session.objects.all().delete()
        with pytest.raises(TimetableError, match="This session is gone"):
            place(session, Slot())


class TestSwapping:
    def test_two_change_places_in_one_room(self, edition, hall):
        one = make.session(edition, "One", 9, 10, room=hall)
        other = make.session(edition, "Other", 10, 12, room=hall)
        swap(one, other)
        one.refresh_from_db()
        other.refresh_from_db()
        assert slot_of(one) == at(edition, "10:00", "12:00", room=hall)
        assert slot_of(other) == at(edition, "09:00", "10:00", room=hall)
        assert HistoryLine.objects.filter(verb="swap").count() == 2

    def test_one_of_two_may_have_no_place(self, edition, hall):
        one, other = make.session(edition, "One", room=hall), make.session(edition, "Other", start=None, day=None)
        swap(one, other)
        one.refresh_from_db()
        other.refresh_from_db()
        assert (one.day, one.room) == (None, None)
        assert slot_of(other) == at(edition, room=hall)

    def test_a_swap_that_makes_a_clash_changes_neither(self, edition, hall):
        make.session(edition, "Plenary", 9, 10, room=hall)
        pause = make.session(edition, "Coffee", 9, 10, room=hall, kind="break")
        other = make.session(edition, "Other", 11, 12)
        with pytest.raises(SlotError, match="“Plenary” holds this room"):
            swap(pause, other)
        pause.refresh_from_db()
        other.refresh_from_db()
        assert (pause.room, other.room) == (hall, None)
        assert not HistoryLine.objects.exists()

    def test_an_old_version_of_either_is_refused(self, edition):
        one, other = make.session(edition, "One", 9, 10), make.session(edition, "Other", 11, 12)
        old = version_of(other)
        place(other, at(edition, "13:00", "14:00"))
        with pytest.raises(StaleError, match="“Other”"):
            swap_sessions(one=one, seen=version_of(one), other=other, other_seen=old, by="jon")

    def test_a_session_is_not_swapped_with_itself_or_with_one_elsewhere(self, edition):
        one = make.session(edition)
        for other in (one, make.session(make.edition())):
            with pytest.raises(TimetableError):
                swap(one, other)


class TestTalksAndSpeakers:
    def test_talks_stand_in_the_order_in_which_they_came(self, edition):
        session = make.session(edition)
        for title in ("First", "Second"):
            add_talk(session=session, seen=version_of(session), title=title, by="maria")
            session.refresh_from_db()
        assert [str(talk.title) for talk in session.talks.all()] == ["First", "Second"]

    def test_a_known_name_is_the_known_speaker(self, edition):
        session, known = make.session(edition), Speaker.objects.create(name="Zoran Đorđević")
        made = add_speaker(session=session, seen=version_of(session), name=" zoran dordevic ", role="chair", by="maria")
        assert (made.speaker, made.role) == (known, "chair")

    def test_a_new_name_is_a_new_person_of_the_talk(self, edition):
        session = make.session(edition)
        talk = add_talk(session=session, seen=version_of(session), title="Talk", by="maria")
        session.refresh_from_db()
        made = add_speaker(session=session, seen=version_of(session), name="Arta Shembulli", talk=talk, by="maria")
        assert (made.speaker.name, made.speaker.kind, made.talk) == ("Arta Shembulli", "person", talk)

    def test_what_cannot_be_told_apart_or_is_there_already_is_refused(self, edition):
        session = make.session(edition)
        make.speaker(session, "Arta Shembulli")
        for _n in range(2):
            Speaker.objects.create(name="Boris Primjerić")
        for name, sentence in (("Arta Shembulli", "already has this role"), ("Boris Primjerić", "Several speakers")):
            with pytest.raises(TimetableError, match=sentence):
                add_speaker(session=session, seen=version_of(session), name=name, by="maria")

    def test_a_talk_of_another_session_is_refused(self, edition):
        session, other = make.session(edition), make.session(edition, "Other")
        talk = add_talk(session=other, seen=version_of(other), title="Talk", by="maria")
        with pytest.raises(TimetableError, match="a talk of this session"):
            add_speaker(session=session, seen=version_of(session), name="Arta", talk=talk, by="maria")
        assert not Appearance.objects.exists()

    def test_who_had_the_session_open_learns_of_it(self, edition):
        session = make.session(edition)
        seen = version_of(session)
        add_speaker(session=session, seen=seen, name="Arta", by="maria")
        with pytest.raises(StaleError, match=r"^maria changed"):
            place(session, Slot(), seen)
