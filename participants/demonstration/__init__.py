"""The demonstration: the past editions with their facts, and one coming edition whose people are all invented."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone as clock

from events.models import Edition
from events.past_editions import put_past_editions
from participants.demonstration.choices import put_choices
from participants.demonstration.edition import MADE, put_edition
from participants.demonstration.nominations import put_nominations
from participants.demonstration.people import put_people
from participants.demonstration.visits import put_bookings
from participants.models import StaffRole, User
from participants.staffing import grant_role

BY = "demonstration"
ACCOUNT = "secretariat"
OFFICER = "visit-officer"  # the one who opens visit records, with the same password
PASSWORD = "demonstration-only"  # noqa: S105 - the account exists on development sites only


@dataclass
class Made:
    """What one run added."""

    past: int
    edition: Edition
    is_new: bool
    is_new_account: bool


@transaction.atomic
def put_demonstration(*, at: dt.datetime | None = None) -> Made:
    """Add what is missing of the demonstration and return what was added; a second time it adds nothing.

    Days are counted from `at` (a moment; None is now): the coming edition starts on a Tuesday, three to four weeks on.
    """
    past = put_past_editions(by=BY)
    edition = Edition.objects.filter(history__verb=MADE).first()
    is_new = edition is None
    if edition is None:
        edition = put_edition(at=at or clock.now(), by=BY)
        put_people(edition, at=at or clock.now(), by=BY)
        put_bookings(edition, at=at or clock.now(), by=BY)
        put_nominations(edition, at=at or clock.now(), by=BY)
        put_choices(edition)
    _put_account(OFFICER, StaffRole.Role.VISIT_OFFICER)
    return Made(len(past), edition, is_new, _put_account(ACCOUNT, StaffRole.Role.SECRETARIAT))


def _put_account(name: str, role: str) -> bool:
    """A staff account of the demonstration; one of that name that is there keeps its password."""
    if User.objects.filter(username=name).exists():
        return False
    user = User.objects.create_user(name, email="", password=PASSWORD, is_staff=True)
    grant_role(user=user, role=role, edition=None, by=BY)
    return True
