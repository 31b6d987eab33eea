"""Hearing of changes from the database."""

import pytest
from django.db import connection, transaction

from events import documents
from events.models import AgendaRelease, Document, Edition
from events.scheduling import release_agenda
from rasr import listening
from rasr.listening import Listening
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heard(monkeypatch):
    monkeypatch.setattr(listening, "PAUSE", 0)
    monkeypatch.setattr(listening, "HEARD_AFTER", 0)  # it makes sure each time that it is asked
    made = Listening()
    yield made
    made.end()


@pytest.fixture
def edition():
    made = make.edition()
    make.session(made)
    return made


def test_a_release_is_heard_of(heard, edition):
    before = heard.changes()
    assert heard.changes() == before
    release_agenda(edition=edition, by="test")
    assert heard.changes() == before + 1


@pytest.mark.parametrize("change", [{"status": "draft"}, {"slug": "elsewhere"}])
def test_it_is_heard_that_an_edition_is_taken_back_or_moved(heard, edition, change):
    before = heard.changes()
    Edition.objects.filter(pk=edition.pk).update(**change)
    assert heard.changes() > before


def test_it_is_heard_that_something_was_deleted(heard, edition):
    release_agenda(edition=edition, by="test")
    before = heard.changes()
    AgendaRelease.objects.all().delete()
    assert heard.changes() > before


def test_it_is_heard_that_a_document_came_or_changed_but_not_that_it_was_read(heard, edition):
    before = heard.changes()
    paper = Document.objects.create(edition=edition, title="Paper", url="https://example.org/")
    assert heard.changes() == before + 1
    documents.count_downloads([paper.pk])
    assert heard.changes() == before + 1
    paper.access = "secretariat"
    paper.save(update_fields=["access"])
    assert heard.changes() == before + 2
    paper.delete()
    assert heard.changes() == before + 3


def test_what_the_public_does_not_see_is_not_told(heard, edition):
    before = heard.changes()
    edition.city = "Elsewhere"
    edition.save(update_fields=["city"])
    edition.sessions.update(title="Secret")
    assert heard.changes() == before


def test_a_change_is_told_when_it_is_committed_and_not_before(heard, edition):
    before = heard.changes()
    with transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(status="draft")
        assert heard.changes() == before
    assert heard.changes() == before + 1
    with transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(status="published")
        transaction.set_rollback(True)
    assert heard.changes() == before + 1


def end_listeners():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE query IN ('LISTEN rasr_agenda', 'SELECT 1') AND datname = current_database()"
        )
        return cursor.fetchall()


def test_after_the_connection_was_lost_anything_may_have_changed(heard):
    before = heard.changes()
    assert end_listeners() == [(True,)]
    assert heard.changes() is None
    assert heard.changes() > before


def test_while_the_database_is_away_nobody_tries_all_the_time(heard, monkeypatch):
    tries = []

    class Away:
        def connect(self):
            tries.append(1)
            raise listening.DatabaseError

    monkeypatch.setattr(listening, "PAUSE", 3600)
    monkeypatch.setattr(listening.connections, "create_connection", lambda alias: Away())
    assert [heard.changes() for _time in range(5)] == [None] * 5
    assert len(tries) == 1
