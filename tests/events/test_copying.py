"""The agenda of another edition as a first draft: the same times of day on other days, in another zone."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.copying import Shift, Wish, copy_agenda, copy_of
from events.models import HistoryLine, Session, Talk, Topic
from events.scheduling import AgendaChanged, SchedulingError, build_agenda, release_agenda
from tests import make
from tests.events.test_agenda import agenda as plain_agenda
from tests.events.test_agenda import item

pytestmark = pytest.mark.django_db
ZONES = ["Europe/Tirane", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe"]
CLOSED = {"registration_opens": None, "registration_closes": None}


def copied(source, edition, **more):
    wish = Wish(source=source, **more)
    return copy_agenda(edition=edition, wish=wish, seen=copy_of(edition, wish).mark, by="sec")


def hours(edition):
    """Days and times of day at the place of the edition."""
    rows = []
    for session in edition.sessions.order_by("day", "start"):
        moments = [moment and moment.astimezone(edition.zone) for moment in (session.start, session.end)]
        rows.append((session.day, *(f"{moment:%d %H:%M}" if moment else None for moment in moments)))
    return rows


@pytest.fixture
def source():
    return make.edition(first_day=dt.date(2029, 5, 8), last_day=dt.date(2029, 5, 10))


@pytest.fixture
def edition():
    return make.edition()


def test_everything_comes_along_as_a_new_draft_and_nobody_has_agreed_yet(source, edition):
    session = make.session(source, {"en": "Depots", "sq": "Depo"}, room=make.room(source, capacity=40), letter="A")
    session.topics.add(Topic.objects.create(edition=source, name="Depots"))
    talk = Talk.objects.create(session=session, title="A talk", abstract="About it")
    make.speaker(session, role="chair", function="Head", organisation="MoD")
    make.speaker(session, "Belgium", talk=talk)
    assert copied(source, edition) == 1
    (old,), (new,) = build_agenda(source).items, build_agenda(edition).items
    assert (new.title, new.letter, new.talks[0].title) == (old.title, "A", {"en": "A talk"})
    assert [(p.name, p.role, p.function, p.state) for p in new.everybody] == [
        ("Arta Shembulli", "chair", "Head", "to_be_confirmed"),
        ("Belgium", "speaker", "", "to_be_confirmed"),
    ]
    assert (new.uid != old.uid, new.id != old.id) == (True, True)
    room, topic = edition.rooms.get(), edition.topics.get()
    assert (room.name, room.capacity, str(topic.name)) == ("Hall A", 40, "Depots")
    assert (new.room, new.topics) == (room.pk, (topic.pk,))
    assert build_agenda(source).items == (old,)
    assert not edition.releases.exists()


def test_what_is_not_wished_stays_behind(source, edition):
    session = make.session(source, room=make.room(source))
    session.topics.add(Topic.objects.create(edition=source, name="Depots"))
    make.speaker(session, talk=Talk.objects.create(session=session, title="A talk"))
    make.speaker(session, role="chair")
    copied(source, edition, rooms=False, topics=False, talks=False, speakers=False)
    (new,) = build_agenda(edition).items
    assert (new.room, new.topics, new.talks, new.people) == (None, (), (), ())
    assert (edition.rooms.count(), edition.topics.count()) == (0, 0)


def test_rooms_and_topics_of_the_same_name_are_the_ones_that_are_there(source, edition):
    make.session(source, room=make.room(source)).topics.add(Topic.objects.create(edition=source, name="Depots"))
    room, topic = make.room(edition), Topic.objects.create(edition=edition, name="Depots")
    copied(source, edition)
    (new,) = build_agenda(edition).items
    assert (new.room, new.topics) == (room.pk, (topic.pk,))


@pytest.mark.parametrize(
    ("zone", "first_day"),
    [
        ("Europe/Tirane", dt.date(2030, 10, 8)),
        ("Europe/Tirane", dt.date(2030, 1, 15)),
        ("Asia/Kathmandu", dt.date(2030, 10, 8)),
        ("America/St_Johns", dt.date(2030, 10, 8)),
        ("Pacific/Kiritimati", dt.date(2030, 10, 8)),
    ],
)
def test_nine_in_the_morning_stays_nine_in_the_morning(source, zone, first_day):
    edition = make.edition(timezone=zone, first_day=first_day, last_day=first_day + dt.timedelta(days=2))
    make.session(source, "Morning", 9, 10)
    Session.objects.create(
        edition=source,
        title="Night",
        day=source.days[1],
        start=make.local(source, 22, day=1),
        end=make.local(source, 1, day=2),
    )
    copied(source, edition)
    days = edition.days
    assert hours(edition) == [
        (days[0], f"{days[0]:%d} 09:00", f"{days[0]:%d} 10:00"),
        (days[1], f"{days[1]:%d} 22:00", f"{days[2]:%d} 01:00"),
    ]


@pytest.mark.parametrize("day", [dt.date(2030, 3, 30), dt.date(2030, 10, 26)])
def test_over_a_clock_change_the_times_of_day_stay(source, day):
    edition = make.edition(first_day=day, last_day=day + dt.timedelta(days=2))
    for on in range(3):
        make.session(source, f"Day {on}", 9, 17, on=on)
    copied(source, edition)
    assert [(start[3:], end[3:]) for _day, start, end in hours(edition)] == [("09:00", "17:00")] * 3


def test_a_time_that_the_new_day_does_not_have_is_said_and_still_has_an_end_after_it(source):
    edition = make.edition(first_day=dt.date(2030, 3, 31), last_day=dt.date(2030, 3, 31))
    first = source.days[0]
    start, end = (dt.datetime.combine(first, time, source.zone) for time in (dt.time(2, 30), dt.time(3)))
    Session.objects.create(edition=source, title="Night", day=first, start=start, end=end)
    plan = copy_of(edition, Wish(source=source))
    assert plan.remarks == ("“Night” would start at 02:30, which that day does not have. It starts at 03:30.",)
    copied(source, edition)
    assert hours(edition) == [(edition.days[0], "31 03:30", "31 04:00")]


@given(
    minutes=st.integers(0, 3 * 24 * 60),
    lasts=st.integers(1, 24 * 60),
    zones=st.tuples(
        *[st.sampled_from(["Europe/Tirane", "Asia/Kathmandu", "America/St_Johns", "Australia/Lord_Howe"])] * 2
    ),
    days=st.tuples(*[st.dates(dt.date(2029, 1, 1), dt.date(2031, 12, 28))] * 2),
)
def test_whatever_the_zones_and_days_the_clock_reads_the_same_and_no_rule_is_broken(minutes, lasts, zones, days):
    there = plain_agenda(timezone=zones[0], first_day=days[0], last_day=days[0])
    here = plain_agenda(timezone=zones[1], first_day=days[1], last_day=days[1])
    midnight = dt.datetime.combine(days[0], dt.time(), there.zone).astimezone(dt.UTC)
    start = midnight + dt.timedelta(minutes=minutes)
    old = item(1, start, start + dt.timedelta(minutes=lasts), day=start.astimezone(there.zone).date())
    shift = Shift(dataclasses.replace(there, items=(old,)), here)
    new = shift.item(old)
    assert new.day
    assert new.start
    assert new.end
    assert old.day
    assert old.start
    assert new.day - days[1] == old.day - days[0]
    was, now = old.start.astimezone(there.zone), new.start.astimezone(here.zone)
    is_moved = any("does not have" in remark for remark in shift.remarks)
    assert is_moved or was.replace(tzinfo=None, fold=0) - dt.timedelta(days=(days[0] - days[1]).days) == now.replace(
        tzinfo=None, fold=0
    )
    assert dt.timedelta(0) < new.end - new.start <= dt.timedelta(hours=24)


def test_days_are_shown_side_by_side_before_anything_is_written(source, edition):
    make.session(source, "Second", 9, 10, on=1)
    make.session(source, "First", 9, 10)
    Session.objects.create(edition=source, title="Open")
    plan = copy_of(edition, Wish(source=source))
    assert [(old, new, [one.title["en"] for one in items]) for old, new, items in plan.days] == [
        (source.days[0], edition.days[0], ["First"]),
        (source.days[1], edition.days[1], ["Second"]),
        (None, None, ["Open"]),
    ]
    assert not edition.sessions.exists()


def test_what_falls_outside_the_days_what_is_cancelled_and_what_a_visit_needs_is_said(source):
    edition = make.edition(last_day=make.FIRST_DAY)
    make.session(source, "Last day", 9, 10, on=2)
    make.session(source, "Off", 11, 12, status="cancelled")
    make.visit(source)
    plan = copy_of(edition, Wish(source=source))
    assert plan.remarks == (
        "Cancelled sessions are not copied: 1.",
        "The facts of a field visit (site, places, rules) are not copied. Write them in its session.",
        "Sessions that come to stand outside the days of this edition: 2.",
    )
    assert copied(source, edition) == 2
    assert not Session.objects.filter(edition=edition, visit__isnull=False).exists()


def test_items_without_a_time_keep_their_order(source, edition):
    for order, name in enumerate("CAB"):
        make.session(source, name, None, order=order)
    copied(source, edition)
    assert [one.title["en"] for one in build_agenda(edition).items] == list("CAB")


def test_an_edition_that_has_sessions_is_refused_unless_it_is_said(source, edition):
    make.session(source)
    mine = make.session(edition, "Mine", 14, 15)
    with pytest.raises(SchedulingError, match="has sessions already: 1"):
        copy_of(edition, Wish(source=source))
    assert copied(source, edition, beside=True) == 1
    assert edition.sessions.count() == 2
    assert Session.objects.get(pk=mine.pk).changed_at == mine.changed_at


def test_a_room_that_is_held_already_is_not_taken(source, edition):
    make.session(source, "Comes", room=make.room(source))
    make.session(edition, "Mine", room=make.room(edition))
    plan = copy_of(edition, Wish(source=source, beside=True))
    assert plan.remarks == ("“Comes” comes without a room: “Mine” holds it at that time.",)
    copied(source, edition, beside=True)
    assert edition.sessions.get(title__contains="Comes").room is None


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (
            {"first_day": None, "last_day": None, "registration_opens": None, "registration_closes": None},
            "Write the days",
        ),
        ({"timezone": "", "registration_opens": None, "registration_closes": None}, "Write the days and the time zone"),
    ],
)
def test_an_edition_without_days_or_zone_or_that_is_archived_is_refused(source, facts, words):
    make.session(source)
    with pytest.raises(SchedulingError, match=words):
        copy_of(make.edition(**CLOSED | facts), Wish(source=source))


def test_an_edition_is_not_copied_into_itself_nor_one_without_sessions(source, edition):
    with pytest.raises(SchedulingError, match="no sessions to copy"):
        copy_of(edition, Wish(source=source))
    make.session(source)
    with pytest.raises(SchedulingError, match="Choose another edition"):
        copy_of(source, Wish(source=source))


def test_what_is_public_alone_is_copied_where_that_is_asked(source, edition):
    make.session(source, "Public")
    release_agenda(edition=source, by="sec")
    source.sessions.update(title="Draft")
    copied(source, edition, is_public=True)
    assert str(edition.sessions.get()) == "Public"


def test_the_same_press_twice_copies_once(source, edition):
    make.session(source)
    for beside in (False, True):
        wish = Wish(source=source, beside=beside)
        mark = copy_of(edition, wish).mark
        assert [copy_agenda(edition=edition, wish=wish, seen=mark, by="sec") for _press in range(2)] == [1, 1]
    assert edition.sessions.count() == 2
    assert HistoryLine.objects.filter(verb="copy agenda", before=source.slug).count() == 2


@pytest.mark.parametrize("whose", ["source", "edition"])
def test_what_was_changed_after_it_was_looked_at_is_shown_again(source, edition, whose):
    session = make.session(source)
    wish = Wish(source=source)
    mark = copy_of(edition, wish).mark
    if whose == "source":
        Session.objects.filter(pk=session.pk).update(title="Other")
    else:
        make.room(edition, "Library")
    with pytest.raises(AgendaChanged):
        copy_agenda(edition=edition, wish=wish, seen=mark, by="sec")
    assert not edition.sessions.exists()
