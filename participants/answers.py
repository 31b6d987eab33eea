"""Answers to the registration form as a row that is not saved yet."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from typing import Any

from events.models import Edition
from participants.models import Delegation, Participant
from participants.models.participant import CODE_LETTERS

PRIVACY_VERSION = "2026-11"
# What a person writes in the form and may correct later; everything else belongs to a verb.
DETAILS = (
    *("title", "given_name", "family_name", "printed_name", "gender", "service", "rank", "rank_code", "function"),
    *("organisation", "phone", "language", "dietary", "access_needs"),
)


def filled_in(
    edition: Edition, delegation: Delegation, answers: dict[str, Any], submission: uuid.UUID, at: dt.datetime
) -> Participant:
    """The answers as a participant of that delegation, still without a status."""
    return Participant(
        edition=edition,
        delegation=delegation,
        submission=submission,
        reference=_new_reference(),
        email=answers["email"],
        role=answers.get("role") or Participant.Role.DELEGATE,
        registered_at=at,
        status_changed_at=at,
        **{name: answers.get(name) or "" for name in DETAILS if name != "language"},
        language=answers.get("language") or "en",
        **_consents(answers, at),
    )


def _consents(answers: dict[str, Any], at: dt.datetime) -> dict[str, Any]:
    return {
        "consent_version": PRIVACY_VERSION,
        "consent_privacy_at": at if answers.get("consent_privacy") else None,
        "consent_photo_at": at if answers.get("consent_photo") else None,
        "consent_list_at": at if answers.get("consent_list") else None,
    }


def _new_reference() -> str:
    return "RASR-" + "".join(secrets.choice(CODE_LETTERS) for _n in range(7))
