"""Who is told of a new release: those whom it concerns, once, with all that has changed since they were told last."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from events.differences import Change
from events.models import Edition, Session
from events.scheduling import release_agenda, released_agenda
from participants import changing, concerned, delivery, my_agenda, registration
from participants.models import Message, Participant
from participants.my_agenda import Chosen
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


def test_a_session_taken_away_and_one_cancelled_are_told_in_words(edition):
    starring(edition, titled(edition, "Depots"))
    take_away(titled(edition, "Depots"))
    (message,) = release(edition)
    assert "* Removed: “Depots”." in message.text
    assert message.subject == "RASR Tirana: the agenda has changed"
    assert f"/editions/{edition.slug}/agenda/changes/" in message.text
    assert message.calendar == ""


def test_nothing_is_told_of_a_first_release_of_a_draft_and_after_the_end():
    first, draft = make.edition(), make.edition()
    for one in (first, draft):
        starring_before = make.session(one)
        make.participant(one, "confirmed").starred.create(uid=starring_before.uid, starred_at=timezone.now())
    assert release(first) == []
    release_agenda(edition=draft, by="test")
    Edition.objects.filter(pk=draft.pk).update(status="draft")
    move(draft.sessions.get())
    assert release(draft) == []
    move(first.sessions.get())
    again = release_agenda(edition=first, by="test")
    assert len(waiting(first)) == 1
    assert concerned.tell(release=again, at=make.local(first, 0, day=3)) == []


# -- Today ----------------------------------------------------------------------------------------------------------


def told_at(edition: Edition, when: dt.datetime) -> list[Participant | None]:
    """Who would be told of the last release at that moment."""
    last = edition.releases.order_by("-number").first()
    assert last is not None
    return [message.participant for message in concerned.tell(release=last, at=when)]


@pytest.mark.parametrize(
    ("change", "on", "is_told"),
    [
        (move, 0, True),
        (give_room, 0, True),
        (rename, 0, False),
        (add_speaker, 0, False),
        (take_away, 0, False),
        (move, -1, False),
        (move, 1, False),
        (give_room, 1, False),
    ],
)
def test_a_start_or_room_of_today_is_told_to_everybody_confirmed(edition, change, on, is_told):
    person = make.participant(edition, "confirmed")
    make.participant(make.edition(), "confirmed")
    change(titled(edition, "Depots"))
    release(edition)
    assert told_at(edition, make.local(edition, 8, day=on)) == ([person] if is_told else [])


def test_a_session_that_goes_from_today_to_tomorrow_or_comes_is_told_and_an_end_alone_is_not(edition):
    make.participant(edition, "confirmed")
    depots = titled(edition, "Depots")
    Session.objects.filter(pk=depots.pk).update(
        day=edition.days[1], start=make.local(edition, 9, day=1), end=make.local(edition, 10, day=1)
    )
    release(edition)
    assert len(told_at(edition, make.local(edition, 8))) == 1
    assert len(told_at(edition, make.local(edition, 8, day=1))) == 1
    Session.objects.filter(pk=depots.pk).update(end=make.local(edition, 11, day=1))
    release(edition)
    assert told_at(edition, make.local(edition, 8, day=1)) == []


def test_today_is_the_day_at_the_place():
    edition = make.edition(timezone="Pacific/Auckland")
    make.participant(edition, "confirmed")
    depots = make.session(edition, "Depots")
    release_agenda(edition=edition, by="test")
    move(depots)
    release(edition)
    still_yesterday_in_london = make.local(edition, 1).astimezone(dt.UTC)
    assert still_yesterday_in_london.date() < edition.days[0]
    assert len(told_at(edition, still_yesterday_in_london)) == 1


# -- Gathered -------------------------------------------------------------------------------------------------------


def test_a_second_release_before_the_mail_left_is_told_in_the_same_mail_from_the_release_that_was_known(edition):
    depots = titled(edition, "Depots")
    starring(edition, depots)
    moved(depots, 12)
    (first,) = release(edition)
    moved(depots, 14)
    give_room(depots)
    (second,) = release(edition)
    assert second.pk != first.pk
    assert "14:00 to 15:00, was 09:00 to 10:00" in second.text
    assert "12:00" not in second.text
    assert "New room of “Depots”: Annex" in second.text


def test_a_change_that_is_taken_back_before_the_mail_left_is_never_told(edition):
    depots = titled(edition, "Depots")
    starring(edition, depots)
    moved(depots, 12)
    assert len(release(edition)) == 1
    moved(depots, 9)
    assert release(edition) == []


def test_a_release_that_changes_nothing_for_somebody_leaves_them_their_mail(edition):
    depots = titled(edition, "Depots")
    starring(edition, depots)
    moved(depots, 12)
    release(edition)
    rename(titled(edition, "Clinic"))
    (message,) = release(edition)
    assert "12:00 to 13:00, was 09:00" in message.text


def test_after_the_mail_has_left_the_next_one_tells_only_what_is_new(edition):
    depots = titled(edition, "Depots")
    starring(edition, depots)
    moved(depots, 12)
    release(edition)
    send_all()
    moved(depots, 14)
    (message,) = release(edition)
    assert "14:00 to 15:00, was 12:00" in message.text


def test_a_mail_that_failed_is_told_again_with_what_is_new(edition):
    depots = titled(edition, "Depots")
    starring(edition, depots)
    moved(depots, 12)
    release(edition)
    Message.objects.filter(kind="agenda changed").update(state="failed")
    moved(depots, 14)
    (message,) = release(edition)
    assert "was 09:00" in message.text
    assert not Message.objects.filter(kind="agenda changed", state="failed").exists()


def test_who_withdraws_before_the_mail_left_gets_none_after_the_next_release(edition):
    depots = titled(edition, "Depots")
    person = starring(edition, depots)
    moved(depots, 12)
    release(edition)
    registration.withdraw(participant=person, by="test")
    moved(depots, 14)
    assert release(edition) == []


def test_who_changes_the_address_before_the_mail_left_is_told_at_the_new_one(edition):
    depots = titled(edition, "Depots")
    person = starring(edition, depots)
    moved(depots, 12)
    release(edition)
    link = changing.ask_new_address(participant=person, email="new@example.org", by="participant")
    changing.confirm_new_address(link=link, by="participant")
    (message,) = waiting(edition)
    assert message.to == "new@example.org"
    assert "was 09:00" in message.text


def send_all() -> None:
    while delivery.send_next() is not None:
        pass


# -- The mail ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"venue": "Another hotel"}, {"city": "Durres"}, {"timezone": "Europe/London"}])
def test_where_and_when_the_workshop_itself_is_is_told_to_everybody_confirmed(edition, change):
    person = make.participant(edition, "confirmed")
    make.participant(edition, "withdrawn")
    Edition.objects.filter(pk=edition.pk).update(**change)
    edition.refresh_from_db()
    assert [message.participant for message in release(edition)] == [person]


@pytest.mark.parametrize("language", ["en", "sq", "mk"])
def test_each_reader_is_told_in_their_language_by_the_time_at_the_place(edition, language):
    make.participant(edition, "confirmed", language=language)
    depots = titled(edition, "Depots")
    starring(edition, depots, language=language)
    moved(depots, 12)
    (message,) = release(edition)
    prefix = "" if language == "en" else f"/{language}"
    assert f"{prefix}/editions/{edition.slug}/agenda/changes/" in message.text
    assert "12:00" in message.text
    with translation.override(language):
        assert translation.gettext("My agenda") in message.text


def test_the_link_opens_the_own_agenda_in_the_browser_that_follows_it(edition, client):
    depots = titled(edition, "Depots")
    person = starring(edition, depots)
    moved(depots, 12)
    (message,) = release(edition)
    (link,) = [line for line in message.text.splitlines() if line.endswith("?to=agenda")]
    answer = client.get("/" + link.split("/", 3)[3], follow=True)
    assert answer.status_code == 200
    assert answer.request["PATH_INFO"] == f"/my/{person.reference}/agenda/"


def test_a_mail_of_many_changes_ends_with_their_number(edition):
    person = make.participant(edition, "confirmed")
    made = [make.session(edition, f"Talk {n}", None, None) for n in range(45)]
    release_agenda(edition=edition, by="test")
    my_agenda.keep(participant=person, sessions=[one.pk for one in made], by="test")
    for one in made:
        cancel(one)
    (message,) = release(edition)
    assert message.text.count("* Cancelled:") == 40
    assert "* 5 more changes: see your agenda." in message.text


def test_the_number_of_queries_is_the_same_for_three_readers_and_for_thirty():
    def queries(people: int) -> int:
        edition = make.edition()
        depots = make.session(edition)
        release_agenda(edition=edition, by="test")
        for _n in range(people):
            starring(edition, depots)
        with CaptureQueriesContext(connection) as captured:
            for hour in (12, 14):  # the second mail takes the place of the first
                moved(depots, hour)
                release_agenda(edition=edition, by="test")
        assert len(waiting(edition)) == people
        return len(captured)

    assert queries(3) == queries(30)


def test_a_kind_of_change_that_is_not_known_here_is_of_those_who_starred_it_and_no_news_of_today(edition):
    agenda = released_agenda(edition.slug)
    assert agenda is not None
    item = agenda.items[0]
    assert item.day is not None
    one = concerned.Changed(Change("recoloured", item.id, item.title), item, item)
    assert one.is_of(Chosen(frozenset({item.uid}), frozenset()))
    assert not one.is_of(Chosen(frozenset(), frozenset({1})))
    assert not one.is_news_on(item.day)
