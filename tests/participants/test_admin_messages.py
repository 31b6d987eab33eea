"""Mails in the back office: what each kind says, what waits, what failed and is tried again."""

import datetime as dt
import re
import smtplib
import uuid

import pytest
from django.apps import apps
from django.conf import settings
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.utils import timezone as clock

from participants import bulk, delivery
from participants.mail import samples
from participants.models import Message
from tests import make

pytestmark = pytest.mark.django_db
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.fixture
def edition():
    return make.edition(slug="2030-tirana")


@pytest.fixture
def secretary(edition):
    client = Client()
    client.force_login(make.staff("secretariat", edition))
    return client


def rows():
    """How many rows each table of ours has."""
    ours = [*apps.get_app_config("participants").get_models(), *apps.get_app_config("events").get_models()]
    return {model.__name__: model._base_manager.count() for model in ours}


# -- Every kind ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", samples.kinds())
def test_each_kind_of_mail_is_shown_in_each_language_and_nothing_stays(secretary, edition, kind):
    make.visit(edition)
    make.participant(edition)
    before = rows()
    for language in LANGUAGES:
        answer = secretary.get(f"/admin/participants/message/kinds/{edition.slug}/?kind={kind}&language={language}")
        mails = answer.context["mails"]
        assert mails
        for mail in mails:
            assert f'<html lang="{language}">' in mail.html
            assert mail.subject
            assert mail.text
        assert not samples.TOKEN.search(answer.content.decode().replace("csrfmiddlewaretoken", ""))
    assert rows() == before


@pytest.mark.parametrize(("kind", "method"), [("received", ""), ("confirmed", "REQUEST"), ("withdrawn", "CANCEL")])
def test_a_kind_of_mail_is_shown_with_its_calendar(edition, kind, method):
    (mail,) = samples.sample(edition, kind, "en")
    assert re.findall(r"METHOD:(\w+)", mail.calendar) == ([method] if method else [])


def test_a_mail_about_a_visit_is_not_shown_where_there_is_none(secretary, edition):
    answer = secretary.get(f"/admin/participants/message/kinds/{edition.slug}/?kind=visit_place")
    assert "this edition has none" in answer.content.decode()


@pytest.mark.parametrize("asked", ["", "?kind=nothing&language=xx", "?kind=in_words", "?language=%00"])
def test_what_is_no_kind_or_language_gives_the_first(secretary, edition, asked):
    answer = secretary.get(f"/admin/participants/message/kinds/{edition.slug}/{asked}")
    assert answer.status_code in {200, 400}


# -- What waits ---------------------------------------------------------------------------------------------------


def test_a_waiting_mail_is_shown_without_the_secret_of_its_link(secretary, edition):
    message = make.participant(edition).messages.get()
    token = re.search(r"/my/([\w-]{43})/", message.text)
    shown = secretary.get(f"/admin/participants/message/{message.pk}/change/").content.decode()
    assert "Your place is confirmed." in shown
    assert "/my/•••/" in shown
    assert token
    assert token[1] not in shown


def test_a_link_that_is_shown_cut_shows_nothing_of_its_secret(secretary, edition):
    make.participant(edition)
    words = {"subject": "The bus", "text": "See {link}", "by": "sec"}
    sent = bulk.send_bulk(edition=edition, audience="status:confirmed", submission=uuid.uuid4(), **words)
    message = sent.messages.get()
    token = re.search(r"/my/([\w-]{43})/", message.text)
    assert token
    assert re.search(r"/my/[\w-]{10,42}…", message.html)
    shown = secretary.get(f"/admin/participants/message/{message.pk}/change/").content.decode()
    assert "/my/•••" in shown
    assert token[1][:10] not in shown


def test_the_text_of_a_sent_mail_is_gone(secretary, edition):
    message = make.participant(edition).messages.get()
    assert delivery.send_next() == "sent"
    shown = secretary.get(f"/admin/participants/message/{message.pk}/change/").content.decode()
    assert "The text is not kept after the mail is sent." in shown
    assert "Your place is confirmed." not in shown


def test_a_text_that_no_key_reads_is_said_and_holds_up_no_list(secretary, edition):
    message = make.participant(edition).messages.get()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE participants_message SET text = 'f1:broken' WHERE id = %s", [message.pk])
    assert secretary.get("/admin/participants/message/?edition=all").status_code == 200
    shown = secretary.get(f"/admin/participants/message/{message.pk}/change/")
    assert "No key reads this text." in shown.content.decode()


def test_markup_in_a_mail_is_shown_not_run(secretary, edition):
    message = make.participant(edition, family_name="<script>alert(1)</script>").messages.get()
    assert "<script>alert" not in secretary.get(f"/admin/participants/message/{message.pk}/change/").content.decode()


def test_the_first_page_says_how_long_the_oldest_mail_waits(secretary, edition, django_assert_num_queries):
    make.participant(edition)
    message = make.participant(edition).messages.get()
    Message.objects.filter(pk=message.pk).update(queued_at=clock.now() - dt.timedelta(hours=3))
    first = secretary.get("/admin/").content.decode().replace("\xa0", " ")
    assert "<b>2</b> mails waiting, the oldest for 3 hours" in first
    with django_assert_num_queries(1):
        assert Message.objects.backlog()["queued"] == 2
    Message.objects.all().delete()
    assert Message.objects.backlog() == {"queued": 0, "failed": 0, "oldest": None}


# -- What failed --------------------------------------------------------------------------------------------------


class Refusing(EmailBackend):
    """A mail server that says no."""

    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such user")})


def test_a_failed_mail_is_on_the_first_page_with_its_reason_and_is_tried_again(secretary, edition, settings):
    message = make.participant(edition).messages.get()
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    assert delivery.send_next() == "failed"
    first = secretary.get("/admin/").content.decode()
    assert re.search(r"<b>1</b> mails failed", first)
    assert (
        "SMTPRecipientsRefused 550"
        in secretary.get(f"/admin/participants/message/{message.pk}/change/").content.decode()
    )
    secretary.post(
        "/admin/participants/message/?edition=all",
        {"action": "try_again", "_selected_action": [message.pk]},
        follow=True,
    )
    message.refresh_from_db()
    assert (message.state, message.tries) == ("queued", 0)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert delivery.send_next() == "sent"


def test_the_list_costs_the_same_with_one_mail_and_with_three(secretary, edition, django_assert_max_num_queries):
    make.participant(edition)
    with django_assert_max_num_queries(40) as one:
        secretary.get("/admin/participants/message/?edition=all")
    for _n in range(2):
        make.participant(edition)
    with django_assert_max_num_queries(len(one)):
        secretary.get("/admin/participants/message/?edition=all")
    assert Message.objects.count() == 3
