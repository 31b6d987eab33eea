"""Every field says how long it is kept; the ends are counted at the place of the edition."""

import datetime as dt

import pytest
from django.apps import apps
from django.core import checks
from django.db import models

from events.models.edition import LATEST, MOST_DAYS_KEPT, MOST_YEARS_KEPT
from participants.lifetimes import (
    ATTENDANCE,
    LETTERS,
    LIFETIMES,
    NOT_PERSONAL,
    PERSON,
    VISIT,
    check_lifetimes,
    end_of,
    fields_of,
    findings,
    is_due,
)
from participants.models import ChangeRequest, Nomination, Participant, Vehicle
from tests import make


def told(*models, **table):
    """What the check says of these models under that table."""
    return [error.msg for error in findings(models, table or LIFETIMES)]


def test_every_field_of_both_apps_has_a_lifetime():
    assert check_lifetimes() == []
    ours = [m for app in ("events", "participants") for m in apps.get_app_config(app).get_models()]
    assert {m._meta.label_lower for m in ours} == set(LIFETIMES)


def test_manage_check_asks():
    assert check_lifetimes in checks.registry.registry.get_checks()


def test_a_field_without_a_lifetime_is_an_error():
    table = {"participants.vehicle": {NOT_PERSONAL: "id label"}}
    assert told(Vehicle, **table) == ["participants.vehicle.seats has no lifetime."]


def test_a_model_that_is_not_in_the_table_is_an_error_for_each_field():
    assert len(findings([Vehicle], {})) == 3


def test_a_line_of_the_table_without_a_field_is_an_error():
    table = {"participants.vehicle": {NOT_PERSONAL: "id label seats colour"}}
    assert told(Vehicle, **table) == ["participants.vehicle.colour has a lifetime and is no field."]
    assert told(**{"participants.gone": {NOT_PERSONAL: "id"}}) == [
        "participants.gone.id has a lifetime and is no field."
    ]


def test_two_lifetimes_are_an_error():
    table = {"participants.vehicle": {NOT_PERSONAL: "id label seats", PERSON: "label"}}
    assert told(Vehicle, **table) == ["participants.vehicle.label has two lifetimes."]


def test_what_is_encrypted_is_personal():
    table = {"participants.changerequest": {NOT_PERSONAL: "id answers state asked_at decided_at decided_by"}}
    assert told(ChangeRequest, **table) == ["participants.changerequest.answers is encrypted, so it is personal."]


def test_keys_to_other_rows_need_none():
    assert "edition" not in str(LIFETIMES["participants.participant"].values()).split()
    assert told(Participant, **{"participants.participant": LIFETIMES["participants.participant"]}) == []


def test_fields_are_found_by_their_lifetime():
    assert [field.name for field in fields_of(Participant, VISIT)] == ["dietary", "access_needs"]
    assert fields_of(Nomination, VISIT) == []
    assert isinstance(fields_of(Nomination, PERSON)[0], models.Field)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lifetime", "end"),
    [
        (VISIT, dt.date(2030, 11, 10)),
        (LETTERS, dt.date(2031, 4, 9)),
        (ATTENDANCE, dt.date(2037, 10, 11)),
    ],
)
def test_the_end_is_midnight_after_the_last_day_kept_at_the_place(lifetime, end):
    edition = make.edition()  # the last day is 10 October 2030
    end = dt.datetime.combine(end, dt.time.min, edition.zone)
    assert end_of(edition, lifetime) == end
    assert not is_due(edition, lifetime, end - dt.timedelta(seconds=1))
    assert is_due(edition, lifetime, end)


@pytest.mark.django_db
def test_kept_for_no_time_is_kept_through_the_last_day():
    edition = make.edition(keep_visit_days=0, keep_attendance_years=0)
    end = dt.datetime(2030, 10, 11, tzinfo=edition.zone)
    assert end_of(edition, VISIT) == end_of(edition, ATTENDANCE) == end


@pytest.mark.django_db
def test_a_last_day_in_a_leap_year_ends_with_the_month():
    leap = dt.date(2028, 2, 29)
    edition = make.edition(first_day=leap, last_day=leap)
    assert end_of(edition, ATTENDANCE) == dt.datetime(2035, 3, 1, tzinfo=edition.zone)


@pytest.mark.django_db
def test_nothing_is_due_without_a_last_day():
    undated = make.edition(
        first_day=None, last_day=None, registration_opens=None, registration_closes=None, timezone=""
    )
    assert end_of(undated, VISIT) is None
    assert not is_due(undated, VISIT, dt.datetime(9999, 12, 1, tzinfo=dt.UTC))


@pytest.mark.django_db
def test_the_longest_times_after_the_last_day_of_all_end_within_the_calendar():
    longest = make.edition(
        first_day=LATEST,
        last_day=LATEST,
        keep_visit_days=MOST_DAYS_KEPT,
        keep_unconfirmed_days=MOST_DAYS_KEPT,
        keep_attendance_years=MOST_YEARS_KEPT,
    )
    assert end_of(longest, ATTENDANCE) == dt.datetime(2201, 1, 1, tzinfo=longest.zone)
    assert end_of(longest, VISIT) == end_of(longest, LETTERS) == dt.datetime(2110, 12, 30, tzinfo=longest.zone)
