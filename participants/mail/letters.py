"""What every mail is made of: a letter of plain sentences, drawn as text and HTML, queued as a row."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import formats
from django.utils import timezone as clock
from django.utils.translation import gettext as _

from events.models import Edition, Session, Speaker
from participants.models import BulkMessage, Delegation, Message, Nomination, Participant

# Mail programs make links of it. A stranger may write any name into the form, with the address of a victim.
LOOKS_LIKE_A_LINK = re.compile(r"://|@|www\.|\w\.\w{2,}", re.IGNORECASE)


@dataclass
class Letter:
    """What a mail says, before it becomes text and HTML."""

    subject: str
    paragraphs: list[str]
    link: str = ""
    link_words: str = ""  # what the link says; "My registration" where this is empty
    points: list[str] = field(default_factory=list)  # a list below the paragraphs
    facts: list[tuple[str, str]] = field(default_factory=list)
    calendar: str = ""


def to_participant(
    participant: Participant,
    kind: str,
    letter: Letter,
    once_key: str | None = None,
    *,
    bulk: BulkMessage | None = None,
    to: str = "",
) -> Message:
    """Queue a mail to a participant, in their language; the caller has switched to it.

    `to`: an address that is not, or no longer, the person's. It may be a stranger's, who then learns no name.
    """
    message = written_to_participant(participant, kind, letter, once_key, bulk=bulk, to=to)
    message.save()
    return message


def written_to_participant(
    participant: Participant,
    kind: str,
    letter: Letter,
    once_key: str | None = None,
    *,
    bulk: BulkMessage | None = None,
    to: str = "",
) -> Message:
    """The same mail as a row that is not stored yet, for whoever stores many at once."""
    return _written(
        participant.edition,
        kind,
        letter,
        name="" if to else participant.name,
        to=to or participant.email,
        language=participant.language,
        participant=participant,
        once_key=once_key,
        bulk=bulk,
    )


def to_contact(
    delegation: Delegation, kind: str, letter: Letter, once_key: str | None = None, *, bulk: BulkMessage | None = None
) -> Message:
    """Queue a mail to the contact person of a delegation; the caller has switched to the delegation's language."""
    return _queue(
        delegation.edition,
        kind,
        letter,
        name=delegation.contact_name,
        to=delegation.contact_email,
        language=delegation.language,
        delegation=delegation,
        once_key=once_key,
        bulk=bulk,
    )


def to_nominee(nomination: Nomination, kind: str, letter: Letter, once_key: str | None = None) -> Message:
    """Queue a mail to somebody nominated, in the language of the delegation; the caller has switched to it."""
    return _queue(
        nomination.delegation.edition,
        kind,
        letter,
        name=nomination.name,
        to=nomination.email,
        language=nomination.delegation.language,
        nomination=nomination,
        once_key=once_key,
    )


def to_speaker(session: Session, speaker: Speaker, kind: str, letter: Letter, *, to: str, language: str) -> Message:
    """Queue a mail to a speaker of a session, in the language to which the caller has switched."""
    return _queue(session.edition, kind, letter, name=speaker.name, to=to, language=language)


def shown(name: str) -> str:
    """A name as a mail may say it: nothing where mail programs would make a link of it."""
    return "" if LOOKS_LIKE_A_LINK.search(name) else name


def _queue(edition: Edition, kind: str, letter: Letter, *, name: str, language: str, **row: Any) -> Message:
    message = _written(edition, kind, letter, name=name, language=language, **row)
    message.save()
    return message


def _written(edition: Edition, kind: str, letter: Letter, *, name: str, language: str, **row: Any) -> Message:
    # The HTML is drawn here, so that a mail that cannot be drawn stops the change that caused it.
    context = {
        "letter": letter,
        "name": shown(name),
        "is_participant": "participant" in row,
        "edition": edition,
        "language": language,
    }
    return Message(
        edition=edition,
        kind=kind,
        reply_to=edition.contact_email,
        language=language,
        subject=letter.subject,
        text=render_to_string("participants/mail/letter.txt", context),
        html=render_to_string("participants/mail/letter.html", context),
        calendar=letter.calendar,
        message_id=make_msgid(domain=urlsplit(settings.SITE_URL).hostname),
        next_try_at=clock.now(),
        **row,
    )


def subject_line(edition: Edition, words: str) -> str:
    return f"RASR {edition.city}: {words}" if edition.city else f"RASR: {words}"


def in_words(moment: dt.datetime | None, edition: Edition) -> str:
    """A moment as people say it at the place of the edition, with the zone; empty for none."""
    if moment is None:
        return ""
    local = moment.astimezone(edition.zone)
    day = formats.date_format(local.date(), "DATE_FORMAT")
    return _("%(day)s, %(time)s (%(place)s time)") % {"day": day, "time": f"{local:%H:%M}", "place": edition.city}
