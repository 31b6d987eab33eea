"""Staff accounts and their roles: given and taken away, each with its line in the history."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from events.models import Edition, record
from participants.models import StaffRole, User

SECRETARIAT = StaffRole.Role.SECRETARIAT


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """How allauth works here: staff accounts are made by staff, nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False


class StaffingError(Exception):
    """A role cannot be taken away; the text is a sentence for a person."""


@transaction.atomic
def grant_role(*, user: User, role: str, edition: Edition | None, by: str) -> StaffRole:
    """Give a role for an edition, or for all with None; giving it twice changes nothing."""
    granted, is_new = StaffRole.objects.get_or_create(user=user, role=role, edition=edition)
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    if is_new:
        record(granted, "grant role", by=by, edition=edition, after=role)
    return granted


@transaction.atomic
def revoke_role(*, role: StaffRole, by: str) -> None:
    """Take a role away; without any, the back office is closed to the account.

    Raises StaffingError for the last secretariat of all editions: somebody must keep access.
    """
    # Two that take away the last two wait for each other here.
    held = list(StaffRole.objects.select_for_update(of=("self",)).filter(role=SECRETARIAT, edition=None).order_by("pk"))
    active = {user.pk for user in User.objects.filter(pk__in=[one.user_id for one in held], is_active=True)}
    others = [one for one in held if one.pk != role.pk and one.user_id in active]
    if role.role == SECRETARIAT and role.edition_id is None and not others:
        raise StaffingError(_("This is the last secretariat account for all editions. Give the role to another first."))
    record(role, "revoke role", by=by, edition=role.edition, before=role.role)
    role.delete()
    user = role.user
    if not user.is_superuser and not user.roles.exists():
        user.is_staff = False
        user.save(update_fields=["is_staff"])


@transaction.atomic
def set_active(*, user: User, is_active: bool, by: str) -> User:
    """Open or close an account. Raises StaffingError for the last secretariat of all editions."""
    held = StaffRole.objects.select_for_update(of=("self",)).filter(role=SECRETARIAT, edition=None).order_by("pk")
    holders = {one.user_id for one in held}
    others = User.objects.filter(pk__in=holders - {user.pk}, is_active=True)
    if not is_active and user.pk in holders and not others.exists():
        raise StaffingError(_("This is the last secretariat account for all editions. Give the role to another first."))
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    record(user, "open account" if is_active else "close account", by=by, edition=None)
    return user
