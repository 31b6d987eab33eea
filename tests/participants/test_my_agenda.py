"""Stars and working groups of a participant, and the address of their calendar."""

from __future__ import annotations

import pytest

from events.models import Edition, HistoryLine, Session
from events.scheduling import release_agenda, released_agenda
from participants import links, my_agenda, registration, visits
from participants.models import Link, Participant
from participants.my_agenda import Chosen, MyAgendaError
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition() -> Edition:
    """Depots at 9; groups A and B at 11, the longer C from 11:30; a clinic at 15; a visit on the second day."""
    made = make.edition()
    make.session(made, "Depots")
    group = {"kind": "working_group"}
    make.session(made, "A", 11, 12, letter="A", **group)
    make.session(made, "B", 11, 12, letter="B", **group)
    longer = make.session(made, "C", 11, 13, letter="C", **group)
    Session.objects.filter(pk=longer.pk).update(start=make.local(made, 11, 30))
    make.session(made, "D", 13, 14, letter="D", **group)
    make.session(made, "Clinic", 15, 16, kind="side_event")
    make.visit(made)
    release_agenda(edition=made, by="test")
    return made


@pytest.fixture
def person(edition: Edition) -> Participant:
    return make.participant(edition, "confirmed")


def pk(edition: Edition, title: str) -> int:
    return next(one.pk for one in edition.sessions.all() if str(one.title) == title)


def stars(person: Participant) -> list[str]:
    starred = Session.objects.filter(uid__in=person.starred.values("uid"))
    return sorted(str(one.title) for one in starred)


def programme(person: Participant) -> list[str]:
    agenda = released_agenda(person.edition.slug)
    assert agenda is not None
    fresh = Participant.objects.get(pk=person.pk)
    return [item.title["en"] for item in my_agenda.own(agenda, Chosen.by(fresh))]


def star(person: Participant, title: str) -> None:
    my_agenda.star(participant=person, session=pk(person.edition, title), by="test")


# -- What stands in it ------------------------------------------------------------------------------------------------


def test_everybody_has_what_is_for_all(person):
    assert programme(person) == ["Depots"]


def test_a_starred_session_and_the_chosen_group_are_added(person):
    star(person, "B")
    star(person, "Clinic")
    assert programme(person) == ["Depots", "B", "Clinic"]


@pytest.mark.parametrize(("state", "is_there"), [("confirmed", True), ("withdrawn", False), ("refused", False)])
def test_the_visit_is_there_while_a_booking_stands(edition, person, state, is_there):
    make.booking(Session.objects.get(pk=pk(edition, "Visit to the site")).visit, state, person)
    assert ("Visit to the site" in programme(person)) is is_there


def test_the_wish_for_a_visit_counts_too(edition, person):
    visit = Session.objects.get(pk=pk(edition, "Visit to the site")).visit
    visit.capacity = 0
    visit.save(update_fields=["capacity"])
    assert visits.ask(participant=person, visit=visit, by="test").state == "waitlisted"
    assert "Visit to the site" in programme(person)


# -- Stars ------------------------------------------------------------------------------------------------------------


def test_starring_twice_is_starring_once_and_leaves_one_line_of_history(person):
    star(person, "Depots")
    star(person, "Depots")
    assert stars(person) == ["Depots"]
    lines = HistoryLine.objects.filter(subject="participant", subject_id=person.pk, verb="star session")
    assert [(line.before, line.after) for line in lines] == [("0", "1")]


def test_a_star_can_be_taken_away_twice(edition, person):
    star(person, "Depots")
    for _n in range(2):
        my_agenda.unstar(participant=person, session=pk(edition, "Depots"), by="test")
    assert stars(person) == []


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [("A", "B", ["B"]), ("A", "C", ["C"]), ("C", "A", ["A"]), ("A", "D", ["A", "D"]), ("C", "D", ["C", "D"])],
)
def test_a_group_takes_the_place_of_those_that_run_at_the_same_time(person, first, second, left):
    star(person, first)
    star(person, second)
    assert stars(person) == left


def test_none_of_the_groups_can_be_chosen(edition, person):
    star(person, "B")
    star(person, "D")
    my_agenda.leave_groups(participant=person, session=pk(edition, "A"), by="test")
    assert stars(person) == ["D"]


def test_what_a_browser_had_starred_is_added_and_what_is_there_stays(edition, person):
    star(person, "B")
    wanted = [pk(edition, title) for title in ("Depots", "A", "B", "Clinic")]
    assert my_agenda.keep(participant=person, sessions=[*wanted, 0, 999_999_999], by="test") == 2
    assert stars(person) == ["B", "Clinic", "Depots"]
    assert my_agenda.keep(participant=person, sessions=wanted, by="test") == 0


def test_of_several_groups_that_a_browser_had_starred_the_first_is_taken(edition, person):
    assert my_agenda.keep(participant=person, sessions=[pk(edition, "B"), pk(edition, "A")], by="test") == 1
    assert stars(person) == ["A"]


def test_a_session_of_another_edition_or_one_not_released_yet_cannot_be_starred(edition, person):
    elsewhere = make.edition()
    for session in (make.session(elsewhere), make.session(edition, "Not released", 17, 18)):
        with pytest.raises(MyAgendaError, match="not in the agenda"):
            my_agenda.star(participant=person, session=session.pk, by="test")


def test_before_the_first_release_there_is_nothing_to_star():
    person = make.participant(make.edition(), "confirmed")
    session = make.session(person.edition)
    with pytest.raises(MyAgendaError, match="not released yet"):
        my_agenda.star(participant=person, session=session.pk, by="test")


@pytest.mark.parametrize("ends", ["withdrawn", "over"])
def test_after_the_end_nothing_is_changed(edition, person, ends):
    star(person, "Depots")
    if ends == "withdrawn":
        registration.withdraw(participant=person, by="test")
    else:
        Edition.objects.filter(pk=edition.pk).update(status="archived")
    with pytest.raises(MyAgendaError, match="has ended"):
        star(person, "Clinic")
    with pytest.raises(MyAgendaError, match="has ended"):
        my_agenda.give_calendar(participant=person, by="test")
    assert stars(person) == ["Depots"]


def test_a_star_outlives_the_session_that_is_taken_away(edition, person):
    star(person, "Depots")
    Session.objects.get(pk=pk(edition, "Depots")).delete()
    assert person.starred.count() == 1


# -- The calendar address ---------------------------------------------------------------------------------------------


def found(address: str) -> Link | None:
    return links.find(address.rpartition("/")[2].removesuffix(".ics"), Link.Purpose.CALENDAR)


def test_a_new_address_ends_the_one_before(person):
    first = my_agenda.give_calendar(participant=person, by="test")
    second = my_agenda.give_calendar(participant=person, by="test")
    assert found(first) is None
    link = found(second)
    assert link is not None
    assert link == my_agenda.calendar_link(person)
    assert link.expires_at == links.my_end(person)


def test_an_address_can_be_ended(person):
    address = my_agenda.give_calendar(participant=person, by="test")
    assert my_agenda.end_calendar(participant=person, by="test") == 1
    assert my_agenda.end_calendar(participant=person, by="test") == 0
    assert found(address) is None


def test_withdrawing_ends_it_and_not_the_link_to_the_registration(person):
    address = my_agenda.give_calendar(participant=person, by="test")
    registration.withdraw(participant=person, by="test")
    assert found(address) is None
    assert person.links.filter(purpose=Link.Purpose.MY, revoked_at=None).exists()
