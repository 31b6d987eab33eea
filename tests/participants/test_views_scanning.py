"""The check-in desk for programs: the answers of the public contract, and a sentence for what cannot be read."""

import datetime as dt
import json
import uuid
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from participants.models import Attendance, Scan
from tests.participants.at_the_desk import confirmed, running_edition, signed_in, staff

pytestmark = pytest.mark.django_db

ODD: list[Any] = [1, "", "  ", [], {}, "x" * 999]
WRONG: list[dict[str, Any]] = [
    *({name: None} for name in ("code", "point", "nonce", "at")),
    *({name: odd} for name in ("code", "point", "nonce", "at") for odd in ODD),
    *({"at": value} for value in ("yesterday", "2018-10-09", "2018-13-45T00:00Z", "0001-01-01T00:00:00+14:00")),
    *({"at": value} for value in ("2200-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "2026-01-01T10:00:00")),
    *({"nonce": value} for value in ("1", "not-a-uuid", "é")),
    *({"point": value} for value in ("day:2018-10-09", "session:1", "day:", "session:x")),
]


@pytest.fixture
def edition():
    return running_edition()


@pytest.fixture
def person(edition):
    return confirmed(edition)


@pytest.fixture
def phone(edition):
    return signed_in(staff(edition=edition))


def at(edition, page):
    return f"/checkin/{edition.slug}/{page}"


def send(phone, edition, asked, page="scan/"):
    body = asked if isinstance(asked, str | bytes) else json.dumps(asked)
    return phone.post(at(edition, page), body, content_type="application/json")


def asked_of(person, edition, **changed):
    given = {"code": person.code, "point": f"day:{edition.days[0]}", "nonce": str(uuid.uuid4())}
    return given | {"at": timezone.now().isoformat()} | changed


def test_a_program_gets_the_answer_of_the_contract(phone, person, edition):
    asked = asked_of(person, edition)
    answer = send(phone, edition, asked)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    told = answer.json()
    assert set(told) == {"status", "reason", "at", "participant"}
    assert told["status"] == "ok"
    assert told["participant"] == {"name": "Mira Primjerić", "delegation": "Serbia", "role": "delegate"}
    assert dt.datetime.fromisoformat(told["at"]).tzinfo is not None
    assert send(phone, edition, asked).json() == told
    assert Scan.objects.count() == 1


def test_a_program_can_undo(phone, person, edition):
    asked = asked_of(person, edition)
    send(phone, edition, asked)
    answer = send(phone, edition, {"nonce": asked["nonce"]}, "undo/")
    assert (answer.status_code, answer.json()["status"]) == (200, "undone")
    assert not Attendance.objects.standing().exists()
    assert send(phone, edition, {"nonce": str(uuid.uuid4())}, "undo/").status_code == 404
    assert send(phone, edition, {"nonce": "x"}, "undo/").status_code == 400
    again = asked_of(person, edition)
    send(phone, edition, again)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16)):
        late = send(phone, edition, {"nonce": again["nonce"]}, "undo/")
    assert (late.status_code, "15 minutes" in late.json()["error"]) == (409, True)


@pytest.mark.parametrize("changed", WRONG)
def test_what_a_program_sends_wrongly_is_said_in_a_sentence(phone, person, edition, changed):
    asked = {key: value for key, value in asked_of(person, edition, **changed).items() if value is not None}
    answer = send(phone, edition, asked)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert not Scan.objects.exists()


@pytest.mark.parametrize("body", ["", "{", "[]", "null", "1", '"x"', '{"code": NaN}', "[" * 100_000, b"\xff\xfe"])
def test_a_body_that_is_no_object_is_answered_400(phone, edition, body):
    assert send(phone, edition, body).status_code == 400


@pytest.mark.parametrize("code", ["BCDF\\u00002345", "\\ud800"])
@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
def test_bytes_that_are_no_text_never_break_the_answer(phone, edition, code, kind):
    asked = {"point": f"day:{edition.days[0]}", "nonce": str(uuid.uuid4()), "at": timezone.now().isoformat()}
    body = json.dumps(asked | {"code": "CODE"}).replace("CODE", code)
    answer = phone.post(at(edition, "scan/"), body, content_type=kind)
    assert answer.status_code in {200, 400}
    assert Scan.objects.filter(result="ok").count() == 0


def test_reading_is_no_way_to_check_in(phone, person, edition):
    for page in ("scan/", "undo/"):
        assert phone.get(at(edition, page)).status_code == 405
