"""States that the tests of registration begin from, reached by calling the verbs."""

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone

from events.models import Edition, FieldVisit, Session
from participants import links, registration
from participants.models import Delegation, Participant


def open_edition(slug: str = "2027-tirana", **facts: Any) -> Edition:
    """A published edition that takes registrations now, with two delegations."""
    now = timezone.now()
    first = (now + dt.timedelta(days=90)).date()
    given = {
        "title": {"en": "Fictional workshop"},
        "label": {"en": "Fictional edition"},
        "city": "Tirana",
        "country": "Albania",
        "timezone": "Europe/Tirane",
        "first_day": first,
        "last_day": first + dt.timedelta(days=2),
        "status": Edition.Status.PUBLISHED,
        "registration_opens": now - dt.timedelta(days=10),
        "registration_closes": now + dt.timedelta(days=30),
        "contact_email": "secretariat@example.org",
        "footnotes": {"en": "* This designation is without prejudice to positions on status."},
    }
    edition = Edition.objects.create(slug=slug, **(given | facts))
    Delegation.objects.create(edition=edition, name="Serbia")
    Delegation.objects.create(edition=edition, name="Kosovo*", footnote_mark="*")
    edition.refresh_from_db()
    return edition


def open_visit(edition: Edition, **facts: Any) -> FieldVisit:
    """A field visit on the second day, 13:00 to 18:00 at the place."""
    day = edition.days[1]
    start = dt.datetime.combine(day, dt.time(13), edition.zone)
    session = Session.objects.create(
        edition=edition, kind="field_visit", title={"en": "Visit"}, day=day, start=start, end=start.replace(hour=18)
    )
    return FieldVisit.objects.create(session=session, site={"en": "Clearance site"}, **({"capacity": 40} | facts))


def typed(edition: Edition, **changed: Any) -> dict[str, Any]:
    """What a careful civil person posts; None takes a field out."""
    answers = {
        "title": "Dr",
        "given_name": "Mira",
        "family_name": "Primjerić",
        "printed_name": "",
        "gender": "f",
        "service": "civil",
        "rank": "",
        "rank_code": "",
        "function": "Head of section",
        "organisation": "Ministry of Examples",
        "delegation": str(edition.delegations.get(name="Serbia").pk),
        "role": "delegate",
        "email": "mira@example.org",
        "phone": "+355 67 212 3456",
        "language": "en",
        "dietary": "No pork",
        "access_needs": "",
        "consent_privacy": "on",
    }
    return {name: value for name, value in (answers | changed).items() if value is not None}


def participant(edition: Edition, email: str = "mira@example.org", **changed: Any) -> Participant:
    """A registered person."""
    answers = {
        "delegation": edition.delegations.get(name="Serbia"),
        "given_name": "Mira",
        "family_name": "Primjerić",
        "gender": "f",
        "service": "civil",
        "function": "Head of section",
        "organisation": "Ministry of Examples",
        "email": email,
        "consent_privacy": True,
    }
    made = registration.submit(edition=edition, answers=answers | changed, submission=uuid.uuid4(), by="test")
    assert made is not None
    return made


def path_of_link(person: Participant) -> str:
    """The path of a fresh link to a registration, as the mail holds it."""
    return "/" + links.my_link(person).split("/", 3)[3]


def home(person: Participant) -> str:
    """The path of My registration."""
    return f"/my/{person.reference}/"
