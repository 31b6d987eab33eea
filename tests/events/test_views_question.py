"""Filters and search of the agenda: links that can be shared and combined, and what of them is kept."""

import re

import pytest
from django.test import Client

from events import caching
from events.models import Topic
from events.scheduling import release_agenda
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept():
    caching.bodies.clear()


@pytest.fixture
def edition():
    """Three sessions in two rooms on two days."""
    made = make.edition()
    hall, library = make.room(made, "Hall A"), make.room(made, "Library")
    topic = Topic.objects.create(edition=made, name="Disposal")
    opening = make.session(made, {"en": "Opening", "sq": "Hapja"}, room=hall, kind="opening")
    make.speaker(opening, "Petro Koçi")
    group = make.session(made, "Subject A", 10, 12, room=library, kind="working_group")
    group.topics.add(topic)
    make.session(made, "Subject B", 10, 12, room=hall, kind="working_group", on=1)
    release_agenda(edition=made, by="sec")
    return made


def answer(edition, query="", language="", **headers):
    return Client().get(f"{language}/editions/{edition.slug}/agenda/{query}", headers=headers)


def titles(edition, query):
    body = answer(edition, query).content.decode()
    return re.findall(r"<h3><a [^>]*>(.*?)</a></h3>", body)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=koci", ["Opening"]),
        ("?q=КОЧИ", ["Opening"]),
        ("?q=hapja", ["Opening"]),
        ("?q=subject", ["Subject A", "Subject B"]),
        ("?q=subject+hall", ["Subject B"]),
        ("?q=subject&day=2030-10-08", ["Subject A"]),
        ("?kind=working_group", ["Subject A", "Subject B"]),
        ("?kind=working_group&day=2030-10-09", ["Subject B"]),
        ("?q=", ["Opening", "Subject A", "Subject B"]),
    ],
)
def test_search_and_filters_combine(edition, query, found):
    assert titles(edition, query) == found


def test_the_number_of_sessions_that_fit_is_said(edition):
    body = answer(edition, "?q=subject").content.decode()
    status = body[body.index('<div class="banner" role="status">') :]
    assert "2 sessions of 3 fit." in status[:400]
    assert "“subject”" in status[:1200]


def test_each_filter_keeps_the_others_and_the_form_keeps_all(edition):
    room = edition.rooms.get(name="Hall A").pk
    body = answer(edition, f"?q=subject&room={room}&at=2030-10-08T10:00").content.decode()
    assert f'href="?q=subject&amp;room={room}&amp;at=2030-10-08T10%3A00%3A00&amp;kind=working_group"' in body
    assert f'<input type="hidden" name="room" value="{room}">' in body
    assert '<input type="hidden" name="at" value="2030-10-08T10:00:00">' in body
    assert f'href="?room={room}&amp;at=2030-10-08T10%3A00%3A00"' in body, "the search alone can be taken away"


def test_who_asks_for_another_language_keeps_the_question(edition):
    assert 'href="/sq/editions/' in answer(edition, "?q=subject").content.decode()
    assert "Hapja" in answer(edition, "?q=OPENING", "/sq").content.decode()


@pytest.mark.parametrize("query", ["?kind=dance", "?kind=%00", "?q=%00", "?q=%ff", "?kind=" + "x" * 5000])
def test_what_cannot_be_read_is_refused_in_words(edition, query):
    refused = answer(edition, query)
    assert refused.status_code == 400
    assert "cannot be read" in refused.content.decode()


@pytest.mark.parametrize("text", ["x" * 10_000, "x " * 5_000, "%25_\\'\"(" * 1000, "<script>alert(1)</script>", "🙂"])
def test_an_absurd_search_finds_nothing_and_breaks_nothing(edition, text):
    found = Client().get(f"/editions/{edition.slug}/agenda/", {"q": text})
    body = found.content.decode()
    assert found.status_code == 200
    assert "0 sessions of 3 fit." in body
    assert "<script>alert" not in body
    assert len(body) < 60_000


def test_searches_are_not_kept_in_memory_and_have_a_tag(edition):
    for number in range(20):
        answer(edition, f"?q=word{number}")
        answer(edition, f"?room={number + 10**6}")
        answer(edition, f"?at=2030-10-08T10:{number:02}")
        answer(edition, f"?day=2030-11-{number + 1:02}")
    assert len(caching.bodies._kept) == 0
    first = answer(edition, "?q=subject")
    assert answer(edition, "?q=subject", if_none_match=first["ETag"]).status_code == 304
    assert first["ETag"] != answer(edition, "?q=opening")["ETag"]


def test_what_many_ask_is_kept(edition):
    room = edition.rooms.first().pk
    for query in ("", "?day=2030-10-08", f"?room={room}", "?kind=working_group", "?from=elsewhere"):
        answer(edition, query)
    assert len(caching.bodies._kept) == 4  # the last is the first
    answer(edition, f"?day=2030-10-08&room={room}")
    assert len(caching.bodies._kept) == 4


def test_a_search_costs_one_query(edition, django_assert_num_queries):
    answer(edition)
    with django_assert_num_queries(1):
        answer(edition, "?q=subject")
