"""Who may: yes or no, asked here alone. A role that was taken away refuses at the next request."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from events.models import Document, Edition
from participants.models import Participant, StaffRole

Role = StaffRole.Role


class Right(enum.Enum):
    """What staff may do with an edition."""

    SEE_NUMBERS = enum.auto()
    CHECK_IN = enum.auto()
    SEE_PEOPLE = enum.auto()
    DECIDE = enum.auto()
    EDIT_AGENDA = enum.auto()
    MARK_ATTENDANCE = enum.auto()
    EXPORT = enum.auto()
    MANAGE_VISITS = enum.auto()
    SEE_VISIT_RECORDS = enum.auto()
    MANAGE_STAFF = enum.auto()


_SECRETARIAT = frozenset(Right) - {Right.SEE_VISIT_RECORDS}
RIGHTS: dict[str, frozenset[Right]] = {
    Role.SECRETARIAT: _SECRETARIAT,
    Role.VISIT_OFFICER: frozenset({Right.SEE_VISIT_RECORDS, Right.MANAGE_VISITS, Right.SEE_PEOPLE, Right.SEE_NUMBERS}),
    Role.CHECK_IN: frozenset({Right.CHECK_IN}),
    Role.OBSERVER: frozenset({Right.SEE_NUMBERS}),
}


def _grants(user: Any) -> list[tuple[Right, int | None]]:
    """(right, edition or None for all) of an active account; one query for each request."""
    if not user.is_authenticated or not user.is_active:
        return []
    if not hasattr(user, "_grants"):
        grants: list[tuple[Right, int | None]] = [
            (right, edition)
            for role, edition in StaffRole.objects.filter(user=user).values_list("role", "edition_id")
            for right in RIGHTS[role]
        ]
        if user.is_superuser:  # runs the site; identity records still need the role of the visit officer
            grants += [(right, None) for right in _SECRETARIAT]
        user._grants = grants
    return list(user._grants)


def may(user: Any, right: Right, edition: Edition | int | None = None) -> bool:
    """Whether the account has this right for the edition; without an edition: for any."""
    pk = edition.pk if isinstance(edition, Edition) else edition
    return any(granted is right and (pk is None or where in (None, pk)) for granted, where in _grants(user))


def may_everywhere(user: Any, right: Right) -> bool:
    """Whether the account has this right for all editions."""
    return (right, None) in _grants(user)


def editions_for(user: Any, right: Right) -> QuerySet[Edition]:
    """The editions for which the account has this right."""
    if may_everywhere(user, right):
        return Edition.objects.all()
    return Edition.objects.filter(
        pk__in=[edition for granted, edition in _grants(user) if granted is right and edition]
    )


def papers_for(edition: Edition, user: Any, bearers: Iterable[Participant]) -> set[str]:
    """The accesses of papers of the edition that are open to this account, or to who bears the links of these people.

    The papers of an edition that is not published are open to its secretariat alone.
    """
    access = Document.Access
    if may(user, Right.EDIT_AGENDA, edition):
        return set(access.values)
    if edition.status == Edition.Status.DRAFT:
        return set()
    is_staff = may(user, Right.SEE_PEOPLE, edition) or may(user, Right.CHECK_IN, edition)
    confirmed = Participant.Status.CONFIRMED
    comes = any(one.edition_id == edition.pk and one.status == confirmed for one in bearers)
    return {access.PUBLIC.value, access.PARTICIPANTS.value} if is_staff or comes else {access.PUBLIC.value}
