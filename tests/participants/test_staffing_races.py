"""Somebody keeps access, also when the last two are taken away at the same moment."""

import pytest

from participants import staffing
from participants.models import StaffRole, User
from participants.staffing import StaffingError, revoke_role, set_active
from tests import make
from tests.participants.races import again, at_once, meet

pytestmark = pytest.mark.django_db(transaction=True)


def revoke(user):
    role = user.roles.get()
    return lambda: revoke_role(role=role, by="test")


def close(user):
    return lambda: set_active(user=user, is_active=False, by="test")


def with_access():
    """How many active accounts are secretariat of all editions."""
    return User.objects.filter(is_active=True, roles__role="secretariat", roles__edition=None).count()


@pytest.mark.parametrize("ends", [(revoke, revoke), (close, close), (revoke, close)])
def test_of_the_last_two_one_is_kept(ends):
    @again
    def once():
        StaffRole.objects.all().delete()
        calls = [end(make.staff("secretariat")) for end in ends]
        outcomes = at_once(*calls)
        assert sum(isinstance(outcome, StaffingError) for outcome in outcomes) == 1
        assert with_access() == 1

    once()


@pytest.mark.parametrize("ends", [(revoke, revoke), (close, close), (revoke, close)])
def test_without_the_lock_nobody_is_left(monkeypatch, ends):
    calls = [end(make.staff("secretariat")) for end in ends]
    monkeypatch.setattr(StaffRole.objects, "select_for_update", lambda **_options: StaffRole.objects.all())
    # Both have looked who is left before one of them writes: a role's line is written before it is deleted.
    meet(monkeypatch, (staffing, "record"))
    at_once(*calls)
    assert with_access() == 0
