"""States that the tests of desk and attendance begin from, reached by calling the verbs."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.test import Client
from django.utils import timezone

from events.models import Edition, Session
from participants import checkin, registration, staffing
from participants.models import Participant, Scan, User
from tests.participants.registered import open_edition, participant


def running_edition(slug: str = "2027-tirana", **facts: Any) -> Edition:
    """An edition whose first day is today at its place."""
    today = timezone.now().astimezone(ZoneInfo("Europe/Tirane")).date()
    return open_edition(slug, **({"first_day": today, "last_day": today + dt.timedelta(days=2)} | facts))


def session(edition: Edition, title: str = "Opening", hour: int = 9, day: int = 0, **facts: Any) -> Session:
    """A session of one hour."""
    start = dt.datetime.combine(edition.days[day], dt.time(hour), edition.zone)
    given: dict[str, Any] = {
        "title": title,
        "day": edition.days[day],
        "start": start,
        "end": start + dt.timedelta(hours=1),
    }
    return Session.objects.create(edition=edition, **(given | facts))


def confirmed(edition: Edition, name: str = "Primjerić", **changed: Any) -> Participant:
    """A person with a place."""
    email = f"{uuid.uuid4().hex}@example.org"
    person = participant(edition, email, family_name=name, **changed)
    return registration.confirm(participant=person, by="test")


def scan(person: Participant | str, edition: Edition | None = None, **changed: Any) -> Scan:
    """A try at the desk of the person's edition, on its first day, with a new number."""
    if isinstance(person, Participant):
        edition = edition or person.edition
        person = person.code
    assert edition is not None
    given: dict[str, Any] = {
        "code": person,
        "point": f"day:{edition.days[0].isoformat()}",
        "nonce": uuid.uuid4(),
        "client_at": timezone.now(),
        "by": "desk",
    }
    return checkin.scan(edition=edition, **(given | changed))


def staff(role: str = "check-in", edition: Edition | None = None, name: str = "d.sample") -> User:
    """A staff account in that role, for the edition or for all."""
    user = User.objects.create_user(name, password="a long test password")
    staffing.grant_role(user=user, role=role, edition=edition, by="test")
    return user


def signed_in(user: User, **options: Any) -> Client:
    """A browser of that account."""
    client = Client(**options)
    client.force_login(user)
    return client


def meeting(function: Any, parties: int = 2) -> Any:
    """The function, which waits at its end until all parties have come through it: a race that is always met."""
    barrier = Barrier(parties)

    def met(*arguments: Any, **more: Any) -> Any:
        answer = function(*arguments, **more)
        barrier.wait(timeout=30)
        return answer

    return met


def at_once(*calls: Any) -> list[Any]:
    """The answers, or the errors, of calls that start at the same moment in threads of their own."""
    barrier = Barrier(len(calls))

    def run(call: Any) -> Any:
        try:
            barrier.wait(timeout=30)
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
