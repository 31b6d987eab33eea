"""Erasing beside others who write: two runs at once, a worker that sends, a person who saves; and a real dump."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone as clock

from events.models import Edition
from participants import changing
from participants.models import Message, Participant
from participants.registration import RegistrationError
from participants.retention import erase_due, erase_participant
from rasr.embedded import programs
from tests import make
from tests.participants.planted import Planted, canary, in_clear, seen, stored
from tests.participants.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def over(world: Planted) -> dt.datetime:
    """A day on which everything is due."""
    return dt.datetime(2040, 1, 1, tzinfo=world.edition.zone)


def test_two_runs_at_once_erase_what_one_erases():
    world = Planted()
    alone = erase_due(at=over(world), dry_run=True)
    outcomes = at_once(*[lambda: erase_due(at=over(world))] * 2)
    erased = [line for lines in outcomes for line in lines if line.edition]
    assert sorted(map(str, erased)) == sorted(str(line) for line in alone if line.edition)
    assert world.edition.history.filter(actor="retention").count() == 3
    assert seen(stored()) == set()


@contextlib.contextmanager
def in_the_hands_of_a_worker(pk: int) -> Iterator[None]:
    """Somebody holds that message locked, as while it is sent."""
    held, release = threading.Event(), threading.Event()

    def worker() -> None:
        with transaction.atomic():
            Message.objects.select_for_update(of=("self",)).get(pk=pk)
            held.set()
            release.wait(30)

    thread = threading.Thread(target=lambda: at_once(worker))
    thread.start()
    assert held.wait(30)
    try:
        yield
    finally:
        release.set()
        thread.join()


def test_a_mail_in_the_hands_of_a_worker_waits_for_the_next_run_and_stops_nothing():
    world = Planted()
    pk = Message.objects.filter(participant=world.people["declined"]).earliest("pk").pk
    with in_the_hands_of_a_worker(pk):
        erase_due(at=over(world))
        assert list(Message.objects.values_list("pk", flat=True)) == [pk]
    assert [(line.what, line.number) for line in erase_due(at=over(world)) if line.edition] == [("messages", 1)]


@pytest.mark.parametrize("hangs_on", ["participant", "nomination"])
@pytest.mark.parametrize("has_days", [True, False])
def test_a_mail_that_an_erasure_on_request_had_to_leave_goes_the_next_day(hangs_on: str, has_days: bool):
    unknown = {"first_day": None, "last_day": None, "registration_opens": None, "registration_closes": None}
    edition = make.edition(requires_review=True)
    nomination = make.named(make.delegation(edition))
    person = make.registered(nomination)
    if not has_days:
        Edition.objects.filter(pk=edition.pk).update(**unknown)
    whose = {"participant": person.pk, "nomination": nomination.pk}[hangs_on]
    left = Message.objects.filter(**{hangs_on: whose}).earliest("pk").pk
    with in_the_hands_of_a_worker(left):
        erase_participant(participant=person, by="secretariat")
    assert list(Message.objects.values_list("pk", flat=True)) == [left]
    tomorrow = clock.now() + dt.timedelta(days=1)
    for is_dry in (True, False):
        lines = erase_due(at=tomorrow, dry_run=is_dry)
        assert [(line.what, line.number) for line in lines if line.edition] == [("messages", 1)]
        assert Message.objects.exists() == is_dry
    assert not [line for line in erase_due(at=tomorrow) if line.edition]
    assert edition.history.get(actor="retention").verb == "erase what was left"


@pytest.mark.parametrize("_time", range(5))
def test_who_saves_while_being_erased_writes_nothing_back(_time: int):
    person = make.participant(make.edition(), "confirmed", family_name="Before")

    def save() -> Any:
        with contextlib.suppress(RegistrationError):
            answers = {"family_name": "canary-saved-name", "dietary": "canary-saved-diet"}
            changing.change_details(participant=person, answers=answers, version=person.version, by="participant")

    outcomes = at_once(save, lambda: erase_participant(participant=person, by="secretariat"))
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert Participant.objects.get(pk=person.pk).erased_at is not None
    assert seen(stored()) == set()


def dump() -> str:
    """What pg_dump writes of the database of this test."""
    known = connection.get_connection_params()
    words = {"host": known.get("host"), "port": known.get("port"), "user": known.get("user")}
    words |= {"password": known.get("password"), "dbname": known["dbname"]}
    where = " ".join(f"{name}='{value}'" for name, value in words.items() if value)
    code, text = programs.run([programs.directory() / "pg_dump", "--data-only", "--inserts", where])
    assert code == 0, text
    return text


def test_a_dump_of_the_database_holds_nothing_planted():
    world = Planted()
    before = in_clear(dump())
    assert canary("guest", "document_number") in before
    assert canary("guest", "family_name") in before
    erase_due(at=over(world))
    after = in_clear(dump())
    assert "erased.invalid" in after
    assert seen(after) == set()
    assert [secret for own in world.secrets.values() for secret in own if secret in after] == []
