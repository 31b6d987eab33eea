"""The agenda as PDF and table over HTTP: from the latest release, drawn once, answered from memory."""

import threading
import time

import pytest
from django.test import Client

from events.caching import bodies
from events.models import Edition
from events.scheduling import release_agenda
from tests import make

pytestmark = pytest.mark.django_db
ENDINGS = ["pdf", "xlsx"]


@pytest.fixture
def edition():
    bodies.clear()
    made = make.edition()
    make.speaker(make.session(made))
    release_agenda(edition=made, by="test")
    return made


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_paper_is_of_the_latest_release(client, edition, ending):
    address = f"/editions/{edition.slug}/agenda.{ending}"
    first = client.get(address)
    make.session(edition, "Unreleased")
    assert client.get(address).content == first.content
    release_agenda(edition=edition, by="test")
    assert client.get(address)["ETag"] != first["ETag"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_name_of_the_file_says_what_it_is(client, edition, ending):
    answer = client.get(f"/editions/{edition.slug}/agenda.{ending}")
    assert answer["Content-Disposition"] == f'inline; filename="{edition.slug}-1.{ending}"'
    assert answer.content[:4] in {b"%PDF", b"PK\x03\x04"}


@pytest.mark.parametrize("ending", ENDINGS)
def test_one_query_and_no_body_for_who_has_it(client, edition, ending, django_assert_num_queries):
    address = f"/editions/{edition.slug}/agenda.{ending}"
    known = client.get(address)["ETag"]
    with django_assert_num_queries(1):
        assert client.get(address, headers={"If-None-Match": known}).status_code == 304
    with django_assert_num_queries(1):
        assert client.head(address).status_code == 200


@pytest.mark.parametrize("ending", ENDINGS)
def test_only_what_is_public_has_a_paper(client, edition, ending):
    address = f"/editions/{edition.slug}/agenda.{ending}"
    assert client.post(address).status_code == 405
    Edition.objects.filter(pk=edition.pk).update(status="draft")
    assert client.get(address).status_code == 404
    assert client.get(f"/editions/nowhere/agenda.{ending}").status_code == 404
    assert client.get(f"/editions/{make.edition().slug}/agenda.{ending}").status_code == 404


@pytest.mark.parametrize("language", ["bs", "ro", "sq", "sl", "bg", "mk"])
@pytest.mark.parametrize("ending", ENDINGS)
def test_each_language_has_its_own(client, edition, ending, language):
    english = client.get(f"/editions/{edition.slug}/agenda.{ending}")
    assert client.get(f"/{language}/editions/{edition.slug}/agenda.{ending}")["ETag"] != english["ETag"]


@pytest.mark.django_db(transaction=True)
def test_many_readers_at_once_have_it_drawn_once(edition, monkeypatch):
    drawn = []
    started = threading.Barrier(6)

    def slowly(agenda, **more):
        drawn.append(agenda.number)
        time.sleep(0.2)
        return b"%PDF-"

    monkeypatch.setattr("events.views.papers.agenda_pdf", slowly)
    answers = []

    def read():
        from django.db import connection

        started.wait()
        answers.append(Client().get(f"/editions/{edition.slug}/agenda.pdf").content)
        connection.close()

    readers = [threading.Thread(target=read) for _ in range(6)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert answers == [b"%PDF-"] * 6
    assert drawn == [1]
