"""Roles given and taken away, and accounts opened and closed."""

import pytest

from events.models import HistoryLine
from participants.access import Right, may
from participants.models import StaffRole, User
from participants.staffing import StaffingError, grant_role, revoke_role, set_active
from tests import make

pytestmark = pytest.mark.django_db


def test_a_role_opens_the_back_office_and_the_last_one_closes_it():
    edition = make.edition()
    user = User.objects.create_user("mira")
    first = grant_role(user=user, role="observer", edition=edition, by="test")
    second = grant_role(user=user, role="check-in", edition=edition, by="test")
    assert User.objects.get().is_staff
    revoke_role(role=first, by="test")
    assert User.objects.get().is_staff
    revoke_role(role=second, by="test")
    assert not User.objects.get().is_staff


def test_a_superuser_stays_staff_without_a_role():
    user = User.objects.create_superuser("root")
    revoke_role(role=grant_role(user=user, role="observer", edition=None, by="test"), by="test")
    assert User.objects.get().is_staff


def test_a_role_given_twice_is_one_with_one_line():
    user = User.objects.create_user("mira")
    assert grant_role(user=user, role="observer", edition=None, by="a") == grant_role(
        user=user, role="observer", edition=None, by="b"
    )
    assert HistoryLine.objects.filter(verb="grant role").count() == 1


def test_the_last_secretariat_of_all_editions_keeps_its_role():
    user = make.staff("secretariat")
    with pytest.raises(StaffingError, match="last secretariat"):
        revoke_role(role=user.roles.get(), by="test")
    make.staff("secretariat")
    revoke_role(role=user.roles.get(), by="test")
    assert StaffRole.objects.count() == 1


def test_a_closed_account_does_not_count_as_another_secretariat():
    user, other = make.staff("secretariat"), make.staff("secretariat")
    set_active(user=other, is_active=False, by="test")
    with pytest.raises(StaffingError):
        revoke_role(role=user.roles.get(), by="test")
    with pytest.raises(StaffingError):
        set_active(user=user, is_active=False, by="test")


def test_the_secretariat_of_one_edition_may_be_taken_away():
    edition = make.edition()
    user = make.staff("secretariat", edition)
    revoke_role(role=user.roles.get(), by="test")
    assert not may(User.objects.get(pk=user.pk), Right.SEE_PEOPLE, edition)


def test_a_closed_account_may_nothing():
    user = make.staff("secretariat", make.edition())
    assert may(User.objects.get(pk=user.pk), Right.SEE_PEOPLE)
    set_active(user=user, is_active=False, by="test")
    assert not may(User.objects.get(pk=user.pk), Right.SEE_PEOPLE)
    assert HistoryLine.objects.filter(verb="close account").exists()
