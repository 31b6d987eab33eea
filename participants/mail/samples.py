"""Every mail as its reader sees it, for the secretariat: drawn for an invented reader, then undone."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import types
import typing
import uuid
from collections.abc import Callable, Iterable
from inspect import signature
from typing import Any

from django.db import transaction
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from events.differences import difference
from events.models import Edition, FieldVisit, Session, Speaker, record
from events.scheduling import build_agenda
from participants import mail
from participants.mail.agenda import News
from participants.models import (
    ChangeRequest,
    Delegation,
    Link,
    Message,
    Nomination,
    Participant,
    VisitBooking,
)

# A token of a link, whole or cut where the link is too long to be shown: nobody but its reader follows it.
TOKEN = re.compile(r"(?<![\w-])[A-Za-z0-9_-]{43}(?![\w-])|(?<=/)[A-Za-z0-9_-]+(?=…)")


@dataclasses.dataclass(frozen=True)
class Drawn:
    """A mail as text and HTML, without the secret of any link."""

    subject: str
    text: str
    html: str
    calendar: str


def masked(text: str) -> str:
    """The text with the secret of each link left out."""
    return TOKEN.sub("•••", text)


def drawn(write: Callable[[], Message | list[Message] | None]) -> list[Drawn]:
    """What `write` would queue, and nothing of it stays: no message, no link."""
    with transaction.atomic():
        written = write()
        transaction.set_rollback(True)
    messages = written if isinstance(written, list) else [written] if written else []
    return [seen(message) for message in messages]


def seen(message: Message) -> Drawn:
    """A message as staff may see it."""
    return Drawn(message.subject, masked(message.text), masked(message.html), message.calendar)


# -- Every kind of mail, to an invented reader ----------------------------------------------------------------------


def kinds() -> dict[str, Callable[..., Message | list[Message] | None]]:
    """Every function of `mail` that queues something, by its name."""
    functions = {name: getattr(mail, name) for name in mail.__all__}
    return {name: one for name, one in functions.items() if "Message" in str(signature(one).return_annotation)}


def sample(edition: Edition, kind: str, language: str) -> list[Drawn]:
    """The mails of that kind as the edition writes them; none where it is about a visit and the edition has none."""

    def write() -> Message | list[Message] | None:
        given = _arguments(kinds()[kind], _Examples(edition, kind, language))
        return kinds()[kind](**given) if given is not None else None

    return drawn(write)


def _arguments(function: Callable[..., Any], examples: _Examples) -> dict[str, Any] | None:
    """A value for each argument that has to be given; None where one cannot be made."""
    hints = typing.get_type_hints(function)
    needed = [one.name for one in signature(function).parameters.values() if one.default is one.empty]
    known = {"token": "x" * 43, "language": examples.language}
    given = {name: known.get(name) or examples.of(hints[name]) for name in needed}
    return None if None in given.values() else given


class _Examples:
    """Rows of an invented reader, made when they are asked for; whoever asks undoes them."""

    def __init__(self, edition: Edition, kind: str, language: str) -> None:
        self.edition, self.kind, self.language = edition, kind, language
        self.made: dict[Any, Any] = {Edition: edition}

    def of(self, wanted: Any) -> Any:
        """A value of that type; of the first, where several will do."""
        if isinstance(wanted, types.UnionType):
            return self.of(typing.get_args(wanted)[0])
        makers: dict[Any, Callable[[], Any]] = {
            Delegation: self._delegation,
            Participant: self._participant,
            Nomination: self._nomination,
            FieldVisit: lambda: FieldVisit.objects.filter(session__edition=self.edition).first(),
            VisitBooking: self._booking,
            ChangeRequest: lambda: ChangeRequest.objects.create(
                participant=self.of(Participant), answers="{}", asked_at=clock.now()
            ),
            Link: lambda: Link.objects.create(
                purpose="address",
                participant=self.of(Participant),
                new_email="new@example.org",
                token_hash="",
                expires_at=clock.now(),
            ),
            Session: lambda: Session.objects.create(edition=self.edition, title=_("Example session")),
            Speaker: lambda: Speaker.objects.create(name="Ana Primjerić"),
            uuid.UUID: uuid.uuid4,
            dt.datetime: clock.now,
            str: lambda: "reader@example.org",
            Iterable[str]: lambda: ["rules", "record"],
            int: lambda: 1,
            list[News]: self._news,
        }
        if wanted not in self.made:
            self.made[wanted] = makers[wanted]()
        return self.made[wanted]

    def _delegation(self) -> Delegation:
        return Delegation.objects.create(
            edition=self.edition,
            name=_("Example delegation"),
            quota=3,
            contact_name="Vesna Uzorak",
            contact_email="contact@example.org",
            language=self.language,
        )

    def _participant(self) -> Participant:
        now, statuses = clock.now(), Participant.Status
        status = {"received": statuses.PENDING}.get(self.kind, self.kind if self.kind in statuses else "confirmed")
        made = Participant.objects.create(
            edition=self.edition,
            delegation=self.of(Delegation),
            status=status,
            reference="RASR-EXAMPLE",
            code="EXAMPLE2",
            given_name="Ana",
            family_name="Primjerić",
            gender="f",
            service="civil",
            function="Adviser",
            organisation="Ministry",
            email="reader@example.org",
            shares_mailbox=True,
            language=self.language,
            registered_at=now,
            status_changed_at=now,
        )
        if status not in {statuses.PENDING, statuses.WAITLISTED}:
            record(made, "confirm", by="", edition=self.edition, after=statuses.CONFIRMED)
        return made

    def _news(self) -> list[News] | None:
        """The first sessions of the agenda, as if they were new; None where there are none."""
        agenda = build_agenda(self.edition)
        changes = difference(dataclasses.replace(agenda, items=()), agenda)[:2]
        return [News(self.of(Participant), changes, 1, agenda)] if changes else None

    def _nomination(self) -> Nomination:
        delegation = self.of(Delegation)
        return Nomination.objects.create(delegation=delegation, name="Ana Primjerić", email="reader@example.org")

    def _booking(self) -> VisitBooking | None:
        visit = self.of(FieldVisit)
        if visit is None:
            return None
        state = self.kind.removeprefix("visit_")
        return VisitBooking.objects.create(
            participant=self.of(Participant),
            visit=visit,
            state=state if state in VisitBooking.State else VisitBooking.State.CONFIRMED,
            asked_at=clock.now(),
        )
