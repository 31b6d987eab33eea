"""Who is told of a new release: those whom it concerns, once, with all that has changed since they were told last."""

from __future__ import annotations

from typing import Any

import pytest

from events.models import Edition, Session
from events.scheduling import release_agenda
from participants import my_agenda
from participants.models import Message, Participant
from tests import make

pytestmark = pytest.mark.django_db


def starring(edition: Edition, session: Session, **more: Any) -> Participant:
    person = make.participant(edition, "confirmed", **more)
    my_agenda.star(participant=person, session=session.pk, by="test")
    return person


def moved(session: Session, hour: int) -> Session:
    session.start, session.end = (make.local(session.edition, hour + n) for n in (0, 1))
    session.save(update_fields=["start", "end"])
    return session


def release(edition: Edition) -> list[Message]:
    """Release the agenda; what is told of it is queued then."""
    release_agenda(edition=edition, by="test")
    return waiting(edition)


def waiting(edition: Edition) -> list[Message]:
    queued = Message.objects.filter(edition=edition, kind="agenda changed", state="queued")
    return list(queued.order_by("participant"))


@pytest.fixture
def edition() -> Edition:
    """Depots at 9 for all; groups A and B at 11; a visit on the second day; released once."""
    made = make.edition()
    make.session(made, "Depots")
    make.session(made, "Marking", 11, 12, kind="working_group", letter="A", room=make.room(made, "Lake"))
    make.session(made, "Disposal", 11, 12, kind="working_group", letter="B")
    make.session(made, "Clinic", 15, 16, kind="side_event")
    make.visit(made)
    release_agenda(edition=made, by="test")
    return made


def titled(edition: Edition, title: str) -> Session:
    return next(one for one in edition.sessions.all() if str(one.title) == title)


def cancel(session: Session) -> None:
    session.status = "cancelled"
    session.save(update_fields=["status"])


def take_away(session: Session) -> None:
    session.delete()


def rename(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(title="Another title")


def give_room(session: Session) -> None:
    session.room = make.room(session.edition, "Annex")
    session.save(update_fields=["room"])


def add_speaker(session: Session) -> None:
    make.speaker(session, "Vesna Uzorak")


def move(session: Session) -> None:
    moved(session, 17)


@pytest.mark.parametrize("change", [cancel, take_away, rename, give_room, add_speaker, move])
@pytest.mark.parametrize("title", ["Depots", "Marking", "Clinic"])
def test_who_starred_what_changed_is_told_and_nobody_else(edition, change, title):
    theirs, other = titled(edition, title), "Disposal" if title != "Disposal" else "Depots"
    reader = starring(edition, theirs)
    starring(edition, titled(edition, other))
    make.participant(edition, "confirmed")
    change(theirs)
    assert [message.participant for message in release(edition)] == [reader]


def test_who_chose_a_working_group_is_told_of_it_and_not_of_the_one_beside(edition):
    in_a, in_b = starring(edition, titled(edition, "Marking")), starring(edition, titled(edition, "Disposal"))
    give_room(titled(edition, "Marking"))
    assert [message.participant for message in release(edition)] == [in_a]
    cancel(titled(edition, "Disposal"))
    assert in_b in [message.participant for message in release(edition)]


@pytest.mark.parametrize(("state", "is_told"), [("confirmed", True), ("withdrawn", False), ("refused", False)])
def test_who_booked_the_visit_is_told_when_it_moves(edition, state, is_told):
    held = titled(edition, "Visit to the site")
    booking = make.booking(held.visit, state)
    held.start = make.local(edition, 14, day=1)
    held.save(update_fields=["start"])
    assert [message.participant for message in release(edition)] == ([booking.participant] if is_told else [])


@pytest.mark.parametrize("status", ["waitlisted", "declined", "withdrawn"])
def test_only_the_confirmed_are_told(status):
    edition = make.edition(capacity=1, requires_review=status == "declined")
    depots = make.session(edition, "Depots")
    release_agenda(edition=edition, by="test")
    if status == "waitlisted":
        make.participant(edition, "confirmed")
    person = make.participant(edition)
    my_agenda.star(participant=person, session=depots.pk, by="test")
    make.moved(person, status)
    assert Participant.objects.get(pk=person.pk).status == status
    move(depots)
    assert release(edition) == []
