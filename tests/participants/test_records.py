"""Records for the host of a visit: what is kept, who may write, and that every look is written down first."""

import datetime as dt

import pytest
from cryptography.fernet import Fernet
from django.db import IntegrityError, InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone as clock

from events.models import HistoryLine, Session
from participants import records, registration
from participants.models import RecordLook, VisitBooking, VisitRecord
from participants.records import RecordError
from participants.visit_places import record_asked
from tests import make
from tests.participants.recorded import ANSWERS, ASKS_ALL, asking_visit, booked, saved

pytestmark = pytest.mark.django_db

EMPTY = dict.fromkeys(records.FIELDS, "")


@pytest.fixture
def edition():
    return make.edition()


def save(booking, **more):
    return records.save_record(booking=booking, answers=ANSWERS | more.pop("answers", {}), by="participant", **more)


def values(booking):
    return {name: getattr(VisitRecord.objects.get(booking=booking), name) for name in records.FIELDS}


def refused(booking, **more):
    """The sentence with which writing is refused; nothing is written then."""
    lines = HistoryLine.objects.count()
    with pytest.raises(RecordError) as error:
        save(booking, **more)
    assert HistoryLine.objects.count() == lines
    return str(error.value)


class TestSaving:
    def test_all_that_is_asked_is_kept(self, edition):
        booking = saved(asking_visit(edition))
        assert values(booking) == {name: str(value) for name, value in ANSWERS.items()}

    @pytest.mark.parametrize("asks", ASKS_ALL)
    def test_what_is_not_asked_is_not_kept(self, edition, asks):
        visit = make.visit(edition, **{asks: True})
        assert {name for name, value in values(saved(visit)).items() if value} == set(record_asked(visit))

    @pytest.mark.parametrize("name", ANSWERS)
    @pytest.mark.parametrize("answer", ["", None])
    def test_an_answer_that_is_missing_is_asked_for(self, edition, name, answer):
        booking = booked(asking_visit(edition))
        with pytest.raises(RecordError) as error:
            save(booking, answers={name: answer})
        assert error.value.field == name
        assert not VisitRecord.objects.exists()

    def test_saving_again_replaces_everything(self, edition):
        visit = asking_visit(edition)
        booking = saved(visit)
        first = VisitRecord.objects.get()
        visit.asks_sizes = visit.asks_birth_date = False
        visit.save()
        save(booking, answers={"document_number": "OTHER42"})
        assert VisitRecord.objects.get().pk == first.pk
        assert values(booking)["document_number"] == "OTHER42"
        assert values(booking)["sizes"] == values(booking)["birth_date"] == ""
        assert VisitRecord.objects.get().saved_at > first.saved_at

    def test_a_complete_record_gets_the_place(self, edition):
        booking = booked(asking_visit(edition, capacity=1))
        assert booking.state == "asked"
        save(booking)
        booking.refresh_from_db()
        assert booking.state == "confirmed"

    def test_a_complete_record_waits_where_all_places_are_taken(self, edition):
        visit = asking_visit(edition, capacity=1)
        assert [saved(visit).state, saved(visit).state] == ["confirmed", "waitlisted"]

    def test_the_yes_of_the_host_is_still_needed(self, edition):
        assert saved(asking_visit(edition, needs_host_approval=True)).state == "asked"

    @pytest.mark.parametrize("status", ["pending", "waitlisted", "declined", "withdrawn"])
    def test_only_the_confirmed_write_one(self, status):
        edition = make.edition(requires_review=True)
        booking = booked(asking_visit(edition), "pending")
        if status != "pending":
            verb = {"waitlisted": "waitlist", "declined": "decline", "withdrawn": "withdraw"}[status]
            getattr(registration, verb)(participant=booking.participant, by="test")
        refused(booking)

    @pytest.mark.parametrize("state", ["refused", "withdrawn"])
    def test_who_does_not_come_on_the_visit_writes_none(self, edition, state):
        booking = booked(asking_visit(edition))
        VisitBooking.objects.update(state=state)
        assert "do not come on this visit" in refused(booking)

    def test_nothing_is_taken_after_the_list_went_to_the_host(self, edition):
        deadline = make.local(edition, 12)
        booking = booked(asking_visit(edition, host_list_deadline=deadline))
        save(booking, at=deadline - dt.timedelta(seconds=1))
        why = refused(booking, at=deadline)
        assert "8 October 2030, 12:00 (Tirana time)" in why
        assert "write to the secretariat" in why

    def test_nothing_is_taken_once_the_visit_began_or_is_cancelled(self, edition):
        booking = booked(asking_visit(edition))
        refused(booking, at=make.local(edition, 13, day=1))
        Session.objects.filter(pk=booking.visit.session_id).update(status="cancelled")
        refused(booking)

    def test_nothing_is_taken_where_nothing_is_asked(self, edition):
        refused(booked(make.visit(edition)))

    def test_history_says_that_and_not_what(self, edition):
        booking = saved(asking_visit(edition))
        line = HistoryLine.objects.get(verb="save record")
        assert (line.subject, line.subject_id, line.actor, line.before, line.after) == (
            *("visitbooking", booking.pk, "participant"),
            *("", ""),
        )

    def test_a_record_under_a_lost_key_is_written_over_unread(self, edition, settings):
        booking = saved(asking_visit(edition))
        settings.PRIVATE_DATA_KEYS = [Fernet.generate_key().decode()]
        assert records.ending(booking) == ""
        save(booking)
        assert records.ending(booking) == "Q5"

    def test_the_database_holds_tokens_only(self, edition):
        saved(asking_visit(edition))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(records.FIELDS)} FROM participants_visitrecord")
            assert all(token.startswith("f1:") for token in cursor.fetchone())


class TestCompleteness:
    def test_it_is_known_without_a_key(self, edition, settings):
        visit = asking_visit(edition)
        whole, nothing = saved(visit), booked(visit)
        part = saved(visit)
        VisitRecord.objects.filter(booking=part).update(sizes="")
        settings.PRIVATE_DATA_KEYS = [Fernet.generate_key().decode()]
        found = {row.pk: (row.is_complete, row.has_record) for row in records.bookings_of(visit)}
        assert found[whole.pk] == (True, True)
        assert found[part.pk] == (False, True)
        assert not any(found[nothing.pk])

    def test_where_nothing_is_asked_everything_is_there(self, edition):
        visit = make.visit(edition)
        booked(visit)
        assert records.bookings_of(visit).get().is_complete


class TestOpening:
    def test_the_look_is_written_down(self, edition):
        booking = saved(asking_visit(edition))
        record = records.open_record(booking=booking, by="officer", reason="  The gate\x00  asked ")
        assert record.document_number == "KNRX7788Q5"
        look = RecordLook.objects.get()
        assert (look.actor, look.visit, look.record, look.action, look.records, look.reason) == (
            *("officer", booking.visit, record),
            *("open", 1, "The gate asked"),
        )

    def test_the_look_is_written_before_anything_is_read(self, edition, monkeypatch):
        booking = saved(asking_visit(edition))

        def failing(*args, **kwargs):
            raise RuntimeError

        monkeypatch.setattr(RecordLook.objects, "create", failing)
        monkeypatch.setattr(VisitRecord.objects, "get", lambda *args, **kwargs: pytest.fail("read before the look"))
        with pytest.raises(RuntimeError):
            records.open_record(booking=booking, by="officer", reason="x")

    @pytest.mark.parametrize("reason", ["", "  ", "\u200b", "\x00", "x" * 301])
    def test_without_a_reason_nothing_is_opened(self, edition, reason):
        booking = saved(asking_visit(edition))
        for look in (
            lambda: records.open_record(booking=booking, by="officer", reason=reason),
            lambda: records.host_list(visit=booking.visit, by="officer", reason=reason, form="pdf"),
        ):
            with pytest.raises(RecordError) as error:
                look()
            assert error.value.field == "reason"
        assert not RecordLook.objects.exists()

    def test_what_is_not_there_is_not_opened(self, edition):
        with pytest.raises(RecordError):
            records.open_record(booking=booked(asking_visit(edition)), by="officer", reason="x")
        assert not RecordLook.objects.exists()

    def test_a_lost_key_is_said(self, edition, settings):
        booking = saved(asking_visit(edition))
        settings.PRIVATE_DATA_KEYS = [Fernet.generate_key().decode()]
        with pytest.raises(RecordError, match="keys of this site"):
            records.open_record(booking=booking, by="officer", reason="x")
        with pytest.raises(RecordError, match="keys of this site"):
            records.host_list(visit=booking.visit, by="officer", reason="x", form="pdf")

    @pytest.mark.parametrize("name", ["at", "actor", "action", "records", "reason"])
    def test_a_look_stays_as_it_was_written(self, edition, name):
        records.open_record(booking=saved(asking_visit(edition)), by="officer", reason="x")
        value = {"at": clock.now(), "records": 7}.get(name, "changed")
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            RecordLook.objects.update(**{name: value})


class TestHostList:
    def test_it_holds_those_with_a_place_in_protocol_order(self, edition):
        visit = asking_visit(edition, capacity=3)
        last = saved(visit, family_name="Zadnji")
        first = saved(visit, family_name="Aaa")
        leaving, waiting, without = saved(visit), saved(visit), booked(visit)
        registration.withdraw(participant=leaving.participant, by="test")
        VisitBooking.objects.filter(pk=waiting.pk).update(state="waitlisted")
        rows = records.host_list(visit=visit, by="officer", reason="The host asked", form="xlsx")
        assert [row.pk for row in rows] == [first.pk, last.pk]
        assert without.state == "asked"
        look = RecordLook.objects.get()
        assert (look.action, look.records, look.record, look.reason) == ("host list xlsx", 2, None, "The host asked")

    def test_a_place_without_a_record_is_listed_and_not_counted(self, edition):
        visit = make.visit(edition)
        booking = booked(visit)
        VisitBooking.objects.update(state="confirmed")
        assert records.host_list(visit=visit, by="officer", reason="x", form="pdf") == [booking]
        assert RecordLook.objects.get().records == 0

    def test_it_costs_the_same_number_of_queries_for_one_and_for_three(self, edition):
        visit = asking_visit(edition)

        def queries():
            with CaptureQueriesContext(connection) as asked:
                rows = records.host_list(visit=visit, by="officer", reason="x", form="pdf")
                assert {row.participant.delegation.name + row.record.sizes for row in rows} == {"Albaniacanary XXL, 47"}
            return len(asked)

        saved(visit)
        for_one = queries()
        saved(visit)
        saved(visit)
        assert queries() == for_one


class TestDeleting:
    def test_the_record_is_gone_and_its_looks_stay(self, edition):
        booking = saved(asking_visit(edition, needs_host_approval=True))
        records.open_record(booking=booking, by="officer", reason="x")
        records.delete_record(booking=booking, by="officer")
        records.delete_record(booking=booking, by="officer")
        assert not VisitRecord.objects.exists()
        assert RecordLook.objects.get().record is None
        assert HistoryLine.objects.filter(verb="delete record", actor="officer").count() == 1

    def test_a_place_on_a_visit_to_come_keeps_its_record(self, edition):
        booking = saved(asking_visit(edition))
        with pytest.raises(RecordError):
            records.delete_record(booking=booking, by="officer")
        assert VisitRecord.objects.exists()
