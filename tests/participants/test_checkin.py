"""A code at a point: ok, already or refused; once for each number; taken back within a quarter of an hour."""

import datetime as dt
import uuid
from threading import Event
from unittest import mock

import pytest
import time_machine
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from events.models import Edition, HistoryLine
from participants import attendance, checkin, registration
from participants.attendance import AttendanceError
from participants.models import Attendance, Participant, Scan
from tests.participants.at_the_desk import at_once, confirmed, meeting, running_edition, scan, session
from tests.participants.registered import participant

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return running_edition()


@pytest.fixture
def person(edition):
    return confirmed(edition)


def present(person):
    return list(person.attendance.standing().filter(mark="present"))


# -- Checking in --------------------------------------------------------------------------------------------------


def test_a_check_in_writes_the_try_and_the_mark(person, edition):
    tried = scan(person, device="phone")
    assert (tried.result, tried.reason, tried.participant, tried.staff) == ("ok", "", person, "desk")
    [row] = present(person)
    assert (row.day, row.session, row.source, row.recorded_by) == (edition.days[0], None, "scan", "desk")
    assert row.recorded_at == tried.received_at
    assert checkin.answer(tried) == {
        "status": "ok",
        "reason": "",
        "at": tried.received_at.isoformat(),
        "participant": {"name": "Mira Primjerić", "delegation": "Serbia", "role": "delegate"},
    }


def test_a_session_is_another_point_than_the_day(person, edition):
    opening = session(edition)
    assert scan(person).result == "ok"
    assert scan(person, point=f"session:{opening.pk}").result == "ok"
    assert scan(person, point=f"session:{opening.pk}").result == "already"
    assert {row.session for row in present(person)} == {None, opening}


def test_the_second_time_tells_the_first_time_and_who_saw_it(person):
    first = scan(person, device="one", by="a")
    second = scan(person, device="two", by="b")
    assert (second.result, second.reason) == ("already", "")
    before = checkin.seen(second)
    assert before is not None
    assert (before.at, before.by) == (first.received_at, "a")
    assert checkin.answer(second)["status"] == "already"
    assert checkin.answer(second)["at"] == first.received_at.isoformat()
    assert len(present(person)) == 1


def test_a_person_ticked_in_the_grid_is_already_here(person, edition):
    row = attendance.mark(participant=person, day=edition.days[0], by="office")
    tried = scan(person)
    assert tried.result == "already"
    before = checkin.seen(tried)
    assert before is not None
    assert (before.at, before.by) == (row.recorded_at, "office")


def test_a_person_marked_excused_who_comes_all_the_same_is_checked_in(person, edition):
    attendance.mark(participant=person, day=edition.days[0], mark="excused", by="office")
    assert scan(person).result == "ok"
    assert len(present(person)) == 1


def test_a_second_press_on_the_same_phone_is_green_and_no_second_entry(person):
    first = scan(person, device="phone")
    again = scan(person, device="phone")
    assert (again.result, checkin.answer(again)["status"]) == ("already", "ok")
    assert checkin.answer(again)["at"] == first.received_at.isoformat()
    assert len(present(person)) == 1
    assert person.scans.filter(result="ok").count() == 1


def test_after_a_minute_the_same_phone_is_told_already(person):
    scan(person, device="phone")
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=61)):
        assert checkin.answer(scan(person, device="phone"))["status"] == "already"


@pytest.mark.parametrize(
    "typed",
    [
        "{code}",
        " {small} ",
        "{a} {b}",
        "{a}-{b}",
        "{a}–{b}",
        "{a}\u00a0{b}",
        "https://rasr.example/c/{code}/",
        "https://rasr.example/sq/c/{small}?from=badge",
        "\u200b{code}\x00",
    ],
)
def test_a_code_is_read_however_it_is_typed(person, edition, typed):
    code = person.code
    given = typed.format(code=code, small=code.lower(), a=code[:4], b=code[4:])
    assert scan(given, edition).participant == person


def test_letters_that_look_alike_are_read_as_those_of_a_code():
    assert checkin.read_code("вснј кмрт") == "BCHJKMPT"
    assert checkin.read_code("OQ0о 2345") == "QQQQ2345"
    assert not checkin.looks_like_code("Primerov")
    assert checkin.looks_like_code("bcdf-2345")


# -- Refusing -----------------------------------------------------------------------------------------------------


def test_an_unknown_code_is_refused_and_the_try_is_kept(edition):
    tried = scan("BCDF2345", edition)
    assert (tried.result, tried.reason, tried.code, tried.participant) == ("refused", "unknown", "BCDF2345", None)
    assert checkin.answer(tried)["participant"] is None
    assert checkin.answer(tried)["reason"] == "No registration of this edition has this code."


def test_a_badge_of_another_edition_is_refused_without_its_name(person):
    other = running_edition("2028-skopje")
    tried = scan(person, other)
    assert (tried.result, tried.reason, tried.participant) == ("refused", "other edition", None)
    assert checkin.answer(tried)["participant"] is None
    assert not Attendance.objects.exists()


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("", "has not confirmed"),
        ("waitlist", "waiting list"),
        ("decline", "has declined"),
        ("withdraw", "was withdrawn"),
    ],
)
def test_without_a_place_the_try_is_refused_with_the_reason(edition, verb, words):
    person = participant(edition)
    if verb:
        getattr(registration, verb)(participant=person, by="test")
    tried = scan(person)
    assert (tried.result, tried.participant) == ("refused", person)
    assert words in checkin.reason_of(tried) == checkin.answer(tried)["reason"]
    assert not Attendance.objects.exists()


def test_every_status_but_confirmed_has_its_reason():
    assert set(Participant.Status) - {"confirmed"} <= set(checkin.REASONS)


def test_a_place_lost_since_the_check_in_is_refused_before_it_is_already(person):
    scan(person)
    registration.withdraw(participant=person, by="test")
    assert scan(person).reason == "withdrawn"


@pytest.mark.parametrize("point", ["", "day:2018-10-09", "session:1", "nowhere"])
def test_a_point_of_no_such_edition_is_refused_and_nothing_is_written(person, point):
    with pytest.raises(AttendanceError, match="Choose a day, a session or a vehicle"):
        scan(person, point=point)
    assert not Scan.objects.exists()


@pytest.mark.parametrize("year", [1, 2018, 2200, 9999])
def test_a_device_with_a_wrong_clock_is_told_so(person, year):
    with pytest.raises(AttendanceError, match="clock of this device"):
        scan(person, client_at=dt.datetime(year, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=14))))
    assert not Scan.objects.exists()


def test_a_try_sent_late_keeps_its_time_but_the_server_orders(person):
    late = timezone.now() - dt.timedelta(hours=3)
    tried = scan(person, client_at=late)
    assert tried.client_at == late
    assert timezone.now() - present(person)[0].recorded_at < dt.timedelta(minutes=1)


def test_an_archived_edition_checks_nobody_in(person, edition):
    Edition.objects.filter(pk=edition.pk).update(status="archived")
    edition.refresh_from_db()
    with pytest.raises(AttendanceError, match="archived"):
        scan(person, edition)


# -- Once for each number -----------------------------------------------------------------------------------------


def test_the_same_number_gives_the_same_answer_and_one_record(person, edition):
    nonce = uuid.uuid4()
    first = scan(person, nonce=nonce)
    told = checkin.answer(first)
    assert scan(person, nonce=nonce) == first
    assert scan("BCDF2345", edition, nonce=nonce) == first
    registration.withdraw(participant=person, by="test")
    assert checkin.answer(scan(person, nonce=nonce)) == told
    assert Scan.objects.count() == 1


def test_the_answer_already_stays_the_same_when_the_first_check_in_is_undone(person):
    first, nonce = scan(person), uuid.uuid4()
    told = checkin.answer(scan(person, nonce=nonce))
    checkin.undo(scan=first, by="desk")
    scan(person)
    assert checkin.answer(scan(person, nonce=nonce)) == told


def test_a_number_of_another_edition_tells_nothing(person):
    nonce = uuid.uuid4()
    scan(person, nonce=nonce)
    with pytest.raises(AttendanceError, match="another edition"):
        scan("BCDF2345", running_edition("2028-skopje"), nonce=nonce)


def test_a_try_cannot_be_rewritten(person):
    tried = scan(person)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        Scan.objects.filter(pk=tried.pk).update(result="refused")


# -- Undo ---------------------------------------------------------------------------------------------------------


def test_undo_makes_the_try_and_the_mark_void(person):
    tried = checkin.undo(scan=scan(person), by="d.sample")
    row = person.attendance.get()
    assert (tried.void_by, tried.void_at is None) == ("d.sample", False)
    assert (row.void_by, row.void_reason) == ("d.sample", "undone at the desk")
    line = HistoryLine.objects.get(verb__startswith="clear")
    assert (line.actor, line.before) == ("d.sample", "present")
    assert scan(person).result == "ok"


def test_undone_twice_is_undone_once(person):
    tried = scan(person)
    first = checkin.undo(scan=tried, by="a")
    assert checkin.undo(scan=tried, by="b").void_by == first.void_by == "a"


def test_undo_of_a_check_in_long_undone_leaves_the_next_one(person):
    tried = scan(person)
    checkin.undo(scan=tried, by="a")
    scan(person)
    checkin.undo(scan=tried, by="a")
    assert len(present(person)) == 1


def test_after_a_quarter_of_an_hour_the_grid_is_the_place_to_correct(person):
    tried = scan(person)
    at = tried.received_at + dt.timedelta(minutes=15)
    with pytest.raises(AttendanceError, match="15 minutes"):
        checkin.undo(scan=tried, by="a", at=at + dt.timedelta(seconds=1))
    assert checkin.undo(scan=tried, by="a", at=at).void_at is not None


def test_only_a_check_in_can_be_undone(person, edition):
    scan(person)
    for tried in (scan(person), scan("BCDF2345", edition)):
        with pytest.raises(AttendanceError, match="Only a check-in"):
            checkin.undo(scan=tried, by="a")
    assert len(present(person)) == 1


# -- Two at once --------------------------------------------------------------------------------------------------

UNLOCKED = mock.patch("django.db.models.query.QuerySet.select_for_update", lambda self, **_options: self.all())


@pytest.mark.django_db(transaction=True)
def test_two_desks_with_one_badge_give_one_ok_and_one_already():
    edition = running_edition()
    for number in range(10):
        person = confirmed(edition, f"Person {number}")
        answers = at_once(lambda p=person: scan(p, device="one"), lambda p=person: scan(p, device="two"))
        assert sorted(tried.result for tried in answers) == ["already", "ok"]
        told = {checkin.answer(tried)["at"] for tried in answers}
        assert told == {present(person)[0].recorded_at.isoformat()}
        assert person.scans.count() == 2


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_one_of_two_desks_with_one_badge_fails():
    person = confirmed(running_edition())
    with UNLOCKED, mock.patch.object(checkin, "_judge", meeting(checkin._judge)):
        answers = at_once(lambda: scan(person), lambda: scan(person))
    assert sum(isinstance(answer, IntegrityError) for answer in answers) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_known", [True, False])
def test_one_number_sent_twice_at_once_is_one_record(is_known):
    edition = running_edition()
    for number in range(10):
        code = confirmed(edition, f"Person {number}").code if is_known else "BCDF2345"
        nonce = uuid.uuid4()
        answers = at_once(*[lambda c=code, n=nonce: scan(c, edition, nonce=n)] * 2)
        assert answers[0] == answers[1]
        assert Scan.objects.filter(nonce=nonce).count() == 1
    assert Attendance.objects.count() == (10 if is_known else 0)


@pytest.mark.django_db(transaction=True)
def test_undo_and_a_scan_at_once_leave_mark_and_try_agreed():
    edition = running_edition()
    for number in range(10):
        person = confirmed(edition, f"Person {number}")
        first = scan(person)
        undone, second = at_once(lambda s=first: checkin.undo(scan=s, by="a"), lambda p=person: scan(p))
        assert undone.void_at is not None
        # Before the undo the person was already here; after it the person is checked in again.
        assert len(present(person)) == (second.result == "ok")
        assert person.scans.filter(result="ok", void_at=None).count() == (second.result == "ok")


def scan_while_withdrawing(person, *, judges_first=False):
    """A scan that has judged waits until the withdrawal is through, or half a second where it cannot get through."""
    judging, through, judge = Event(), Event(), checkin._judge

    def judged(*arguments):
        verdict = judge(*arguments)
        judging.set()
        through.wait(timeout=30 if judges_first else 0.5)
        return verdict

    def withdraw():
        if judges_first:
            judging.wait(timeout=30)
        gone = registration.withdraw(participant=person, by="a")
        through.set()
        return gone

    with mock.patch.object(checkin, "_judge", judged):
        return at_once(lambda: scan(person), withdraw)


@pytest.mark.django_db(transaction=True)
def test_nobody_is_checked_in_after_the_place_was_withdrawn():
    edition = running_edition()
    for number in range(3):
        tried, gone = scan_while_withdrawing(confirmed(edition, f"Person {number}"))
        assert gone.status == "withdrawn"
        assert tried.reason == "withdrawn" or tried.received_at < gone.status_changed_at


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_somebody_is_checked_in_after_the_place_was_withdrawn():
    person = confirmed(running_edition())
    with UNLOCKED, mock.patch.object(checkin.attendance, "mark"):
        tried, gone = scan_while_withdrawing(person, judges_first=True)
    assert tried.result == "ok"
    assert tried.received_at > gone.status_changed_at
