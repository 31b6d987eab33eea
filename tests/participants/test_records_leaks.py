"""What a participant wrote for the host of a visit is planted, everything is looked through, and it is nowhere else."""

import io
import json
import logging
import zipfile
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client, RequestFactory
from django.views.debug import ExceptionReporter

from participants import delivery, records
from participants.models import Message, VisitRecord
from rasr.logs import JsonLines
from tests import make
from tests.participants.recorded import CANARIES, TYPED, asking_visit, booked
from tests.participants.registered import path_of_link

pytestmark = pytest.mark.django_db

LOOKS = "/admin/participants/recordlook/"


def browser_of(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def canaries_in(text):
    return [canary for canary in CANARIES if canary in text]


class Flow:
    """A participant writes a record, first wrongly; the officer opens it and takes out both lists."""

    def __init__(self):
        self.edition = make.edition()
        self.visit = asking_visit(self.edition)
        self.booking = booked(self.visit)
        self.person = self.booking.participant
        self.bearer = Client(raise_request_exception=False)
        self.bearer.get(path_of_link(self.person))
        self.page = f"/my/{self.person.reference}/record/"
        self.officer = browser_of(make.staff("visit-officer", self.edition))
        self.secretariat = browser_of(make.staff("secretariat", self.edition))

    def run(self):
        assert self.bearer.post(self.page, TYPED | {"nationality": ""}).status_code == 422
        assert self.bearer.post(self.page, TYPED).status_code == 302
        assert canaries_in(self.officer.post(f"{LOOKS}bookings/{self.booking.pk}/", {"reason": "x"}).content.decode())
        for form in ("xlsx", "pdf"):
            answer = self.officer.post(f"{LOOKS}visits/{self.visit.pk}/list/", {"reason": "x", "form": form})
            assert answer.status_code == 200
        return self


@pytest.fixture
def flow():
    return Flow()


def test_no_row_of_any_other_table_holds_it_even_decrypted(flow):
    flow.run()
    found = []
    for model in apps.get_models():
        if model is VisitRecord:
            continue
        for row in model._base_manager.all():
            held = {field.name: getattr(row, field.attname) for field in row._meta.concrete_fields}
            if isinstance(row, Session):
                held["session_data"] = row.get_decoded()
            found += [(model.__name__, canary) for canary in canaries_in(json.dumps(held, default=str))]
    assert not found
    assert Message.objects.exists()


def test_a_dump_of_the_database_does_not_hold_it(flow):
    flow.run()
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        dump = ""
        for table in tables:
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {connection.ops.quote_name(table)} t")
            dump += "\n".join(line for (line,) in cursor.fetchall())
    assert flow.person.reference in dump
    assert canaries_in(dump) == []


def test_mails_do_not_hold_it(flow):
    flow.run()
    while delivery.send_next():
        pass
    parts: list[Any] = [part for sent in mail.outbox for part in sent.message().walk() if not part.is_multipart()]
    texts = [part.get_payload(decode=True).decode() for part in parts]
    assert [text for text in texts if flow.person.reference in text]
    assert canaries_in(" ".join(texts)) == []


def test_the_logs_do_not_hold_it(flow, caplog):
    with caplog.at_level(logging.DEBUG):
        flow.run()
    lines = [JsonLines().format(record) + record.getMessage() for record in caplog.records]
    assert canaries_in(" ".join(lines)) == []


def failing(**given):
    raise RuntimeError(f"wrote {given}")


def test_a_fault_while_saving_tells_the_log_nothing(flow, monkeypatch, caplog):
    monkeypatch.setattr(records, "save_record", failing)
    with caplog.at_level(logging.DEBUG):
        answer = flow.bearer.post(flow.page, TYPED)
    assert answer.status_code == 500
    assert canaries_in(answer.content.decode()) == []
    lines = [JsonLines().format(record) for record in caplog.records if record.exc_info]
    assert lines
    assert canaries_in(" ".join(lines)) == []


@pytest.mark.parametrize("where", ["save_record", "clean", "open_record"])
def test_a_report_of_a_fault_shows_nothing_that_was_in_hand(flow, monkeypatch, where):
    """As Django would mail it: the values of the post, and of the variables of every function on the way."""
    flow.run()
    flow.bearer.raise_request_exception = flow.officer.raise_request_exception = True

    def broken(*args, **kwargs):
        in_hand = VisitRecord.objects.get()
        raise RuntimeError(type(in_hand))

    if where == "clean":
        monkeypatch.setattr("participants.forms.records.RecordForm.clean_birth_date", broken)
    else:
        monkeypatch.setattr(records, where, broken)
    opening = f"{LOOKS}bookings/{flow.booking.pk}/", {"reason": "x"}
    send, page = (flow.officer.post, opening) if where == "open_record" else (flow.bearer.post, (flow.page, TYPED))
    with pytest.raises(RuntimeError) as fault:
        send(*page)
    trace: Any = fault.tb
    while not trace.tb_frame.f_code.co_filename.endswith("core/handlers/exception.py"):  # above it is the test itself
        trace = trace.tb_next
    reporter = ExceptionReporter(trace.tb_frame.f_locals["request"], fault.type, fault.value, trace)
    told = reporter.get_traceback_html() + reporter.get_traceback_text()
    assert "RuntimeError" in told
    assert canaries_in(told) == []


def test_what_the_participant_takes_away_holds_its_ending_only(flow):
    flow.run()
    answer = flow.bearer.get(f"/my/{flow.person.reference}/data.json")
    assert canaries_in(answer.content.decode()) == []
    (visit,) = answer.json()["field_visits"]
    assert visit["record"]["document_number"] == "…Q5"
    assert set(visit["record"]) == {"document_number", "saved_at", "answers"}
    assert "MK" not in json.dumps(visit["record"])


def test_no_other_sheet_holds_it(flow):
    flow.run()
    answer = flow.secretariat.get(f"/admin/participants/attendance/grid/{flow.edition.slug}/attendance.xlsx")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
        text = "".join(files.read(name).decode() for name in files.namelist())
    assert flow.person.family_name in text
    assert canaries_in(text) == []


def test_search_finds_nobody_by_it(flow):
    flow.run()
    for words in ("KNRX7788Q5", "Canary Aunt", "canary XXL"):
        for path in ("/admin/participants/participant/", "/admin/participants/visitbooking/", LOOKS):
            for browser in (flow.secretariat, flow.officer):
                text = browser.get(path, {"q": words, "edition": "all"}).content.decode()
                assert flow.person.name not in text, (path, words)


def test_every_field_that_is_posted_is_kept_out_of_reports():
    from participants.views.records import record

    request: Any = RequestFactory().post("/my/RASR-AAAAAAA/record/", TYPED)
    request.COOKIES = {}
    record(request, reference="RASR-AAAAAAA")
    assert set(request.sensitive_post_parameters) == set(TYPED)
