"""Plain functions that reach a state by calling the rules, for every test."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone as clock

from events import documents
from events.models import Appearance, Document, Edition, FieldVisit, Room, Session, Speaker
from events.uploads import take
from participants import nominating, registration, visits
from participants.models import Delegation, Nomination, Participant, StaffRole, User, VisitBooking
from participants.staffing import grant_role

_numbers = itertools.count(1)
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
FIRST_DAY = dt.date(2030, 10, 8)  # a Tuesday, far from any clock change


def edition(**more: Any) -> Edition:
    """A published edition in Tirana, three days long, open for registration, without review or limits."""
    number = next(_numbers)
    now = clock.now()
    facts: dict[str, Any] = {
        "slug": f"edition-{number}-{uuid.uuid4().hex[:6]}",
        "title": "Workshop on stockpiles",
        "label": f"Edition {number}",
        "city": "Tirana",
        "country": "Albania",
        "timezone": "Europe/Tirane",
        "first_day": FIRST_DAY,
        "last_day": FIRST_DAY + dt.timedelta(days=2),
        "status": Edition.Status.PUBLISHED,
        "registration_opens": now - dt.timedelta(days=1),
        "registration_closes": now + dt.timedelta(days=30),
        "requires_review": False,
        "contact_email": "secretariat@example.org",
    }
    made = Edition(**facts | more)
    made.full_clean()
    made.save()
    return made


def local(edition: Edition, hour: int, minute: int = 0, day: int = 0) -> dt.datetime:
    """A moment on the given day of the edition, at its place."""
    return dt.datetime.combine(edition.days[0] + dt.timedelta(days=day), dt.time(hour, minute), edition.zone)


def room(edition: Edition, name: str = "Hall A", **more: Any) -> Room:
    """A room."""
    return Room.objects.create(edition=edition, name=name, **more)


def session(
    edition: Edition, title: Any = "Depots", start: int | None = 9, end: int | None = 10, **more: Any
) -> Session:
    """A session from full hour to full hour of a day of the edition (`day`: 0, 1, 2)."""
    offset = more.pop("on", 0)
    facts: dict[str, Any] = {"edition": edition, "title": title, "day": edition.days[0] + dt.timedelta(days=offset)}
    if start is not None:
        facts["start"] = local(edition, start, day=offset)
    if start is not None and end is not None:
        facts["end"] = local(edition, end, day=offset)
    return Session.objects.create(**facts | more)


def speaker(session: Session, name: str = "Arta Shembulli", **more: Any) -> Appearance:
    """Somebody who speaks in the session."""
    found, _is_new = Speaker.objects.get_or_create(name=name)
    return Appearance.objects.create(session=session, speaker=found, **more)


def visit(edition: Edition, **more: Any) -> FieldVisit:
    """A field visit on the second day."""
    held = session(edition, "Visit to the site", 13, 18, on=1, kind=Session.Kind.FIELD_VISIT)
    return FieldVisit.objects.create(session=held, site="Clearance site", **more)


def booking(visit: FieldVisit, state: str = "", person: Participant | None = None, **more: Any) -> VisitBooking:
    """A booking of a confirmed participant for a visit, brought to that state by the verbs."""
    person = person or participant(visit.session.edition, "confirmed", **more)
    made = visits.ask(participant=person, visit=visit, by="test")
    if state == VisitBooking.State.REFUSED:
        made = visits.refuse(booking=made, reason="not on the list of the host", by="test")
    if state == VisitBooking.State.WITHDRAWN:
        made = visits.withdraw_booking(booking=made, by="test")
    assert state in {"", made.state}
    return made


def paper(
    edition: Edition, title: str = "Paper", content: bytes = PDF, name: str = "paper.pdf", **more: Any
) -> Document:
    """A file as staff add it."""
    made = Document(edition=edition, title=title, **more)
    documents.put(made, take(ContentFile(content, name)))
    made.save()
    return made


def delegation(edition: Edition, name: str = "Albania", **more: Any) -> Delegation:
    """A delegation; the same name gives the same one."""
    found = Delegation.objects.filter(edition=edition, name=name).first()
    return found or Delegation.objects.create(edition=edition, name=name, **more)


def nomination(delegation: Delegation, name: str = "Boris Primjerić", **more: Any) -> Nomination:
    """A person whom the delegation names."""
    email = more.pop("email", f"nominee{next(_numbers)}@example.org")
    return Nomination.objects.create(delegation=delegation, name=name, email=email, **more)


def named(delegation: Delegation, name: str = "Boris Primjerić", **more: Any) -> Nomination:
    """A person whom the contact person nominates, with the mail and its link."""
    email = more.pop("email", f"nominee{next(_numbers)}@example.org")
    return nominating.nominate(delegation=delegation, name=name, email=email, by="contact", **more)


def registered(nomination: Nomination, status: str = "", *, at: dt.datetime | None = None, **more: Any) -> Participant:
    """Who registered by the nominee's link, with the nominated address unless another is given."""
    given = answers(nomination.delegation, **{"email": nomination.email} | more)
    made = registration.submit(
        edition=nomination.delegation.edition,
        answers=given,
        submission=uuid.uuid4(),
        by="test",
        at=at,
        nomination=nomination,
    )
    assert made is not None
    return moved(made, status)


def substitute(replaced: Participant | Nomination, name: str = "Vesna Zamjena", **more: Any) -> Nomination:
    """The nomination of somebody else instead of this person."""
    email = more.pop("email", f"substitute{next(_numbers)}@example.org")
    which: dict[str, Any] = {replaced._meta.model_name or "": replaced}
    return nominating.substitute(delegation=replaced.delegation, name=name, email=email, by="contact", **which, **more)


def answers(delegation: Delegation, **more: Any) -> dict[str, Any]:
    """Good answers to the registration form, cleaned."""
    return {
        "given_name": "Boris",
        "family_name": "Primjerić",
        "gender": "m",
        "service": "civil",
        "function": "Adviser",
        "organisation": "Ministry of Defence",
        "delegation": delegation,
        "role": "delegate",
        "email": f"person{next(_numbers)}@example.org",
        "language": "en",
        "consent_privacy": True,
    } | more


def participant(edition: Edition, status: str = "", *, of: str = "Albania", **more: Any) -> Participant:
    """A registration that came in by the form and was then moved to `status` by the verbs."""
    at, visits = more.pop("at", None), more.pop("visits", ())
    given = answers(delegation(edition, of), **more)
    made = registration.submit(edition=edition, answers=given, submission=uuid.uuid4(), visits=visits, by="test", at=at)
    assert made is not None
    return moved(made, status)


def moved(made: Participant, status: str) -> Participant:
    """Brought to that status by the verbs."""
    if status and status != made.status:
        moves = {
            "confirmed": registration.confirm,
            "waitlisted": registration.waitlist,
            "declined": registration.decline,
            "withdrawn": registration.withdraw,
        }
        made = moves[status](participant=made, by="test")
        assert made.status == status
    return made


def staff(role: str = StaffRole.Role.SECRETARIAT, edition: Edition | None = None) -> User:
    """A staff account in that role, for one edition or all."""
    user = User.objects.create_user(f"staff{next(_numbers)}-{uuid.uuid4().hex[:6]}", password="a long password")
    grant_role(user=user, role=role, edition=edition, by="test")
    return user
