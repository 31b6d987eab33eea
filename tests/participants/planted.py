"""An edition of people whose every private value can be told apart, reached by the verbs; and all that is stored.

A canary is a word that occurs nowhere else: of whom it is, then of which field.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import uuid
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session as BrowserSession
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from events.models import Edition
from events.scheduling import release_agenda
from participants import (
    attendance,
    bulk,
    changing,
    checkin,
    delivery,
    links,
    my_agenda,
    nominating,
    records,
    registration,
    visits,
)
from participants.lifetimes import ACCOUNT, NOT_PERSONAL, PUBLISHED, Lifetime, fields_of
from participants.mail import letters
from participants.mail.letters import Letter
from participants.models import Link, Message, Nomination, Participant, Scan
from participants.models.encrypted import PREFIX, keyring
from participants.registration import DETAILS
from tests import make

PEOPLE = ("guest", "absent", "declined", "withdrawn", "waiting", "nominee", "contact")
CAME = ("guest", "absent")
STAYED_AWAY = ("declined", "withdrawn", "waiting", "nominee")
FIRST_DAY = dt.date(2030, 10, 8)
TYPED = (
    *("title", "given_name", "family_name", "printed_name", "rank", "function", "organisation"),
    *("dietary", "access_needs"),
)
RECORD = (
    *("nationality", "document_type", "document_number", "document_expiry", "birth_date"),
    *("emergency_contact", "sizes"),
)
# What is kept for the visit alone.
OF_VISIT = {"dietary", "accessneeds", "refusal", "change", "newaddress", "unsent"}
OF_VISIT |= {name.replace("_", "") for name in RECORD}


def canary(who: str, field: str) -> str:
    """The word planted for that person in that field."""
    return f"canary-{who}-{field.replace('_', '')}"


class Planted:
    """One edition with everybody in it. `secrets` holds what the system made up itself, by whom it leads to."""

    def __init__(self, **facts: Any) -> None:
        self.secrets: dict[str, list[str]] = {who: [] for who in PEOPLE}
        self.edition = make.edition(first_day=FIRST_DAY, last_day=FIRST_DAY + dt.timedelta(days=2), **facts)
        asks = {f"asks_{what}": True for what in ("identity", "birth_date", "sizes", "emergency_contact")}
        self.visit = make.visit(self.edition, **asks)
        release_agenda(edition=self.edition, by="test")
        self.delegation = make.delegation(
            self.edition,
            contact_name=canary("contact", "name"),
            contact_email=f"{canary('contact', 'email')}@example.org",
        )
        self._plant_contact()
        self.people = {who: self._plant_person(who) for who in (*CAME, *STAYED_AWAY[:3])}
        self.nominee = self._nominate("nominee")
        self._hold_the_edition()
        self._plant_group()
        for one in Participant.objects.filter(edition=self.edition):
            one.refresh_from_db()

    def person(self, who: str) -> Participant:
        """As the database has the person now."""
        return Participant.objects.get(pk=self.people[who].pk)

    # -- Before -------------------------------------------------------------------------------------------------------

    def _remember(self, who: str) -> None:
        """The link that was made last."""
        self.secrets[who].append(Link.objects.latest("pk").token_hash)

    def _plant_contact(self) -> None:
        nominating.invite(delegation=self.delegation, by="test")
        self._remember("contact")
        self._send(letters.to_contact(self.delegation, "sent", Letter(canary("contact", "subject"), ["gone"])))
        letters.to_contact(self.delegation, "waits", Letter("A letter", [canary("contact", "unsent")]))

    def _nominate(self, who: str) -> Nomination:
        nomination = nominating.nominate(
            delegation=self.delegation,
            name=canary(who, "nominated"),
            email=f"{canary(who, 'email')}@example.org",
            by="contact",
        )
        self._remember(who)
        nominating.attach_letter(
            delegation=self.delegation,
            reference=canary(who, "reference"),
            date=FIRST_DAY,
            scan=ContentFile(canary(who, "scan").encode(), canary(who, "file")),
            nominations=[nomination],
            by="contact",
        )
        self._send(letters.to_nominee(nomination, "sent", Letter(canary(who, "subject"), ["gone"])))
        return nomination

    def _plant_person(self, who: str) -> Participant:
        nomination = self._nominate(who)
        given = {name: canary(who, name) for name in TYPED} | {"service": "military", "rank_code": "OF-5"}
        person = registration.submit(
            edition=self.edition,
            answers=make.answers(self.delegation, **given, email=f"{canary(who, 'email')}@example.org"),
            submission=uuid.uuid4(),
            visits=[self.visit],
            by="participant",
        )
        assert person is not None
        nominating.link_nomination(participant=person, nomination=nomination, by="test")
        answers = {name: getattr(person, name) for name in DETAILS} | {"phone": phone(who)}
        answers |= {"staff_note": canary(who, "note"), "consent_photo": True, "consent_list": True}
        person = changing.change_details(participant=person, answers=answers, version=2, by="test")
        self.secrets[who] += [person.code, person.reference, str(person.submission), phone(who)]
        self._plant_visit(who, person)
        ends = timezone.now() + dt.timedelta(days=2000)
        for purpose in (Link.Purpose.MY, Link.Purpose.CALENDAR):
            links.issue(purpose, participant=person, expires_at=ends)
            self._remember(who)
        nominating.prove_address(participant=person, by="participant")
        my_agenda.star(participant=person, session=self.visit.session_id, by="participant")
        self._plant_wishes(who, person, answers)
        self._plant_mails(who, person)
        return person

    def _plant_visit(self, who: str, person: Participant) -> None:
        """Asked for, with a record that the officer opened, then refused by the host."""
        booking = visits.ask(participant=person, visit=self.visit, by="participant")
        answers = {name: canary(who, name) for name in RECORD}
        records.save_record(booking=booking, answers=answers, by="participant")
        records.open_record(booking=booking, by="officer", reason=canary(who, "looked"))
        visits.refuse(booking=booking, reason=canary(who, "refusal"), by="officer")

    def _plant_wishes(self, who: str, person: Participant, answers: dict[str, Any]) -> None:
        """A request for a change that was refused and one that waits, and a new address that waits too."""
        for decided in (True, False):
            person.refresh_from_db()
            request = changing.request_change(
                participant=person,
                answers=answers | {"function": canary(who, "change")},
                version=person.version,
                by="participant",
            )
            if decided and request:
                changing.refuse_change(request=request, by="test")
        new = f"{canary(who, 'newaddress')}@example.org"
        changing.ask_new_address(participant=person, email=new, by="participant")

    def _plant_mails(self, who: str, person: Participant) -> None:
        """One that failed and was then sent, one that failed, one that waits."""
        sent = letters.to_participant(person, "sent", Letter(canary(who, "subject"), ["gone"]), canary(who, "once"))
        sent.log = [{"at": "", "what": canary(who, "log")}]
        sent.save(update_fields=["log"])
        self._send(sent)
        for state in ("failed", "queued"):
            text = Letter(canary(who, "unsent"), [canary(who, "unsent")], calendar=canary(who, "unsent"))
            message = letters.to_participant(person, state, text)
            message.state = state
            message.save(update_fields=["state"])

    def _send(self, message: Message) -> None:
        """The worker sends this one; all others wait."""
        Message.objects.update(next_try_at=timezone.now() + dt.timedelta(days=1))
        Message.objects.filter(pk=message.pk).update(next_try_at=timezone.now())
        assert delivery.send_next() == "sent"

    # -- The days of the edition --------------------------------------------------------------------------------------

    def _hold_the_edition(self) -> None:
        people = self.people
        registration.decline(participant=people["declined"], by="test")
        registration.withdraw(participant=people["withdrawn"], by="participant")
        Participant.objects.filter(pk=people["waiting"].pk).update(status="waitlisted")
        for day in self.edition.days[:2]:
            attendance.mark(participant=people["guest"], day=day, by="desk")
        attendance.clear(
            participant=people["guest"], day=self.edition.days[1], by="desk", reason=canary("guest", "void")
        )
        attendance.mark(participant=people["absent"], day=self.edition.days[0], mark="absent", by="desk")
        for who in people:
            tried = self._scan(people[who].code, canary(who, "device"))
            if tried.result == "ok":
                checkin.undo(scan=tried, by="desk")
        self._scan(canary("waiting", "typed"), "desk")
        signed_in = SessionStore()
        signed_in["q"] = canary("waiting", "session")
        signed_in.save()

    def _scan(self, code: str, device: str) -> Scan:
        return checkin.scan(
            edition=self.edition,
            code=code,
            point=f"day:{self.edition.days[2].isoformat()}",
            nonce=uuid.uuid4(),
            client_at=timezone.now(),
            by="desk",
            device=device,
        )

    def _plant_group(self) -> None:
        """A message to everybody confirmed that names somebody else."""
        group = bulk.send_bulk(
            edition=self.edition,
            audience="status:confirmed",
            subject=canary("declined", "groupsubject"),
            text=canary("declined", "grouptext"),
            submission=uuid.uuid4(),
            by="test",
        )
        for message in group.messages.all():
            self._send(message)


def phone(who: str) -> str:
    """A telephone number of its own, as it is stored."""
    return f"+35567212{3400 + PEOPLE.index(who)}"


# -- All that is stored -------------------------------------------------------------------------------------------


def stored() -> str:
    """Every row of every table, what is encrypted or signed also in clear, and every file below MEDIA_ROOT, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()")
        rows = []
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT t::text FROM {table} t")
            rows += [f"{table}: {row}" for (row,) in cursor.fetchall()]
    return in_clear("\n".join(rows)) + files()


def in_clear(text: str) -> str:
    """A dump, followed by what its tokens and sessions of browsers hold."""
    tokens = re.findall(re.escape(PREFIX) + r"([A-Za-z0-9_=-]+)", text)
    opened = [keyring().decrypt(token.encode()).decode() for token in tokens]
    sessions = [json.dumps(one.get_decoded()) for one in BrowserSession.objects.all()]
    return "\n".join([text, *opened, *sessions])


def files() -> str:
    """Names and contents of every file below MEDIA_ROOT."""
    found = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    return "\n".join(f"{path} {path.read_bytes().decode(errors='replace')}" for path in found)


def seen(text: str) -> set[str]:
    """The canaries in a text; search columns hold them in small letters with spaces."""
    return set(re.findall(r"canary-[a-z]+-[a-z]+", text))


def statistics(edition: Edition) -> dict[str, int]:
    """The numbers of an edition: how many people of each sort, and how many were there on each day."""
    people = edition.participants.all()
    counted = {"nominated": edition.delegations.filter(nominations__isnull=False).count()}
    for one in people.select_related("delegation"):
        for name in ("delegation", "gender", "service", "role", "status"):
            key = f"{name} {getattr(one, name)}"
            counted[key] = counted.get(key, 0) + 1
        for booking in one.bookings.all():
            key = f"visit {booking.state}"
            counted[key] = counted.get(key, 0) + 1
    table = attendance.grid(list(people), attendance.day_points(edition))
    return counted | {f"present on {point.name}": n for point, n in zip(table.columns, table.totals, strict=True)}


def unplanted() -> list[str]:
    """Private columns that are empty in every row: erasing them would prove nothing."""
    private = set(Lifetime) - {ACCOUNT, NOT_PERSONAL, PUBLISHED}
    return [
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("participants").get_models()
        for lifetime in private
        for field in fields_of(model, lifetime)
        if all(getattr(row, field.name) in ("", None, []) for row in model._base_manager.all())
    ]
