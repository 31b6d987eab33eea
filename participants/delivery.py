"""The mail worker: takes queued messages one by one, sends each once, tries again later what may succeed later.

A message is sent while its row is locked, so that several workers never send one at the same time. Only a worker that
is killed between the server's "accepted" and our commit sends one twice, under the same Message-ID.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import re
import secrets
import smtplib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import InterfaceError, OperationalError, close_old_connections, connection, transaction
from django.utils import timezone as clock

from events.models import record
from participants import concerned
from participants.addresses import address_key
from participants.mail import bulk as letters
from participants.mail.changes import TO_ANOTHER_ADDRESS
from participants.models import BulkMessage, Delegation, Message, Nomination, Participant

log = logging.getLogger("rasr.mail")

# Minutes until the next try; after the last one the message has failed.
GAPS = (1, 5, 15, 60, 180, 360, 720, 1440)
PAUSE = 1.0  # seconds between two looks at an empty queue
PERMANENT = 500  # an SMTP answer from here on is final
PATIENCE = 600  # seconds that one mail may take; each answer of a slow server may take EMAIL_TIMEOUT
KIND = "X-Message-Kind"
TEXTS = ("text", "html", "calendar")
CALENDAR = re.compile(r"^BEGIN:VCALENDAR\r\n.*?^END:VCALENDAR\r\n", re.DOTALL | re.MULTILINE)
METHOD = re.compile(r"^METHOD:([A-Z]+)\r$", re.MULTILINE)
# A no to us, not to the message: our password is wrong, or the server does not speak with us today.
NOT_THE_MESSAGE = (smtplib.SMTPAuthenticationError, smtplib.SMTPConnectError, smtplib.SMTPHeloError)


class AddressChanged(Exception):
    """The reader has another address by now. The old one may be a stranger's, and the links in the text have ended."""


class FolderBackend(BaseEmailBackend):
    """Writes each mail to a file in EMAIL_FILE_PATH that a mail program opens; its name says when and what kind."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write them; returns how many."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for mail in email_messages:
            kind = mail.extra_headers.get(KIND, "mail")
            name = f"{clock.now():%Y%m%d-%H%M%S-%f}-{kind}-{secrets.token_hex(2)}.eml"
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(mail.message().as_bytes())
        return len(email_messages)


def run(should_stop: Callable[[], bool], *, once: bool = False) -> int:
    """Send what is due until told to stop, or once what is due now. Returns how many were sent."""
    sent = 0
    while not should_stop():
        close_old_connections()
        try:
            outcome = send_next()
        except (OperationalError, InterfaceError):  # the database is away: it comes back, and the row is still queued
            if once:
                raise
            log.warning("no database")
            outcome = None
        if outcome is None:
            if once:
                break
            time.sleep(PAUSE)
        sent += outcome == Message.State.SENT
    return sent


@transaction.atomic
def send_next(at: dt.datetime | None = None) -> str | None:
    """Send the message that is due longest and return its new state; None when nothing is due or others hold it all."""
    with connection.cursor() as cursor:
        # The usual limit would end our transaction while a slow server answers, and the mail would go out again.
        cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', %s, true)", [f"{PATIENCE}s"])
    message = take(at or clock.now())
    if message is None:
        return None
    message.tries += 1
    try:
        _check_address(message)
        message.refresh_from_db(fields=TEXTS)  # here, since a text that no key reads fails this message alone
        _send(_mail(message))
    except Exception as error:
        _not_sent(message, error, at or clock.now())
    else:
        _sent(message)
    log.info("message", extra={"kind": message.kind, "row": message.pk, "code": message.state, "tries": message.tries})
    return message.state


def take(at: dt.datetime) -> Message | None:
    """The message that is due longest and that no other worker holds, locked, without its texts."""
    due = Message.objects.filter(state=Message.State.QUEUED, next_try_at__lte=at).defer(*TEXTS)
    return due.select_for_update(skip_locked=True, of=("self",)).order_by("next_try_at", "id").first()


def _check_address(message: Message) -> None:
    """Raise AddressChanged where the mail would go to an address that its reader has left."""
    if message.kind in TO_ANOTHER_ADDRESS:
        return
    in_force: list[str] = []
    if message.participant_id:
        in_force += Participant.objects.filter(pk=message.participant_id).values_list("email_key", flat=True)
    elif message.nomination_id:
        in_force += Nomination.objects.filter(pk=message.nomination_id).values_list("email_key", flat=True)
    elif message.delegation_id:
        contacts = Delegation.objects.filter(pk=message.delegation_id).values_list("contact_email", flat=True)
        in_force += map(address_key, contacts)
    if in_force and address_key(message.to) not in in_force:
        raise AddressChanged


def _mail(message: Message) -> EmailMultiAlternatives:
    headers = {
        "Message-ID": message.message_id,
        "Auto-Submitted": "auto-generated",
        KIND: message.kind.replace(" ", "-"),
    }
    if message.bulk_id and message.reply_to:
        headers["List-Unsubscribe"] = f"<mailto:{message.reply_to}?subject=unsubscribe>"
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.to],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers=headers,
    )
    mail.attach_alternative(message.html, "text/html")
    _attach_calendars(mail, message.calendar)
    return mail


def _send(mail: EmailMultiAlternatives) -> None:
    mail.connection = get_connection()
    try:
        mail.send()
    finally:
        mail.connection.close()  # Django leaves it open where the server refused to encrypt or did not know us


def _attach_calendars(mail: EmailMultiAlternatives, calendars: str) -> None:
    """Each calendar as a file. What asks or cancels is said first as a form of the text too: Gmail and Outlook look
    for it there; their other form, application/ics, is a plain file, so that no program shows one event twice."""
    for number, one in enumerate(CALENDAR.findall(calendars), start=1):
        found = METHOD.search(one)
        kind = f"text/calendar; method={found[1] if found else 'PUBLISH'}"
        if number == 1 and not kind.endswith("PUBLISH"):
            mail.attach_alternative(one, kind)
            kind = "application/ics"
        mail.attach("invite.ics" if number == 1 else f"invite-{number}.ics", one.encode(), kind)


def _sent(message: Message) -> None:
    message.state, message.sent_at = Message.State.SENT, clock.now()
    message.text = message.html = message.calendar = ""
    message.log = [*message.log, _line("sent")]
    message.save(update_fields=["state", "sent_at", "text", "html", "calendar", "log", "tries"])


def _not_sent(message: Message, error: Exception, at: dt.datetime) -> None:
    is_final = _is_permanent(error) or message.tries > len(GAPS)
    if is_final:
        message.state = Message.State.FAILED
    else:
        message.next_try_at = at + dt.timedelta(minutes=GAPS[message.tries - 1])
    message.log = [*message.log, _line(_reason(error))]
    message.save(update_fields=["state", "next_try_at", "log", "tries"])


def _line(what: str) -> dict[str, str]:
    return {"at": clock.now().isoformat(timespec="seconds"), "what": what}


def _codes(error: Exception) -> list[int]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _text in error.recipients.values()]
    if isinstance(error, smtplib.SMTPResponseException):
        return [error.smtp_code]
    return []


def _is_permanent(error: Exception) -> bool:
    """The server's final no, or a mail that cannot be written. All else (no server, no answer, 4xx) may pass."""
    if isinstance(error, NOT_THE_MESSAGE):
        return False
    if codes := _codes(error):
        return all(code >= PERMANENT for code in codes)
    return not isinstance(error, OSError)  # smtplib's errors are OSErrors too


def _reason(error: Exception) -> str:
    """The kind of error and the server's code; its text may quote the address."""
    codes = ", ".join(map(str, _codes(error)))
    return f"{type(error).__name__} {codes}".strip()


@transaction.atomic
def retry(*, message: Message, by: str) -> Message:
    """Queue a failed message again, with the same Message-ID. One that did not fail stays as it is."""
    found = Message.objects.select_for_update(of=("self",), no_key=True).filter(pk=message.pk).first()
    if found and found.state == Message.State.FAILED:
        message = found
        message.state, message.tries, message.next_try_at = Message.State.QUEUED, 0, clock.now()
        message.save(update_fields=["state", "tries", "next_try_at"])
        record(message, "retry", by=by, edition=message.edition, before="failed", after="queued")
    return found or message


@transaction.atomic
def stop(*, bulk: BulkMessage, by: str) -> int:
    """Hold back what is still queued of a message to a group; returns how many mails.

    They count as failed and can be tried again. The one that a worker has in hand is sent.
    """
    queued = bulk.messages.filter(state=Message.State.QUEUED).defer(*TEXTS).order_by("pk")
    held = list(queued.select_for_update(of=("self",), skip_locked=True))
    for message in held:
        message.state, message.log = Message.State.FAILED, [*message.log, _line("stopped")]
        message.save(update_fields=["state", "log"])
    record(bulk, "stop", by=by, edition=bulk.edition, after=len(held))
    return len(held)


@transaction.atomic
def drop(*, reader: Participant | Nomination | Delegation, by: str) -> list[str]:
    """Delete what waits or has failed for a reader whose address has changed; returns the kinds of the mails.

    A message to a group is written anew to the new address: it waits, or has failed, as before. What has changed in the
    agenda is told anew too. The mail that a worker has in hand is sent; where that fails, the worker does not try the
    old address again.
    """
    unsent = reader.messages.filter(state__in=[Message.State.QUEUED, Message.State.FAILED]).defer(*TEXTS)
    unsent = unsent.exclude(kind__in=TO_ANOTHER_ADDRESS).select_related("edition", "bulk__edition").order_by("pk")
    dropped = list(unsent.select_for_update(of=("self",), skip_locked=True))
    Message.objects.filter(pk__in=[message.pk for message in dropped]).delete()
    for message in dropped:
        if message.bulk:
            _to_group_again(message.bulk, reader, message)
        if message.since_release and isinstance(reader, Participant):
            concerned.tell_again(participant=reader, since=message.since_release)
    if dropped:
        record(reader, "drop mails", by=by, edition=dropped[0].edition, after=len(dropped))
    return [message.kind for message in dropped]


def _to_group_again(bulk: BulkMessage, reader: Participant | Nomination | Delegation, dropped: Message) -> None:
    if isinstance(reader, Participant):
        again = letters.to_group_participant(bulk, reader)
    elif isinstance(reader, Delegation) and reader.contact_email:
        again = letters.to_group_contact(bulk, reader)
    else:
        return
    again.state, again.log = dropped.state, dropped.log
    again.save(update_fields=["state", "log"])
