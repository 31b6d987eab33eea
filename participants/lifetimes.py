"""How long each field of every model is kept. A field that is not in the table below fails `manage.py check`."""

from __future__ import annotations

import calendar
import datetime as dt
import enum
from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.core import checks
from django.db import models
from django.utils import timezone as clock

from events.models import Edition
from participants.models.encrypted import EncryptedTextField


class Lifetime(enum.Enum):
    """When a value is erased. Days and years count from the last day of the edition and are settings of it."""

    VISIT = "keep_visit_days"
    # keep_unconfirmed_days for who had no place and was not there, keep_attendance_years for everybody else.
    PERSON = "with the person"
    # What may name people who did not come ends with them, whoever it was written to.
    LETTERS = "keep_unconfirmed_days"
    ATTENDANCE = "keep_attendance_years"
    ACCOUNT = "as long as the staff account"
    # Names of speakers as the agenda printed them, and of staff beside what they did in office.
    PUBLISHED = "kept with what was announced or done"
    NOT_PERSONAL = "kept: says nothing about a person by itself"


VISIT, PERSON, LETTERS, ATTENDANCE = Lifetime.VISIT, Lifetime.PERSON, Lifetime.LETTERS, Lifetime.ATTENDANCE
ACCOUNT, PUBLISHED, NOT_PERSONAL = Lifetime.ACCOUNT, Lifetime.PUBLISHED, Lifetime.NOT_PERSONAL

# Keys between rows are left out: they go with the row, or say nothing once the rows are emptied.
LIFETIMES: dict[str, dict[Lifetime, str]] = {
    "events.edition": {
        NOT_PERSONAL: "id slug ordinal position title label theme summary city country venue address first_day last_day"
        " timezone working_languages status registration_opens registration_closes capacity requires_nomination"
        " requires_review nomination_deadline details_deadline travel_deadline keep_visit_days keep_unconfirmed_days"
        " keep_attendance_years invitation contact_email footnotes reported_participants reported_participants_text"
        " reported_from_text reported_visit_text source_note sources loaded changed_at",
        PUBLISHED: "reported_chair_text",
    },
    "events.topic": {NOT_PERSONAL: "id name order"},
    "events.keystatement": {
        PUBLISHED: "honorific name function organisation statement",
        NOT_PERSONAL: "id is_summary order",
    },
    "events.room": {NOT_PERSONAL: "id name capacity order"},
    "events.session": {
        NOT_PERSONAL: "id uid external_id kind title abstract letter day start end order status cancelled_note"
        " source_note loaded changed_at",
    },
    "events.talk": {NOT_PERSONAL: "id title abstract order"},
    "events.fieldvisit": {
        NOT_PERSONAL: "id site host_unit shown meeting_point meets_at capacity signup_deadline host_list_deadline"
        " rules rules_version what_to_wear asks_identity asks_birth_date asks_sizes asks_emergency_contact"
        " needs_host_approval",
    },
    # What a speaker handed in and nobody published goes with the letters.
    "events.document": {
        PUBLISHED: "title file file_name",
        NOT_PERSONAL: "id url language access order added_at changed_at kind size downloads handed_in_at may_publish",
    },
    # States, numbers and names of fields, never what stood in them. Lines about people go with the attendance.
    "events.historyline": {
        ATTENDANCE: "subject_id before after",
        PUBLISHED: "actor",
        NOT_PERSONAL: "id at subject verb",
    },
    "events.organisation": {NOT_PERSONAL: "id name acronym website"},
    "events.partnership": {NOT_PERSONAL: "id role legal_basis legal_basis_url since until note order"},
    "events.agendarelease": {
        PUBLISHED: "released_by document difference",
        NOT_PERSONAL: "id number status note released_at",
    },
    "events.speaker": {PUBLISHED: "name biography sort_name", NOT_PERSONAL: "id kind"},
    "events.appearance": {PUBLISHED: "honorific function organisation", NOT_PERSONAL: "id role state order"},
    "participants.delegation": {
        ATTENDANCE: "contact_name contact_email",
        NOT_PERSONAL: "id name sort_key footnote_mark kind position quota language invited_at kind_rank sort_folded",
    },
    "participants.nominationletter": {PERSON: "reference date scan", NOT_PERSONAL: "id"},
    "participants.nomination": {
        PERSON: "name email email_key",
        NOT_PERSONAL: "id is_head order nominated_at invited_at holds_place withdrawn_at",
    },
    "participants.participant": {
        VISIT: "dietary access_needs",
        PERSON: "title given_name family_name printed_name rank rank_code rank_order function organisation email"
        " email_key email_proven_at phone language reference code submission consent_version consent_privacy_at"
        " consent_photo_at consent_list_at staff_note sort_name search",
        NOT_PERSONAL: "id status gender service role shares_mailbox registered_at status_changed_at erasure_asked_at"
        " erased_at version",
    },
    "participants.attendance": {
        PERSON: "recorded_by void_at void_by void_reason",
        NOT_PERSONAL: "id day mark source recorded_at",
    },
    "participants.bulkmessage": {
        LETTERS: "subject text",
        PUBLISHED: "sent_by",
        NOT_PERSONAL: "id submission audience queued_at recipients",
    },
    "participants.changerequest": {VISIT: "answers decided_by", NOT_PERSONAL: "id state asked_at decided_at"},
    "participants.link": {
        VISIT: "new_email",
        PERSON: "token_hash",
        NOT_PERSONAL: "id purpose issued_at expires_at used_at revoked_at",
    },
    # Emptied when sent; what could not be sent is not kept longer than the visit's.
    "participants.message": {
        VISIT: "text html calendar",
        PERSON: "to reply_to subject log message_id once_key",
        NOT_PERSONAL: "id kind language state queued_at next_try_at tries sent_at since_release",
    },
    # Of use until the sessions are over.
    "participants.starredsession": {VISIT: "uid starred_at", NOT_PERSONAL: "id"},
    "participants.scan": {
        PERSON: "nonce code reason client_at received_at staff device void_at void_by",
        NOT_PERSONAL: "id point result",
    },
    "participants.user": {
        ACCOUNT: "password last_login username first_name last_name email date_joined",
        NOT_PERSONAL: "id is_superuser is_staff is_active",
    },
    "participants.staffrole": {NOT_PERSONAL: "id role"},
    "participants.vehicle": {NOT_PERSONAL: "id label seats"},
    "participants.visitbooking": {
        VISIT: "refusal_reason",
        NOT_PERSONAL: "id state rules_version rules_accepted_at host_approved_at reminded_at version asked_at"
        " boarded_out_at boarded_back_at",
    },
    "participants.visitrecord": {
        VISIT: "nationality document_type document_number document_expiry birth_date emergency_contact sizes saved_at",
        NOT_PERSONAL: "id",
    },
    "participants.recordlook": {ATTENDANCE: "at actor action records reason", NOT_PERSONAL: "id"},
}


def fields_of(model: type[models.Model], lifetime: Lifetime) -> list[models.Field[Any, Any]]:
    """The fields of a model that live so long."""
    names = LIFETIMES[model._meta.label_lower].get(lifetime, "").split()
    return [model._meta.get_field(name) for name in names]  # type: ignore[misc]


def end_of(edition: Edition, lifetime: Lifetime) -> dt.datetime | None:
    """The moment from which values of that lifetime are due: midnight, at the place of the edition, after the last day
    on which they are kept. None where no end is known.

    `lifetime` is one that counts from the last day of the edition: VISIT, LETTERS or ATTENDANCE.
    """
    last = edition.last_day
    if last is None:
        return None
    kept = getattr(edition, lifetime.value)
    if lifetime is ATTENDANCE:
        year = last.year + kept
        # The 29th of February ends with the month.
        last = last.replace(year=year, day=min(last.day, calendar.monthrange(year, last.month)[1]))
    else:
        last += dt.timedelta(days=kept)
    return dt.datetime.combine(last + dt.timedelta(days=1), dt.time.min, edition.zone)


def is_due(edition: Edition, lifetime: Lifetime, at: dt.datetime | None = None) -> bool:
    """Whether the last day on which such values are kept has passed at the place of the edition."""
    end = end_of(edition, lifetime)
    return end is not None and (at or clock.now()) >= end


# -- The check ----------------------------------------------------------------------------------------------------


def check_lifetimes(app_configs: Any = None, **_more: Any) -> list[checks.CheckMessage]:
    """An error for every field of either app without a lifetime, and for every line of the table without a field."""
    ours = [model for app in ("events", "participants") for model in apps.get_app_config(app).get_models()]
    return findings(ours, LIFETIMES)


def findings(
    ours: Iterable[type[models.Model]], table: Mapping[str, Mapping[Lifetime, str]]
) -> list[checks.CheckMessage]:
    """What is missing in the table, twice in it, no field at all, or encrypted and yet said not to be personal."""
    found: list[checks.CheckMessage] = []
    by_label = {model._meta.label_lower: model for model in ours}
    for label in sorted({*by_label, *table}):
        model = by_label.get(label)
        fields = [field for field in model._meta.concrete_fields if not field.is_relation] if model else []
        stated = [name for names in table.get(label, {}).values() for name in names.split()]
        names = {field.name for field in fields}
        kept = table.get(label, {}).get(NOT_PERSONAL, "").split()
        wrong = [(name, "has no lifetime") for name in sorted(names - set(stated))]
        wrong += [(name, "has a lifetime and is no field") for name in sorted(set(stated) - names)]
        wrong += [(name, "has two lifetimes") for name in sorted({one for one in stated if stated.count(one) > 1})]
        wrong += [
            (field.name, "is encrypted, so it is personal")
            for field in fields
            if isinstance(field, EncryptedTextField) and field.name in kept
        ]
        found += [
            checks.Error(f"{label}.{name} {what}.", hint="See participants/lifetimes.py.", id="rasr.E001")
            for name, what in wrong
        ]
    return found
