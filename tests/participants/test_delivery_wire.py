"""The mail worker and a mail server that speaks SMTP: what it refuses, drops and delays."""

import email
import email.policy
import smtplib
import threading
import uuid
from collections.abc import Iterator

import pytest
from django.db import connection

from participants import bulk, delivery
from participants.models import Message, Participant
from tests import make
from tests.participants import mail_server

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings) -> Iterator[mail_server.MailServer]:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 5
    with mail_server.running() as one:
        settings.EMAIL_PORT = one.port
        yield one


@pytest.fixture
def person() -> Participant:
    return make.participant(make.edition(), given_name="Bérengère", family_name="Đukić")


def try_once() -> tuple[str | None, str]:
    """The new state of the message and the last line of its log."""
    state = delivery.send_next()
    return state, Message.objects.get().log[-1]["what"]


def test_an_accepted_mail_arrives_whole(server, person):
    assert try_once() == ("sent", "sent")
    (mail,) = server.accepted
    assert f"To: {person.email}\r\n" in mail
    assert "Subject: RASR Tirana: your place is confirmed\r\n" in mail
    assert "Auto-Submitted: auto-generated\r\n" in mail
    assert "Reply-To: secretariat@example.org\r\n" in mail
    assert Message.objects.get().message_id in mail
    assert max(map(len, mail.splitlines())) <= 998


@pytest.mark.parametrize(
    ("command", "line"),
    [("RCPT", "550 no such user"), ("MAIL", "552 too large"), ("DATA", "554 no"), ("MAIL-END", "554 looks like spam")],
)
def test_a_final_no_at_any_point_fails_the_message_with_the_code(server, person, command, line):
    server.answers[command] = line
    state, why = try_once()
    assert state == "failed"
    assert why.endswith(line[:3])
    assert server.accepted == []


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("CONNECT", "421 too busy"),
        ("CONNECT", "554 not for your network"),
        ("CONNECT", ""),
        ("MAIL", "451 try later"),
        ("MAIL", ""),
        ("RCPT", "450 greylisted"),
        ("RCPT", "452 mailbox full"),
        ("DATA", "421 closing"),
        ("MAIL-END", "451 try later"),
        ("MAIL-END", ""),
    ],
)
def test_what_may_pass_is_tried_again_with_the_same_number(server, person, command, line):
    server.answers[command] = line
    assert try_once()[0] == "queued"
    server.answers.clear()
    message = Message.objects.get()
    assert message.tries == 1
    assert delivery.send_next(message.next_try_at) == "sent"
    assert message.message_id in server.accepted[-1]


def test_a_server_that_is_away_is_tried_again(server, person, settings):
    settings.EMAIL_PORT = 9
    state, why = try_once()
    assert (state, why) == ("queued", "ConnectionRefusedError")


def test_a_no_for_one_address_holds_up_nobody_else(server):
    edition = make.edition()
    for _n in range(3):
        make.participant(edition)
    said = iter(["450 greylisted", "550 no such user", "250 ok"])
    server.answers = _Each({"RCPT": said})
    assert delivery.run(lambda: False, once=True) == 1
    assert sorted(Message.objects.values_list("state", flat=True)) == ["failed", "queued", "sent"]


class _Each(dict[str, str]):
    """Another answer each time for some commands."""

    def __init__(self, said):
        super().__init__()
        self.said = said

    def get(self, command, usual=None):
        return next(self.said[command]) if command in self.said else usual


def test_a_server_that_is_slower_than_our_transactions_may_be_gets_the_mail_once(server, person):
    """The limit of the database on idle transactions would undo "sent", and the mail would go out for ever."""
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '300ms'")
    waited = []

    def slow() -> None:
        waited.append(threading.Event().wait(1))

    server.before_accepting = slow
    try:
        assert delivery.send_next() == "sent"
        assert delivery.send_next() is None
    finally:
        connection.close()
    assert waited
    assert len(server.accepted) == 1


def test_the_reason_in_the_log_never_quotes_the_server(server, person):
    server.answers["RCPT"] = f"550 <{person.email}> is unknown here"
    _state, why = try_once()
    assert why == f"{smtplib.SMTPRecipientsRefused.__name__} 550"


# -- What stands in the head of a mail -------------------------------------------------------------------------------

NASTY = [
    "Evil\r\nBcc: other@example.org",
    "Evil\nBcc: other",
    "Tab\tand\x0bmore\x0c",
    "‮RLO⁦isolated⁩",
    "Ž" * 150,
    "x" * 150,
    "Ћирилица Đorđe 😀 Ștefan",
    "=?utf-8?b?QmNjOiB4?=",
    '"quoted", <angle@example.org>',
    "\x7f\x85\u2028next",
]


@pytest.mark.parametrize("name", NASTY)
def test_no_name_adds_a_header_or_breaks_one(server, name):
    edition = make.edition(city=name[:100], title=name, venue=name)
    given = dict.fromkeys(("family_name", "function", "organisation"), name)
    person = make.participant(edition, of=name, **given)
    assert delivery.send_next() == "sent"
    (mail,) = server.accepted
    read = email.message_from_string(mail, policy=email.policy.default)
    once = ["From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Auto-Submitted"]
    assert sorted(read.keys()) == sorted([*once, "Content-Type", "X-Message-Kind"])
    assert read["To"] == person.email
    assert server.recipients == [person.email]
    assert max(map(len, mail.splitlines())) <= 998
    assert not [fault for part in read.walk() for fault in part.defects]
    if "=?" not in name:  # what is written like an encoded word is read as one, and is still the subject alone
        assert read["Subject"].strip() == Message.objects.get().subject


@pytest.mark.parametrize(
    ("address", "on_the_wire"),
    [
        ("boris@bücher.example", "boris@xn--bcher-kva.example"),
        ("o'brien+rasr@example.org", "o'brien+rasr@example.org"),
        ('"a b"@example.org', '"a b"@example.org'),
    ],
)
def test_an_address_of_any_kind_is_one_recipient(server, address, on_the_wire):
    make.participant(make.edition(), email=address)
    assert delivery.send_next() == "sent"
    assert server.recipients == [on_the_wire]
    assert f"\r\nTo: {on_the_wire}\r\n" in server.accepted[0]


def test_a_long_subject_in_any_script_is_folded_and_reads_the_same(server):
    edition = make.edition(title="Работилница за безбедност на складишта " * 4)
    make.participant(edition)
    Message.objects.all().delete()
    words = {"subject": "Автобус {edition}", "text": "It leaves at 8.", "by": "sec"}
    sent = bulk.send_bulk(edition=edition, audience="status:confirmed", submission=uuid.uuid4(), **words)
    assert delivery.send_next() == "sent"
    head = server.accepted[0].split("\r\n\r\n")[0]
    assert max(map(len, head.split("\r\n"))) <= 78
    read = email.message_from_string(server.accepted[0], policy=email.policy.default)
    assert read["Subject"].strip() == sent.messages.get().subject
    assert read["List-Unsubscribe"] == "<mailto:secretariat@example.org?subject=unsubscribe>"
