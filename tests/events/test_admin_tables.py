"""The back office loads an agenda from a table in two presses."""

import base64
import io

import pytest

from events.exports import agenda_xlsx
from events.models import HistoryLine, Session
from events.scheduling import release_agenda, released_agenda
from tests import make
from tests.events.tables import table

pytestmark = pytest.mark.django_db
ROW = ("8.10.2030", "9:00", "10:00", "Hall B", "panel", "From the table", "Ana | Adviser")


@pytest.fixture
def edition():
    return make.edition()


@pytest.fixture
def staff(client, edition):
    client.force_login(make.staff("secretariat", edition))
    return client


def send(client, edition, content, name="agenda.xlsx"):
    file = io.BytesIO(content)
    file.name = name
    return client.post(f"/admin/events/edition/{edition.pk}/load/", {"table": file})


def press_again(client, edition, content):
    packed = base64.b64encode(content).decode()
    return client.post(f"/admin/events/edition/{edition.pk}/load/", {"packed": packed}, follow=True)


def test_the_first_press_shows_what_was_understood_and_writes_nothing(staff, edition):
    answer = send(staff, edition, table(ROW))
    text = answer.content.decode()
    assert answer.status_code == 200
    for words in ("Nothing is written yet", "1 new", "From the table", "Hall B", "New: “From the table”", "row 2"):
        assert words in text
    assert not edition.sessions.exists()
    assert not edition.rooms.exists()
    assert not HistoryLine.objects.filter(verb="loaded").exists()


def test_the_second_press_writes_it_and_says_so(staff, edition):
    shown = send(staff, edition, table(ROW)).content.decode()
    packed = shown.split('name="packed" value="')[1].split('"')[0]
    answer = staff.post(f"/admin/events/edition/{edition.pk}/load/", {"packed": packed}, follow=True)
    assert "1 new, 0 changed" in answer.content.decode()
    held = edition.sessions.get()
    assert (str(held.title), held.kind, held.room.name) == ("From the table", "panel", "Hall B")
    assert held.start == make.local(edition, 9)
    assert HistoryLine.objects.filter(verb="loaded", edition=edition).count() == 1


def test_wrong_rows_are_named_and_nothing_can_be_pressed(staff, edition):
    answer = send(staff, edition, table(ROW, ("8.10.2030", "late", "", "", "", "Other")))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "row 3, Start" in text
    assert 'name="packed"' not in text
    assert not edition.sessions.exists()


def test_a_changed_table_changes_what_was_changed_in_it_and_keeps_what_staff_edited(staff, edition):
    first = make.session(edition, "Depots")
    second = make.session(edition, "Surplus", 11, 12)
    release_agenda(edition=edition, by="test")
    edition.refresh_from_db()
    agenda = released_agenda(edition.slug)
    assert agenda
    content = agenda_xlsx(_retitled(agenda, first.pk, "Depots and more"), language="en")
    Session.objects.filter(pk=second.pk).update(title="Edited here")
    shown = send(staff, edition, content).content.decode()
    assert "New title: “Depots and more”, was “Depots”." in shown
    assert "title of “Edited here”: edited here since, kept." in shown
    press_again(staff, edition, content)
    assert sorted(str(one.title) for one in edition.sessions.all()) == ["Depots and more", "Edited here"]
    press_again(staff, edition, content)
    assert sorted(str(one.title) for one in edition.sessions.all()) == ["Depots and more", "Edited here"]


def _retitled(agenda, key, title):
    import dataclasses

    items = [dataclasses.replace(i, title={"en": title}) if i.id == key else i for i in agenda.items]
    return dataclasses.replace(agenda, items=tuple(items))


def test_a_table_of_another_edition_says_so(staff, edition):
    other = make.edition()
    make.session(other, "Elsewhere")
    release_agenda(edition=other, by="test")
    agenda = released_agenda(other.slug)
    assert agenda
    content = agenda_xlsx(agenda, language="en")
    text = send(staff, edition, content).content.decode()
    assert f"The table is of the edition {other.slug}." in text
    press_again(staff, edition, content)
    assert (edition.sessions.count(), other.sessions.count()) == (1, 1)


@pytest.mark.parametrize("packed", ["", "###", "UEs=", "\x00", "é", "QUJD", "[]"])
def test_a_second_press_with_anything_else_is_refused(staff, edition, packed):
    assert staff.post(f"/admin/events/edition/{edition.pk}/load/", {"packed": packed}).status_code in {400, 422}
    assert not edition.sessions.exists()


@pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.7", b"a;b\n", b"\xff\xfe", b"{}", b"<a/>", b"x" * 2_100_000])
def test_a_file_that_is_none_is_refused_with_a_sentence(staff, edition, content):
    answer = send(staff, edition, content)
    assert answer.status_code == 422
    assert b"errorlist" in answer.content or b"errornote" in answer.content


def test_only_who_may_change_the_edition(client, edition):
    address = f"/admin/events/edition/{edition.pk}/load/"
    assert client.get(address).status_code == 302
    for user in (make.staff("secretariat", make.edition()), make.staff("observer", edition)):
        client.force_login(user)
        assert client.get(address).status_code in {403, 404}
        assert send(client, edition, table(ROW)).status_code in {403, 404}
        assert press_again(client, edition, table(ROW)).status_code in {403, 404}
    assert not edition.sessions.exists()


def test_an_edition_that_is_not_there(staff):
    assert staff.get("/admin/events/edition/999999999/load/").status_code == 404
