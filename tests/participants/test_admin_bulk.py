"""The page that writes to a group: look, then send, once; by the secretariat of the edition alone."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from participants.models import BulkMessage, Link, Message
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make.edition(slug="2030-tirana")


@pytest.fixture
def people(edition):
    return [make.participant(edition, language=language) for language in ("en", "sq", "en", "en")]


@pytest.fixture
def secretary(edition):
    client = Client()
    client.force_login(make.staff("secretariat", edition))
    return client


def page(edition):
    return f"/admin/participants/bulkmessage/write/{edition.slug}/"


def hidden(response):
    """What the form on the page would send beside its buttons."""
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', response.content.decode().replace('type="hidden" ', "")))


def typed(client, edition, **more):
    number = hidden(client.get(page(edition)))["submission"]
    words = {"audience": "status:confirmed", "subject": "The bus", "text": "Dear {name}, see {link}"}
    return words | {"submission": number} | more


def look(client, edition, **more):
    words = typed(client, edition, **more)
    return words, client.post(page(edition), words | {"step": "preview"})


def mails():
    return Message.objects.filter(kind="group")


def test_the_preview_says_how_many_and_what_the_first_read_and_sends_nothing(secretary, edition, people):
    links = Link.objects.count()
    _words, answer = look(secretary, edition)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<b>4 people</b> get this message" in text
    assert "Send 4 mails" in text
    assert len(answer.context["samples"]) == 3
    assert f"Dear {people[0].name}, see http" in text
    assert not re.search(r"/my/[\w-]{43}/", text)
    assert "/my/•••/" in text
    assert (mails().count(), BulkMessage.objects.count(), Link.objects.count()) == (0, 0, links)


def test_the_second_press_sends_and_leads_to_what_became_of_it(secretary, edition, people):
    words, answer = look(secretary, edition)
    answer = secretary.post(page(edition), words | {"counted": answer.context["number"], "step": "send"}, follow=True)
    sent = BulkMessage.objects.get()
    assert answer.redirect_chain[-1][0].endswith(f"/bulkmessage/{sent.pk}/change/")
    assert "4 mails are queued." in answer.content.decode()
    assert sorted(mails().values_list("to", flat=True)) == sorted(person.email for person in people)


def test_pressed_again_it_is_one_message(secretary, edition, people):
    words, answer = look(secretary, edition)
    sends = words | {"counted": answer.context["number"], "step": "send"}
    answers = [secretary.post(page(edition), sends) for _n in range(3)]
    assert len({answer["Location"] for answer in answers}) == 1
    assert mails().count() == 4


def test_another_text_in_a_form_that_was_sent_is_not_said_to_be_queued(secretary, edition, people):
    words, answer = look(secretary, edition)
    sends = words | {"counted": answer.context["number"], "step": "send"}
    secretary.post(page(edition), sends)
    answer = secretary.post(page(edition), sends | {"text": "Another text."})
    assert answer.status_code == 422
    assert "This form was sent before. Load the page again." in answer.content.decode()
    assert len(mails()) == len(people)


def test_without_the_preview_nothing_is_sent(secretary, edition, people):
    answer = secretary.post(page(edition), typed(secretary, edition) | {"step": "send"})
    assert "Nothing is sent yet" in answer.content.decode()
    assert not mails().exists()


def test_a_group_that_changed_since_the_preview_is_shown_again(secretary, edition, people):
    words, answer = look(secretary, edition)
    make.participant(edition)
    answer = secretary.post(page(edition), words | {"counted": answer.context["number"], "step": "send"})
    assert "The group has changed meanwhile." in answer.content.decode()
    assert answer.context["number"] == 5
    assert not mails().exists()
    secretary.post(page(edition), words | {"counted": 5, "step": "send"})
    assert mails().count() == 5


def test_the_text_can_be_changed_after_the_preview(secretary, edition, people):
    words, _answer = look(secretary, edition)
    answer = secretary.post(page(edition), words | {"step": "change"})
    assert answer.status_code == 200
    assert "Dear {name}, see {link}" in answer.content.decode()
    assert words["submission"] in answer.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("audience", ""),
        ("audience", "status:declined"),
        ("audience", "delegation:99999999999999999999"),
        ("subject", ""),
        ("subject", "x" * 151),
        ("subject", "\ufb2c" * 150),
        ("subject", "For {name}"),
        ("subject", "\u200b"),
        ("text", ""),
        ("text", "{nmae}"),
        ("text", "{{name}}"),
        ("text", "a\x00b"),
        ("text", "x" * 5001),
        ("submission", "1"),
        ("submission", ""),
    ],
)
@pytest.mark.parametrize("step", ["preview", "send"])
def test_what_cannot_be_sent_is_said_and_what_was_typed_is_kept(secretary, edition, people, field, value, step):
    words = typed(secretary, edition) | {field: value}
    answer = secretary.post(page(edition), words | {"step": step, "counted": "4"})
    assert answer.status_code in {400, 422}
    assert not mails().exists()
    if answer.status_code == 422 and field != "text":
        assert "Dear {name}, see {link}" in answer.content.decode()


def test_a_group_of_nobody_is_said(secretary, edition):
    _words, answer = look(secretary, edition)
    assert answer.status_code == 422
    assert "Nobody is in this group." in answer.content.decode()


def test_markup_in_a_text_is_shown_not_run(secretary, edition, people):
    _words, answer = look(secretary, edition, text="<script>alert(1)</script> {name}")
    assert "<script>alert" not in answer.content.decode()
    assert "&lt;script&gt;alert(1)" in answer.content.decode()


@pytest.mark.parametrize("role", ["observer", "check-in", "visit-officer", None])
def test_others_find_nothing(edition, people, role):
    client = Client()
    client.force_login(make.staff(role, edition) if role else make.staff("secretariat", make.edition()))
    answer = client.post(page(edition), {"step": "send"})
    assert answer.status_code in {302, 403, 404}
    assert not mails().exists()


def test_the_list_says_what_became_of_each(secretary, edition, people):
    words, answer = look(secretary, edition)
    secretary.post(page(edition), words | {"counted": answer.context["number"], "step": "send"})
    sent = BulkMessage.objects.get()
    mails().filter(pk=mails().first().pk).update(state="failed")
    listed = secretary.get("/admin/participants/bulkmessage/?edition=all").content.decode()
    assert f'bulk__id__exact={sent.pk}&amp;state__exact=queued">3</a>' in listed
    assert f'bulk__id__exact={sent.pk}&amp;state__exact=failed">1</a>' in listed
    found = secretary.get(f"/admin/participants/message/?edition=all&bulk__id__exact={sent.pk}&state__exact=failed")
    assert found.status_code == 200
    assert found.context["cl"].result_count == 1
    opened = secretary.get(f"/admin/participants/bulkmessage/{sent.pk}/change/").content.decode()
    assert "Everybody confirmed" in opened
    assert "Write to a group of" in listed


def test_what_waits_is_stopped_from_the_list(secretary, edition, people):
    words, answer = look(secretary, edition)
    secretary.post(page(edition), words | {"counted": answer.context["number"], "step": "send"})
    sent = BulkMessage.objects.get()
    answer = secretary.post(
        "/admin/participants/bulkmessage/?edition=all",
        {"action": "stop", "_selected_action": [sent.pk]},
        follow=True,
    )
    assert "4 mails are stopped." in answer.content.decode()
    assert set(mails().values_list("state", flat=True)) == {"failed"}


def test_the_list_costs_the_same_with_one_row_and_with_three(secretary, edition, people, django_assert_num_queries):
    def send():
        words, answer = look(secretary, edition)
        secretary.post(page(edition), words | {"counted": answer.context["number"], "step": "send"})
        secretary.get("/admin/")  # shows what the list would show once: that the mails are queued

    send()
    with CaptureQueriesContext(connection) as one:
        secretary.get("/admin/participants/bulkmessage/?edition=all")
    cost = len(one)  # the requests below empty the log
    send()
    send()
    with django_assert_num_queries(cost):
        secretary.get("/admin/participants/bulkmessage/?edition=all")
