"""The mail worker: takes queued messages one by one, sends each once, tries again later what may succeed later.

A message is sent while its row is locked, so that several workers never send one at the same time. Only a worker that
is killed between the server's "accepted" and our commit sends one twice, under the same Message-ID.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import smtplib
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import InterfaceError, OperationalError, close_old_connections, transaction
from django.utils import timezone as clock

from events.models import record
from participants.models import Message

log = logging.getLogger("rasr.mail")

# Minutes until the next try; after the last one the message has failed.
GAPS = (1, 5, 15, 60, 180, 360, 720, 1440)
PAUSE = 1.0  # seconds between two looks at an empty queue
PERMANENT = 500  # an SMTP answer from here on is final


class FolderBackend(BaseEmailBackend):
    """Writes each mail to a file in EMAIL_FILE_PATH that a mail program opens; named by time, without private data."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write them; returns how many."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for mail in email_messages:
            name = f"{clock.now():%Y%m%d-%H%M%S}-{time.monotonic_ns()}.eml"
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
    due = Message.objects.filter(state=Message.State.QUEUED, next_try_at__lte=at or clock.now())
    message = due.select_for_update(skip_locked=True, of=("self",)).order_by("next_try_at", "id").first()
    if message is None:
        return None
    message.tries += 1
    try:
        _mail(message).send()
    except Exception as error:
        _not_sent(message, error, at or clock.now())
    else:
        _sent(message)
    log.info("message", extra={"kind": message.kind, "row": message.pk, "code": message.state, "tries": message.tries})
    return message.state


def _mail(message: Message) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[message.to],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
        connection=get_connection(),
    )
    mail.attach_alternative(message.html, "text/html")
    if message.calendar:
        mail.attach("rasr.ics", message.calendar, "text/calendar; method=PUBLISH; charset=utf-8")
    return mail


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
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return False  # our password is wrong, not the message
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
    message = Message.objects.select_for_update(of=("self",), no_key=True).get(pk=message.pk)
    if message.state == Message.State.FAILED:
        message.state, message.tries, message.next_try_at = Message.State.QUEUED, 0, clock.now()
        message.save(update_fields=["state", "tries", "next_try_at"])
        record(message, "retry", by=by, edition=message.edition, before="failed", after="queued")
    return message
