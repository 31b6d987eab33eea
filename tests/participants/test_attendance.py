"""Marks by day and by session: written once, corrected by another, never deleted."""

import datetime as dt
from unittest import mock

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from events.models import Edition, HistoryLine
from participants import attendance, registration
from participants.attendance import AttendanceError, Point
from participants.models import Attendance
from tests.participants.at_the_desk import at_once, confirmed, meeting, running_edition, scan, session
from tests.participants.registered import open_edition, participant

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return running_edition()


@pytest.fixture
def person(edition):
    return confirmed(edition)


@pytest.fixture
def day(edition):
    return edition.days[0]


def standing(person):
    return [(row.day, row.session_id, row.mark) for row in person.attendance.standing()]


# -- Marking ------------------------------------------------------------------------------------------------------


def test_a_mark_says_who_when_and_how(person, day):
    row = attendance.mark(participant=person, day=day, by="d.sample")
    assert (row.mark, row.source, row.recorded_by, row.void_at) == ("present", "list", "d.sample", None)
    assert timezone.now() - row.recorded_at < dt.timedelta(minutes=1)
    line = HistoryLine.objects.get(subject="participant", subject_id=person.pk, verb=f"mark day:{day}")
    assert (line.before, line.after, line.actor) == ("", "present", "d.sample")


def test_the_same_mark_again_stays_as_it_was(person, day):
    first = attendance.mark(participant=person, day=day, by="a")
    assert attendance.mark(participant=person, day=day, by="b") == first
    assert person.attendance.get().recorded_by == "a"


def test_a_correction_makes_the_old_mark_void_and_writes_another(person, day):
    old = attendance.mark(participant=person, day=day, by="a")
    new = attendance.mark(participant=person, day=day, mark="excused", by="b")
    old.refresh_from_db()
    assert (old.mark, old.void_by, old.void_at is None) == ("present", "b", False)
    assert (new.mark, new.recorded_by, new.void_at) == ("excused", "b", None)
    assert person.attendance.count() == 2


def test_clearing_keeps_the_row_with_who_and_when(person, day):
    attendance.mark(participant=person, day=day, by="a")
    cleared = attendance.clear(participant=person, day=day, by="b", reason="wrong person")
    row = person.attendance.get()
    assert cleared == row
    assert (row.void_by, row.void_reason, row.void_at is None) == ("b", "wrong person", False)
    assert attendance.clear(participant=person, day=day, by="b") is None


@pytest.mark.parametrize("status", ["pending", "waitlisted", "declined", "withdrawn"])
def test_only_people_with_a_place_can_be_marked(edition, day, status):
    person = participant(edition)
    if status != "pending":
        verbs = {"waitlisted": "waitlist", "declined": "decline", "withdrawn": "withdraw"}
        getattr(registration, verbs[status])(participant=person, by="test")
    with pytest.raises(AttendanceError, match="cannot be marked"):
        attendance.mark(participant=person, day=day, by="a")
    assert not Attendance.objects.exists()


def test_a_day_of_no_edition_and_a_session_of_another_are_refused(edition, person, day):
    other = open_edition("2028-skopje")
    with pytest.raises(AttendanceError, match="not a day of this edition"):
        attendance.mark(participant=person, day=day - dt.timedelta(days=1), by="a")
    with pytest.raises(AttendanceError, match="not in the agenda"):
        attendance.mark(participant=person, day=other.days[0], session=session(other), by="a")
    with pytest.raises(AttendanceError, match="not in the agenda"):
        attendance.mark(participant=person, day=edition.days[1], session=session(edition), by="a")


def test_an_archived_edition_is_only_read(edition, person, day):
    attendance.mark(participant=person, day=day, by="a")
    Edition.objects.filter(pk=edition.pk).update(status="archived")
    with pytest.raises(AttendanceError, match="archived"):
        attendance.mark(participant=person, day=day, mark="absent", by="a")
    with pytest.raises(AttendanceError, match="archived"):
        attendance.clear(participant=person, day=day, by="a")
    with pytest.raises(AttendanceError, match="archived"):
        attendance.save_grid(edition=edition, changes=[(person.pk, Point(day), False)], by="a")
    assert standing(person) == [(day, None, "present")]


def test_a_session_keeps_its_marks_when_it_moves_to_another_day(edition, person):
    opening = session(edition)
    attendance.mark(participant=person, day=edition.days[0], session=opening, by="a")
    opening.day, opening.start, opening.end = edition.days[1], None, None
    opening.save()
    grid = attendance.grid([person], attendance.session_points(edition, edition.days[1]))
    assert grid.totals == [1]
    attendance.clear(participant=person, day=edition.days[1], session=opening, by="b")
    assert standing(person) == []


def test_the_database_takes_one_standing_mark_only(person, day):
    row = attendance.mark(participant=person, day=day, by="a")
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_taking_away_the_mark_of_a_check_in_lets_the_person_check_in_again(person, day):
    first = scan(person)
    attendance.clear(participant=person, day=day, by="office")
    first.refresh_from_db()
    assert (first.void_by, first.void_at is None) == ("office", False)
    assert scan(person).result == "ok"


# -- The grid -----------------------------------------------------------------------------------------------------


def test_a_grid_writes_what_changed_and_one_line_of_history(edition, day):
    people = [confirmed(edition, name) for name in ("A", "B", "C")]
    attendance.mark(participant=people[2], day=day, by="a")
    changes = [(people[0].pk, Point(day), True), (people[1].pk, Point(day), True), (people[2].pk, Point(day), False)]
    saved = attendance.save_grid(edition=edition, changes=changes, by="b")
    assert (saved.ticked, saved.cleared, saved.refused) == (2, 1, [])
    assert [standing(one) for one in people] == [[(day, None, "present")], [(day, None, "present")], []]
    assert HistoryLine.objects.get(verb="save attendance").after == "2 present, 1 taken away"
    assert attendance.save_grid(edition=edition, changes=changes, by="b") == attendance.Saved()
    assert HistoryLine.objects.filter(verb="save attendance").count() == 1


def test_somebody_who_lost_the_place_is_refused_and_the_others_are_written(edition, person, day):
    gone = confirmed(edition, "Gone")
    registration.withdraw(participant=gone, by="test")
    saved = attendance.save_grid(
        edition=edition, changes=[(gone.pk, Point(day), True), (person.pk, Point(day), True)], by="a"
    )
    assert (saved.ticked, len(saved.refused)) == (1, 1)
    assert "Gone" in saved.refused[0]
    assert standing(person) == [(day, None, "present")]


def test_a_person_of_another_edition_is_refused_without_a_name(edition, day):
    stranger = confirmed(running_edition("2028-skopje"), "Stranger")
    saved = attendance.save_grid(edition=edition, changes=[(stranger.pk, Point(day), True)], by="a")
    assert saved.refused == ["Only people of this edition can be marked."]
    assert not Attendance.objects.exists()


def test_taking_a_tick_away_leaves_what_somebody_else_wrote_meanwhile(edition, person, day):
    attendance.mark(participant=person, day=day, by="a")
    attendance.mark(participant=person, day=day, mark="excused", by="b")
    attendance.save_grid(edition=edition, changes=[(person.pk, Point(day), False)], by="a")
    assert standing(person) == [(day, None, "excused")]


def test_ticking_somebody_absent_corrects_the_mark(edition, person, day):
    attendance.mark(participant=person, day=day, mark="absent", by="a")
    saved = attendance.save_grid(edition=edition, changes=[(person.pk, Point(day), True)], by="b")
    assert (saved.ticked, saved.cleared) == (1, 0)
    assert standing(person) == [(day, None, "present")]


def test_ticks_cost_the_same_number_of_queries_for_one_and_for_many(edition, day, django_assert_num_queries):
    people = [confirmed(edition, f"Person {number}") for number in range(6)]
    few = [(people[0].pk, Point(day), True)]
    many = [(one.pk, Point(day), True) for one in people[1:]]
    for changes in (few, many):
        with django_assert_num_queries(7):  # savepoint twice, edition, people, marks, rows, history
            attendance.save_grid(edition=edition, changes=changes, by="a")


# -- Reading ------------------------------------------------------------------------------------------------------


def test_a_day_counts_when_a_session_of_it_was_attended(edition, person, day):
    opening = session(edition)
    attendance.mark(participant=person, day=day, session=opening, by="a")
    [row] = attendance.grid([person], attendance.day_points(edition)).rows
    assert [(cell.is_present, cell.is_derived, cell.mark) for cell in row.cells] == [
        (True, True, ""),
        (False, False, ""),
        (False, False, ""),
    ]
    assert (row.total, row.ticked) == (1, "")


def test_an_excuse_and_a_void_mark_do_not_count(edition, person, day):
    attendance.mark(participant=person, day=day, mark="excused", by="a")
    attendance.mark(participant=person, day=edition.days[1], by="a")
    attendance.clear(participant=person, day=edition.days[1], by="a")
    grid = attendance.grid([person], attendance.day_points(edition))
    assert (grid.totals, grid.rows[0].cells[0].mark) == ([0, 0, 0], "excused")


def test_breaks_meals_and_cancelled_sessions_are_no_columns_unless_they_were_marked(edition, person, day):
    shown = session(edition, "Plenary", 10)
    session(edition, "Coffee", 11, kind="break")
    session(edition, "Cancelled", 12, status="cancelled")
    lunch = session(edition, "Working lunch", 13, kind="meal")
    untimed = session(edition, "Some time", 14, start=None, end=None)
    assert [point.session for point in attendance.session_points(edition, day)] == [shown, untimed]
    attendance.mark(participant=person, day=day, session=lunch, by="a")
    assert [point.session for point in attendance.session_points(edition, day)] == [shown, lunch, untimed]


def test_points_are_the_days_each_with_its_sessions(edition):
    second = session(edition, "Second", day=1)
    first = session(edition, "First", letter="B")
    days = edition.days
    assert [point.name for point in attendance.points(edition)] == [
        f"day:{days[0]}",
        f"session:{first.pk}",
        f"day:{days[1]}",
        f"session:{second.pk}",
        f"day:{days[2]}",
    ]
    assert attendance.points(edition)[1].title == "09:00 B. First"
    assert Point(edition.days[0], session(edition, "Group C: depots", letter="C")).title == "09:00 Group C: depots"


@pytest.mark.parametrize(
    "name",
    [
        *("", "day:", "day:2018-10-09", "day:0001-01-01", "day:١", "day:\x00", "room:1"),
        *("session:", "session:0", "session:-1", "session:9999999999", "session:1\n", "session:²"),
    ],
)
def test_a_point_that_is_none_is_refused(edition, name):
    with pytest.raises(AttendanceError, match="Choose a day, a session or a vehicle"):
        attendance.read_point(edition, name)


def test_reading_costs_the_same_for_one_and_for_many(edition, day, django_assert_num_queries):
    people = [confirmed(edition, f"Person {number}") for number in range(5)]
    for one in people:
        attendance.mark(participant=one, day=day, by="a")
    for shown in (people[:1], people):
        with django_assert_num_queries(1):
            attendance.grid(shown, attendance.day_points(edition))


# -- Two at once --------------------------------------------------------------------------------------------------


def marks_at_once(edition, person, day):
    return at_once(
        lambda: attendance.mark(participant=person, day=day, by="a"),
        lambda: attendance.mark(participant=person, day=day, by="b"),
    )


@pytest.mark.django_db(transaction=True)
def test_two_who_mark_the_same_person_write_one_mark():
    edition = running_edition()
    for number in range(10):
        person = confirmed(edition, f"Person {number}")
        answers = marks_at_once(edition, person, edition.days[0])
        assert answers[0] == answers[1]
        assert person.attendance.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_one_of_two_who_mark_the_same_person_fails():
    edition = running_edition()
    person = confirmed(edition)
    unlocked = mock.patch.object(attendance, "_lock", lambda pk: attendance.Participant.objects.get(pk=pk))
    with unlocked, mock.patch.object(attendance, "_standing", meeting(attendance._standing)):
        answers = marks_at_once(edition, person, edition.days[0])
    assert sum(isinstance(answer, IntegrityError) for answer in answers) == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_save_the_grid_at_once_keep_each_others_ticks():
    edition = running_edition()
    people = [confirmed(edition, f"Person {number}") for number in range(4)]
    for day in edition.days:
        points = [(one.pk, Point(day), True) for one in people]
        answers = at_once(
            lambda points=points: attendance.save_grid(edition=edition, changes=points[:3], by="a"),
            lambda points=points: attendance.save_grid(edition=edition, changes=points[::-1][:3], by="b"),
        )
        assert sum(saved.ticked for saved in answers) == 4
    assert Attendance.objects.standing().count() == 12


@pytest.mark.django_db(transaction=True)
def test_without_the_locks_one_of_two_who_save_the_grid_at_once_fails():
    edition = running_edition()
    person = confirmed(edition)
    unlocked = mock.patch("django.db.models.query.QuerySet.select_for_update", lambda self, **_options: self.all())
    with unlocked, mock.patch.object(attendance, "_new", meeting(attendance._new)):
        changes = [(person.pk, Point(edition.days[0]), True)]
        answers = at_once(*[lambda: attendance.save_grid(edition=edition, changes=changes, by="a")] * 2)
    assert sum(isinstance(answer, IntegrityError) for answer in answers) == 1
