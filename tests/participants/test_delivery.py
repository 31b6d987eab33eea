"""The mail worker, with a mail server that refuses, delays and drops."""

import datetime as dt
import email
import email.policy
import logging
import re
import smtplib
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as django_mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import OperationalError, connection
from django.utils import timezone as clock

from participants import changing, delivery, nominating
from participants.models import Message
from tests import make

pytestmark = pytest.mark.django_db


class Server(EmailBackend):
    """A mail server in the memory of the test, with an answer for each address."""

    answers: dict[str, Exception] = {}

    def send_messages(self, messages):
        for message in messages:
            if error := self.answers.get(message.to[0]):
                raise error
        return super().send_messages(messages)


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    django_mail.outbox = []
    Server.answers = {}
    return Server


def queued():
    make.participant(make.edition())
    return Message.objects.latest("pk")


def deliver(at=None):
    return delivery.send_next(at)


def test_a_queued_message_is_sent_once_and_then_holds_no_text():
    message = queued()
    text = message.text
    assert deliver() == "sent"
    assert deliver() is None
    (sent,) = django_mail.outbox
    message.refresh_from_db()
    assert sent.body == text
    assert sent.to == [message.to]
    assert sent.extra_headers["Message-ID"] == message.message_id
    assert (message.state, message.text, message.html, message.calendar) == ("sent", "", "", "")
    assert message.sent_at


def test_the_mail_has_text_html_calendar_and_the_right_headers(settings):
    queued()
    deliver()
    whole = email.message_from_bytes(django_mail.outbox[0].message().as_bytes(), policy=email.policy.default)
    kinds = [part.get_content_type() for part in whole.walk()]
    assert "text/plain" in kinds
    assert "text/html" in kinds
    assert "text/calendar" in kinds
    assert whole["From"] == settings.DEFAULT_FROM_EMAIL
    assert whole["Reply-To"] == "secretariat@example.org"
    assert whole["Auto-Submitted"] == "auto-generated"
    assert whole["Bcc"] is None


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({"x": (550, b"no such user person@example.org")}),
        smtplib.SMTPDataError(554, b"no"),
        smtplib.SMTPResponseException(500, b"no"),
    ],
)
def test_a_final_no_fails_the_message_and_says_the_code_without_the_address(server, error):
    message = queued()
    server.answers[message.to] = error
    assert deliver() == "failed"
    message.refresh_from_db()
    assert message.text
    assert str(next(iter(delivery._codes(error)))) in message.log[-1]["what"]
    assert "person" not in message.log[-1]["what"]


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({"x": (452, b"mailbox full")}),
        smtplib.SMTPResponseException(421, b"busy"),
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPAuthenticationError(535, b"password"),
        smtplib.SMTPConnectError(554, b"not you"),
        smtplib.SMTPHeloError(550, b"not you"),
        ConnectionRefusedError(),
        TimeoutError(),
    ],
)
def test_what_may_pass_is_tried_again_later_with_the_same_number(server, error):
    message = queued()
    number = message.message_id
    server.answers[message.to] = error
    assert deliver() == "queued"
    assert deliver() is None
    server.answers.clear()
    assert deliver(clock.now() + dt.timedelta(minutes=2)) == "sent"
    message.refresh_from_db()
    assert (message.tries, message.message_id) == (2, number)


def test_gaps_grow_and_after_two_days_the_message_has_failed(server):
    message = queued()
    server.answers[message.to] = ConnectionRefusedError()
    now, gaps = clock.now() + dt.timedelta(seconds=1), []
    while deliver(now) == "queued":
        message.refresh_from_db()
        gaps.append(message.next_try_at - now)
        now = message.next_try_at
    message.refresh_from_db()
    assert message.state == "failed"
    assert gaps == sorted(gaps)
    assert sum(gaps, dt.timedelta()) > dt.timedelta(days=1)
    assert len(message.log) == message.tries


@pytest.mark.django_db(transaction=True)
def test_one_bad_message_does_not_hold_up_the_others(server):
    edition = make.edition()
    first = make.participant(edition)
    for _n in range(3):
        make.participant(edition)
    server.answers[first.email] = ConnectionRefusedError()
    assert delivery.run(lambda: False, once=True) == 3
    assert Message.objects.filter(state="queued").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_no_key_reads_fails_and_the_worker_goes_on(server):
    broken, good = queued(), queued()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE participants_message SET text = 'f1:broken' WHERE id = %s", [broken.pk])
    assert delivery.run(lambda: False, once=True) == 1
    found = Message.objects.defer(*delivery.TEXTS).get(pk=broken.pk)
    assert (found.state, found.log[-1]["what"]) == ("failed", "DecryptionFailed")
    good.refresh_from_db()
    assert good.state == "sent"


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_cannot_be_written_fails_and_the_worker_goes_on(server):
    broken, good = queued(), queued()
    server.answers[broken.to] = ValueError("cannot be encoded")
    assert delivery.run(lambda: False, once=True) == 1
    broken.refresh_from_db()
    good.refresh_from_db()
    assert (broken.state, good.state) == ("failed", "sent")


def test_a_failed_message_can_be_queued_again(server):
    message = queued()
    server.answers[message.to] = smtplib.SMTPDataError(554, b"no")
    deliver()
    server.answers.clear()
    delivery.retry(message=message, by="sec")
    assert deliver(clock.now() + dt.timedelta(seconds=1)) == "sent"
    assert delivery.retry(message=message, by="sec").state == "sent"


@pytest.mark.parametrize("whose", ["participant", "nomination", "delegation"])
def test_a_mail_to_an_address_that_its_reader_has_left_is_not_sent(whose):
    edition = make.edition()
    delegation = make.delegation(edition, contact_email="old@example.org")
    reader: Any
    if whose == "participant":
        reader = make.participant(edition, email="old@example.org")
    elif whose == "nomination":
        reader = make.named(delegation, email="old@example.org")
    else:
        reader = nominating.invite(delegation=delegation, by="sec")
    message = reader.messages.get()
    field = "contact_email" if whose == "delegation" else "email"
    setattr(reader, field, "new@example.org")
    reader.save()
    assert deliver() == "failed"
    message.refresh_from_db()
    assert message.log[-1]["what"] == "AddressChanged"
    delivery.retry(message=message, by="sec")
    assert deliver() == "failed"
    assert not django_mail.outbox


def test_an_address_that_is_only_written_in_another_way_is_the_same():
    delegation = make.delegation(make.edition(), contact_email="Ana@Example.org")
    nominating.invite(delegation=delegation, by="sec")
    delegation.contact_email = "ana@example.org"
    delegation.save(update_fields=["contact_email"])
    assert deliver() == "sent"


def test_both_mails_about_a_new_address_are_sent_to_addresses_not_in_force():
    person = make.participant(make.edition(), email="old@example.org")
    link = changing.ask_new_address(participant=person, email="new@example.org", by="participant")
    assert [deliver() for _n in range(4)] == ["sent", "sent", "sent", None]
    changing.confirm_new_address(link=link, by="participant")
    assert [deliver() for _n in range(3)] == ["sent", "sent", None]
    assert [mail.to for mail in django_mail.outbox[-2:]] == [["new@example.org"], ["old@example.org"]]


def test_the_text_of_a_waiting_message_is_a_token_in_the_database():
    queued()
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, html, calendar FROM participants_message")
        for value in cursor.fetchone():
            assert value.startswith("f1:")


def test_without_a_mail_server_mails_are_files_that_only_their_owner_opens(settings):
    settings.EMAIL_BACKEND = "participants.delivery.FolderBackend"
    message = queued()
    assert deliver() == "sent"
    (path,) = Path(settings.EMAIL_FILE_PATH).iterdir()
    assert path.suffix == ".eml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert re.fullmatch(r"\d{8}-\d{6}-\d{6}-confirmed-[0-9a-f]{4}\.eml", path.name)
    assert email.message_from_bytes(path.read_bytes())["To"] == message.to


@pytest.mark.django_db(transaction=True)
def test_the_worker_waits_for_a_database_that_is_away_but_not_when_it_runs_once(monkeypatch):
    tries = []

    def away(at=None):
        tries.append(at)
        raise OperationalError

    monkeypatch.setattr(delivery, "send_next", away)
    monkeypatch.setattr(delivery, "PAUSE", 0)
    assert delivery.run(lambda: len(tries) == 3) == 0
    with pytest.raises(OperationalError):
        delivery.run(lambda: False, once=True)


def test_no_log_line_holds_an_address(server, monkeypatch):
    lines: list[logging.LogRecord] = []

    def keep(line: logging.LogRecord) -> bool:
        lines.append(line)
        return True

    log = logging.Logger("mail")
    log.addFilter(keep)
    monkeypatch.setattr(delivery, "log", log)
    message = queued()
    server.answers[message.to] = smtplib.SMTPRecipientsRefused({message.to: (550, message.to.encode())})
    deliver()
    assert len(lines) == 1
    assert message.to not in str(vars(lines[0]))
