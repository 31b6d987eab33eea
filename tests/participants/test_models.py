"""What is always true of those who come is refused by the database itself."""

import datetime as dt
import uuid
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import FieldError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone as clock

from participants.models import (
    Attendance,
    BulkMessage,
    ChangeRequest,
    Delegation,
    Link,
    Message,
    Nomination,
    NominationLetter,
    Participant,
    RecordLook,
    Scan,
    StaffRole,
    StarredSession,
    Vehicle,
    VisitBooking,
    VisitRecord,
)
from participants.models.encrypted import DecryptionFailed
from tests import make

pytestmark = pytest.mark.django_db


def refuses(name, model, **change):
    """Every row of the model with this change is refused by the constraint of that name."""
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        model.objects.update(**change)


def booked():
    edition = make.edition()
    person = make.participant(edition)
    visit = make.visit(edition)
    return VisitBooking.objects.create(participant=person, visit=visit, asked_at=clock.now())


def scanned(**more):
    edition = make.edition()
    facts = {"edition": edition, "participant": make.participant(edition), "nonce": uuid.uuid4(), "code": "X"}
    facts |= {"point": "day:2030-10-08", "result": "ok", "client_at": clock.now(), "staff": "desk"}
    return Scan.objects.create(**facts | more)


def test_one_live_registration_for_each_address_and_edition():
    edition = make.edition()
    one, other = make.participant(edition), make.participant(edition)
    with pytest.raises(IntegrityError, match="participant_address_once_while_live"), transaction.atomic():
        Participant.objects.filter(pk=other.pk).update(email_key=one.email_key)
    Participant.objects.filter(pk=one.pk).update(status="withdrawn")
    assert Participant.objects.filter(pk=other.pk).update(email_key=one.email_key) == 1


def test_a_shared_mailbox_of_a_delegation_may_hold_several():
    edition = make.edition()
    one, other = make.participant(edition), make.participant(edition)
    Participant.objects.update(shares_mailbox=True)
    assert Participant.objects.filter(pk=other.pk).update(email_key=one.email_key) == 1


def test_military_people_have_a_rank_code():
    make.participant(make.edition())
    refuses("participant_military_has_rank_code", Participant, service="military")
    refuses("participant_military_has_rank_code", Participant, service="military", rank_code="OF-99")
    assert Participant.objects.update(service="military", rank_code="OF-5")


def test_words_that_are_none_are_refused():
    make.participant(make.edition())
    refuses("participant_status_known", Participant, status="maybe")
    refuses("participant_role_known", Participant, role="guest")
    refuses("participant_gender_known", Participant, gender="y")
    refuses("participant_service_known", Participant, service="none", rank_code="OF-5")
    refuses("participant_has_name", Participant, family_name="")
    assert Participant.objects.update(family_name="", erased_at=clock.now())
    refuses("message_state_known", Message, state="lost")


@pytest.mark.django_db(transaction=True)
def test_a_participant_is_of_a_delegation_of_the_edition():
    make.participant(make.edition())
    there = make.delegation(make.edition())
    refuses("participant_delegation_same_edition", Participant, delegation=there)


@pytest.mark.django_db(transaction=True)
def test_a_nomination_is_by_the_delegation_of_the_participant():
    edition = make.edition()
    make.participant(edition)
    other = make.nomination(make.delegation(edition, "Serbia"))
    refuses("participant_nomination_same_delegation", Participant, nomination=other)


@pytest.mark.django_db(transaction=True)
def test_a_letter_is_of_the_delegation_that_nominates():
    edition = make.edition()
    make.nomination(make.delegation(edition))
    letter = NominationLetter.objects.create(
        delegation=make.delegation(edition, "Serbia"), reference="1", date=dt.date(2030, 1, 1)
    )
    refuses("nomination_letter_same_delegation", Nomination, letter=letter)


@pytest.mark.django_db(transaction=True)
def test_a_vehicle_is_of_the_visit_that_was_booked():
    booking = booked()
    other = make.visit(make.edition())
    bus = Vehicle.objects.create(visit=other, label="Bus 1", seats=40)
    refuses("booking_vehicle_same_visit", VisitBooking, vehicle=bus)
    now = clock.now()
    back = {"boarded_out_at": now, "boarded_back_at": now, "back_vehicle": bus}
    refuses("booking_back_vehicle_same_visit", VisitBooking, **back)
    assert booking.pk


def test_delegations_nominations_and_letters_are_told_apart():
    edition = make.edition()
    delegation = make.delegation(edition)
    make.nomination(delegation, "Head", is_head=True)
    NominationLetter.objects.create(delegation=delegation, reference="1", date=dt.date(2030, 1, 1))
    one = make.nomination(delegation, "Twin", email="twin@example.org")
    for name, create in {
        "delegation_name_once_per_edition": lambda: Delegation.objects.create(edition=edition, name="Albania"),
        "delegation_has_name": lambda: Delegation.objects.create(edition=edition, name=" "),
        "nomination_one_head": lambda: make.nomination(delegation, "Second head", is_head=True),
        "nomination_person_once": lambda: make.nomination(delegation, "Twin", email="TWIN@example.org"),
        "nomination_has_name": lambda: make.nomination(delegation, ""),
        "letter_reference_once": lambda: NominationLetter.objects.create(
            delegation=delegation, reference="1", date=dt.date(2030, 1, 1)
        ),
        "letter_date_in_range": lambda: NominationLetter.objects.create(
            delegation=delegation, reference="2", date=dt.date(1, 1, 1)
        ),
    }.items():
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            create()
    assert one.pk


def test_a_person_books_a_visit_once_and_comes_back_after_leaving():
    booking = booked()
    with pytest.raises(IntegrityError, match="booking_once_per_visit"), transaction.atomic():
        VisitBooking.objects.create(participant=booking.participant, visit=booking.visit, asked_at=clock.now())
    refuses("booking_state_known", VisitBooking, state="maybe")
    refuses("booking_rules_accepted_whole", VisitBooking, rules_version=1)
    refuses("booking_back_after_out", VisitBooking, boarded_back_at=clock.now())
    earlier = clock.now() - dt.timedelta(hours=1)
    refuses("booking_back_after_out", VisitBooking, boarded_out_at=clock.now(), boarded_back_at=earlier)
    now = clock.now()
    refuses("booking_back_in_a_vehicle", VisitBooking, boarded_out_at=now, boarded_back_at=now)


def test_vehicles_have_seats_and_names_of_their_own():
    visit = make.visit(make.edition())
    Vehicle.objects.create(visit=visit, label="Bus 1", seats=40)
    with pytest.raises(IntegrityError, match="vehicle_label_once_per_visit"), transaction.atomic():
        Vehicle.objects.create(visit=visit, label="Bus 1", seats=40)
    refuses("vehicle_has_seats", Vehicle, seats=0)


def test_one_mark_stands_for_a_person_and_a_day_and_void_ones_do_not_count():
    edition = make.edition()
    facts = {"participant": make.participant(edition), "day": edition.first_day, "recorded_at": clock.now()}
    first = Attendance.objects.create(recorded_by="a", **facts)
    with pytest.raises(IntegrityError, match="attendance_one_standing_mark"), transaction.atomic():
        Attendance.objects.create(recorded_by="b", **facts)
    refuses("attendance_void_whole", Attendance, void_at=clock.now())
    refuses("attendance_mark_known", Attendance, mark="late")
    Attendance.objects.filter(pk=first.pk).update(void_at=clock.now(), void_by="a")
    assert Attendance.objects.create(recorded_by="b", **facts).pk


def test_a_person_enters_a_point_once():
    first = scanned()
    with pytest.raises(IntegrityError, match="scan_one_entry_per_point"), transaction.atomic():
        scanned(edition=first.edition, participant=first.participant)
    with pytest.raises(IntegrityError, match="nonce"), transaction.atomic():
        scanned(nonce=first.nonce)
    with pytest.raises(IntegrityError, match="scan_result_known"):
        scanned(result="perhaps")


def test_a_scan_is_never_changed_but_once_made_void():
    tried = scanned()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Scan.objects.update(code="Y")
    Scan.objects.update(void_at=clock.now(), void_by="desk")
    with pytest.raises(IntegrityError, match="append-only"):
        Scan.objects.filter(pk=tried.pk).update(void_at=None, void_by="")


def test_a_look_at_a_record_is_never_changed():
    look = RecordLook.objects.create(actor="officer", visit=make.visit(make.edition()), action="look", reason="list")
    with pytest.raises(IntegrityError, match="append-only"):
        RecordLook.objects.filter(pk=look.pk).update(actor="nobody")


def test_a_sent_message_holds_no_text():
    make.participant(make.edition())
    refuses("message_sent_is_empty", Message, state="sent", sent_at=clock.now())


def test_a_link_has_the_one_subject_of_its_purpose():
    person = make.participant(make.edition())
    end = clock.now() + dt.timedelta(days=1)
    for purpose, subject in (("my", {}), ("delegation", {"participant": person}), ("nominee", {"participant": person})):
        with pytest.raises(IntegrityError, match="link_subject_fits_purpose"), transaction.atomic():
            Link.objects.create(purpose=purpose, token_hash=purpose, expires_at=end, **subject)


def test_a_role_is_given_once():
    user = make.staff()
    with pytest.raises(IntegrityError, match="staff_role_once"):
        StaffRole.objects.create(user=user, role="secretariat", edition=None)


def test_private_text_is_a_token_in_the_database_and_cannot_be_looked_up():
    record = VisitRecord.objects.create(booking=booked(), document_number="PPT-1-Q7")
    with connection.cursor() as cursor:
        cursor.execute("SELECT document_number FROM participants_visitrecord")
        (stored,) = cursor.fetchone()
    assert stored.startswith("f1:")
    assert "PPT" not in stored
    record.refresh_from_db()
    assert record.document_number == "PPT-1-Q7"
    with pytest.raises(FieldError, match="encrypted"):
        VisitRecord.objects.filter(document_number="PPT-1-Q7").exists()


def test_a_token_of_another_key_is_an_error_and_never_shown_as_text(settings):
    VisitRecord.objects.create(booking=booked(), document_number="PPT-1-Q7")
    settings.PRIVATE_DATA_KEYS = ["S2V5S2V5S2V5S2V5S2V5S2V5S2V5S2V5S2V5S2V5S2U="]
    with pytest.raises(DecryptionFailed):
        VisitRecord.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE participants_visitrecord SET document_number = 'clear text'")
    with pytest.raises(DecryptionFailed, match="not encrypted"):
        VisitRecord.objects.get()


def test_an_older_key_still_reads(settings):
    VisitRecord.objects.create(booking=booked(), sizes="42")
    settings.PRIVATE_DATA_KEYS = ["S2V5S2V5S2V5S2V5S2V5S2V5S2V5S2V5S2V5S2V5S2U=", *settings.PRIVATE_DATA_KEYS]
    assert VisitRecord.objects.get().sizes == "42"


def test_a_withdrawn_nomination_keeps_no_place_and_replaces_one_of_its_own_delegation():
    edition = make.edition()
    nomination = make.nomination(make.delegation(edition), holds_place=True)
    refuses("nomination_withdrawn_holds_no_place", Nomination, withdrawn_at=clock.now())
    foreign = make.nomination(make.delegation(edition, "Bulgaria"))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="nomination_replaces_same_delegation"), transaction.atomic():
        Nomination.objects.filter(pk=nomination.pk).update(replaces=foreign)


def test_one_request_for_a_change_waits_and_a_decided_one_is_empty():
    person = make.participant(make.edition())
    facts = {"participant": person, "answers": "{}", "asked_at": clock.now()}
    ChangeRequest.objects.create(**facts)
    with pytest.raises(IntegrityError, match="change_request_one_waits"), transaction.atomic():
        ChangeRequest.objects.create(**facts)
    refuses("change_request_decided_whole", ChangeRequest, state="accepted", answers="")
    refuses("change_request_decided_is_empty", ChangeRequest, state="accepted", decided_at=clock.now())


def test_a_message_to_a_group_has_a_subject():
    facts = {"edition": make.edition(), "submission": uuid.uuid4(), "queued_at": clock.now()}
    with pytest.raises(IntegrityError, match="bulk_has_subject"), transaction.atomic():
        BulkMessage.objects.create(audience="confirmed", subject="", text="Text", **facts)


def test_a_session_is_starred_once_by_one_person():
    facts = {"participant": make.participant(make.edition()), "uid": uuid.uuid4(), "starred_at": clock.now()}
    StarredSession.objects.create(**facts)
    with pytest.raises(IntegrityError, match="starred_once"), transaction.atomic():
        StarredSession.objects.create(**facts)


def test_every_rule_of_this_app_has_a_test_here():
    models = apps.get_app_config("participants").get_models()
    names = {rule.name for model in models for rule in model._meta.constraints}
    with connection.cursor() as cursor:
        # What migrations added beside the models: pairs of columns, and emptiness of what was encrypted.
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid::regclass::text LIKE 'participants_%' "
            "AND (contype IN ('c', 'x') OR (contype = 'f' AND array_length(conkey, 1) > 1))"
        )
        names |= {name for (name,) in cursor.fetchall() if not name.endswith("_check")}
    text = Path(__file__).read_text()
    assert len(names) > 30
    assert not {name for name in names if name not in text}
