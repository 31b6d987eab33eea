"""What is always true of the data is refused by the database itself, not only by forms."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from events.models import (
    AgendaRelease,
    Document,
    Edition,
    FieldVisit,
    HistoryLine,
    KeyStatement,
    Organisation,
    Partnership,
    Room,
    Session,
    Speaker,
    Talk,
    Topic,
)
from events.scheduling import release_agenda
from tests import make

pytestmark = pytest.mark.django_db


NO_REGISTRATION = {"registration_opens": None, "registration_closes": None}


def refuses(name: str, **change):
    """The edition with this change is refused by the constraint of that name."""
    edition = make.edition()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(**change)


def test_an_edition_does_not_end_before_it_begins():
    refuses("edition_days_in_order", last_day=dt.date(2030, 10, 1))


def test_an_edition_has_both_days_or_none():
    refuses("edition_days_in_order", first_day=None, registration_opens=None, registration_closes=None)
    refuses("edition_days_in_order", last_day=None, registration_opens=None, registration_closes=None)


def test_registration_has_both_ends_or_none():
    refuses("edition_registration_window", registration_closes=None)
    refuses("edition_registration_window", registration_opens=None)


def test_an_edition_of_the_year_1_is_refused():
    refuses("edition_days_in_range", first_day=dt.date(1, 1, 1), last_day=dt.date(1, 1, 2), **NO_REGISTRATION)


def test_an_edition_lasts_at_most_a_month():
    refuses("edition_at_most_a_month", last_day=dt.date(2030, 12, 8))


def test_registration_closes_after_it_opens():
    refuses("edition_registration_window", registration_closes=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    "gap", [{"timezone": ""}, {"city": ""}, {"country": ""}, {"first_day": None, "last_day": None}]
)
def test_registration_cannot_open_while_facts_are_missing(gap):
    refuses("edition_registration_needs_facts", **gap)


def test_an_edition_without_registration_may_have_gaps():
    past = {"first_day": None, "last_day": None, "timezone": "", "city": "", "country": ""}
    made = make.edition(registration_opens=None, registration_closes=None, **past)
    assert made.days == []


@pytest.mark.parametrize(
    ("setting", "most"), [("keep_visit_days", 3650), ("keep_unconfirmed_days", 3650), ("keep_attendance_years", 100)]
)
def test_private_data_are_not_kept_without_end(setting, most):
    refuses("edition_keep_times_are_bounded", **{setting: most + 1})
    edition = make.edition(**{setting: most})
    with pytest.raises(ValidationError, match=f"less than or equal to {most}"):
        make.edition(**{setting: most + 1})
    assert getattr(edition, setting) == most


def test_the_number_of_an_edition_is_one_or_more():
    refuses("edition_ordinal_positive", ordinal=0)


def test_two_editions_never_share_a_number_or_an_address():
    make.edition(ordinal=77, slug="same")
    with pytest.raises(ValidationError):
        make.edition(ordinal=77)
    with pytest.raises(IntegrityError, match="events_edition_ordinal_key"), transaction.atomic():
        Edition.objects.create(slug="other", ordinal=77, title="x")
    with pytest.raises(IntegrityError, match="events_edition_slug_key"):
        Edition.objects.create(slug="same", title="x")


def test_a_zone_that_is_none_is_refused_in_words():
    with pytest.raises(ValidationError, match="Europe/Tirane"):
        make.edition(timezone="Europe/Nowhere")


def test_a_room_is_held_by_one_session_at_a_time():
    edition = make.edition()
    room = make.room(edition)
    make.session(edition, start=9, end=11, room=room)
    with pytest.raises(IntegrityError, match="session_room_free"):
        make.session(edition, start=10, end=12, room=room)


def test_a_session_may_begin_when_the_one_before_ends():
    edition = make.edition()
    room = make.room(edition)
    make.session(edition, start=9, end=10, room=room)
    assert make.session(edition, start=10, end=11, room=room).pk


@pytest.mark.parametrize("kind", ["break", "meal"])
def test_a_break_inside_a_longer_session_is_normal(kind):
    edition = make.edition()
    room = make.room(edition)
    make.session(edition, start=9, end=12, room=room)
    assert make.session(edition, start=10, end=11, room=room, kind=kind).pk


def test_a_cancelled_session_does_not_hold_its_room():
    edition = make.edition()
    room = make.room(edition)
    make.session(edition, start=9, end=12, room=room, status="cancelled")
    assert make.session(edition, start=9, end=12, room=room).pk


def test_a_session_without_an_end_does_not_hold_its_room():
    edition = make.edition()
    room = make.room(edition)
    make.session(edition, start=9, end=None, room=room)
    assert make.session(edition, start=9, end=12, room=room).pk


def test_a_session_ends_after_it_starts():
    with pytest.raises(IntegrityError, match="session_end_after_start"):
        make.session(make.edition(), start=9, end=9)


def test_a_session_does_not_last_longer_than_a_day():
    edition = make.edition()
    with pytest.raises(IntegrityError, match="session_at_most_a_day"):
        make.session(edition, end=None).__class__.objects.update(end=make.local(edition, 10, day=2))


def test_an_end_needs_a_start_and_a_start_needs_a_day():
    edition = make.edition()
    with pytest.raises(IntegrityError, match="session_end_needs_start"), transaction.atomic():
        Session.objects.create(edition=edition, title="x", day=edition.first_day, end=make.local(edition, 9))
    with pytest.raises(IntegrityError, match="session_start_needs_day"):
        Session.objects.create(edition=edition, title="x", start=make.local(edition, 9))


def test_a_start_lies_on_the_day_of_its_session():
    edition = make.edition()
    with pytest.raises(IntegrityError, match="session_start_near_day"):
        Session.objects.create(edition=edition, title="x", day=dt.date(2030, 9, 1), start=make.local(edition, 9))


def test_a_session_past_midnight_keeps_its_day():
    edition = make.edition()
    late = Session.objects.create(
        edition=edition,
        title="Reception",
        day=edition.first_day,
        start=make.local(edition, 23),
        end=make.local(edition, 1, day=1),
    )
    assert late.day == edition.first_day


def test_a_day_is_within_the_years_that_calendars_know():
    with pytest.raises(IntegrityError, match="session_day_in_range"):
        Session.objects.create(edition=make.edition(), title="x", day=dt.date(1, 1, 1))


def test_an_identifier_of_a_file_stands_once_in_an_edition():
    edition = make.edition()
    make.session(edition, external_id="a1")
    with pytest.raises(IntegrityError, match="session_external_id_once"):
        make.session(edition, external_id="a1")


@pytest.mark.django_db(transaction=True)
def test_a_session_cannot_use_a_room_of_another_edition():
    here, there = make.edition(), make.edition()
    room = make.room(there)
    with pytest.raises(IntegrityError, match="session_room_same_edition"):
        make.session(here, room=room)


@pytest.mark.django_db(transaction=True)
def test_a_speaker_of_a_talk_belongs_to_the_session_of_the_talk():
    edition = make.edition()
    one, other = make.session(edition), make.session(edition, "Other", 11, 12)
    talk = Talk.objects.create(session=one, title="Talk")
    with pytest.raises(IntegrityError, match="appearance_talk_same_session"):
        make.speaker(other, talk=talk)


def test_somebody_may_hold_two_roles_but_not_one_twice():
    session = make.session(make.edition())
    make.speaker(session, role="chair")
    make.speaker(session, role="speaker")
    with pytest.raises(IntegrityError, match="appearance_once_per_role"):
        make.speaker(session, role="chair")


@pytest.mark.parametrize(
    ("name", "create"),
    [
        ("room_has_name", lambda edition: Room.objects.create(edition=edition, name=" ")),
        ("organisation_has_name", lambda edition: Organisation.objects.create(name="\u0000")),
        ("speaker_has_name", lambda edition: Speaker.objects.create(name="")),
        ("statement_has_name", lambda edition: KeyStatement.objects.create(edition=edition, name="", statement="x")),
        ("edition_slug_not_empty", lambda edition: Edition.objects.create(slug="", title="x")),
    ],
)
def test_names_are_never_empty(name, create):
    with pytest.raises(IntegrityError, match=name):
        create(make.edition())


def twice(edition, name, create):
    create()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        create()


def test_names_stand_once():
    edition = make.edition()
    body = Organisation.objects.create(name="Donor")
    twice(edition, "room_name_once_per_edition", lambda: make.room(edition, "Hall  A"))
    twice(edition, "topic_once_per_edition", lambda: Topic.objects.create(edition=edition, name="Depots"))
    twice(
        edition,
        "partnership_once",
        lambda: Partnership.objects.create(edition=edition, organisation=body, role="donor"),
    )
    with pytest.raises(IntegrityError, match="organisation_name_once"):
        Organisation.objects.create(name="DONOR")


def test_the_same_name_of_a_room_in_two_editions_is_two_rooms():
    assert make.room(make.edition(), "Hall A").pk != make.room(make.edition(), "Hall A").pk


def test_a_session_has_one_lasting_identifier_and_at_most_one_visit():
    edition = make.edition()
    session = make.session(edition)
    with pytest.raises(IntegrityError, match="events_session_uid_key"), transaction.atomic():
        make.session(edition, uid=session.uid)
    visit = make.visit(edition)
    with pytest.raises(IntegrityError, match="events_fieldvisit_session_id_key"):
        FieldVisit.objects.create(session=visit.session, site="Other")


def test_a_partnership_does_not_end_before_it_begins():
    body = Organisation.objects.create(name="Donor")
    with pytest.raises(IntegrityError, match="partnership_years_in_order"):
        Partnership.objects.create(edition=make.edition(), organisation=body, role="donor", since=2018, until=2016)


def test_a_document_is_a_file_or_a_link_in_one_place():
    edition = make.edition()
    session = make.session(edition)
    talk = Talk.objects.create(session=session, title="Talk")
    with pytest.raises(IntegrityError, match="document_file_or_link"), transaction.atomic():
        Document.objects.create(edition=edition, title="Paper")
    with pytest.raises(IntegrityError, match="document_one_place"):
        Document.objects.create(edition=edition, title="Paper", url="https://example.org/", session=session, talk=talk)


def test_a_file_of_a_document_is_described_and_only_a_file():
    edition = make.edition()
    for facts in ({"file": "documents/x.pdf"}, {"url": "https://example.org/", "size": 5}):
        with pytest.raises(IntegrityError, match="document_file_described"), transaction.atomic():
            Document.objects.create(edition=edition, title="Paper", **facts)


def test_what_a_speaker_handed_in_is_public_only_with_consent():
    facts = {
        "edition": make.edition(),
        "title": "Paper",
        "url": "https://example.org/",
        "handed_in_at": dt.datetime(2030, 9, 1, tzinfo=dt.UTC),
    }
    with pytest.raises(IntegrityError, match="document_published_by_consent"), transaction.atomic():
        Document.objects.create(access="public", **facts)
    Document.objects.create(access="participants", **facts)
    Document.objects.create(access="public", may_publish=True, **facts)


def test_the_list_of_visitors_goes_to_the_host_after_sign_up_ends():
    now = dt.datetime(2030, 9, 1, tzinfo=dt.UTC)
    with pytest.raises(IntegrityError, match="visit_list_after_signup"):
        make.visit(make.edition(), signup_deadline=now, host_list_deadline=now - dt.timedelta(days=1))


def test_the_rules_of_a_visit_have_a_version_from_one():
    with pytest.raises(IntegrityError, match="visit_rules_versioned"):
        make.visit(make.edition(), rules_version=0)


def test_a_visit_belongs_to_a_session_of_that_kind():
    visit = FieldVisit(session=make.session(make.edition()), site="Site")
    with pytest.raises(ValidationError, match="field visit"):
        visit.full_clean()


def test_what_was_released_and_what_was_recorded_is_never_changed():
    edition = make.edition()
    release_agenda(edition=edition, by="test")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AgendaRelease.objects.update(note="other")
    with pytest.raises(IntegrityError, match="append-only"):
        HistoryLine.objects.update(actor="other")


def test_a_release_number_stands_once_and_begins_with_one():
    edition = make.edition()
    first = release_agenda(edition=edition, by="test")
    facts = {"edition": edition, "released_at": first.released_at, "released_by": "x", "document": {}}
    with pytest.raises(IntegrityError, match="release_number_once"), transaction.atomic():
        AgendaRelease.objects.create(number=1, **facts)
    with pytest.raises(IntegrityError, match="release_number_from_one"):
        AgendaRelease.objects.create(number=0, **facts)


def test_odd_bytes_are_cleaned_whatever_way_a_text_comes_in():
    edition = make.edition()
    room = make.room(edition, "Hall\x00 \x0bA\u202e\r\n")
    room.refresh_from_db()
    assert room.name == "Hall A"


def test_an_invisible_title_is_refused_in_words():
    with pytest.raises(ValidationError, match="letter or number"):
        Session(edition=make.edition(), title="\u200b").full_clean()


def test_every_rule_of_this_app_has_a_test_here():
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT conname FROM pg_constraint WHERE conrelid::regclass::text LIKE 'events\\_%' AND contype <> 'n'
            UNION SELECT indexname FROM pg_indexes WHERE tablename LIKE 'events\\_%' AND indexdef LIKE '%UNIQUE%'
            """
        )
        names = {name for (name,) in cursor.fetchall()}
    # Keys, what Django makes of a positive number or a list of topics, and the two that only carry a foreign key.
    django_makes = re.compile(r"_pkey$|_check$|_fk_|_uniq$")
    carriers = {"room_with_edition", "talk_with_session"}
    ours = {name for name in names if not django_makes.search(name)} - carriers
    assert len(ours) > 30
    text = Path(__file__).read_text()
    assert not {name for name in ours if name not in text}
