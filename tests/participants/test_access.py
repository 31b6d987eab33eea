"""What each role may."""

import pytest
from django.contrib.auth.models import AnonymousUser

from participants.access import Right, editions_for, may, may_everywhere
from participants.models import User
from tests import make

pytestmark = pytest.mark.django_db

ROLES = {
    "secretariat": set(Right) - {Right.SEE_VISIT_RECORDS},
    "visit-officer": {Right.SEE_VISIT_RECORDS, Right.MANAGE_VISITS, Right.SEE_PEOPLE, Right.SEE_NUMBERS},
    "check-in": {Right.CHECK_IN},
    "observer": {Right.SEE_NUMBERS},
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gives_its_rights_for_its_edition_alone(role):
    edition, other = make.edition(), make.edition()
    user = make.staff(role, edition)
    assert {right for right in Right if may(user, right, edition)} == ROLES[role]
    assert not any(may(user, right, other) for right in Right)
    assert not any(may_everywhere(user, right) for right in Right)
    for right in Right:
        assert list(editions_for(user, right)) == ([edition] if right in ROLES[role] else [])


@pytest.mark.parametrize("role", ROLES)
def test_a_role_for_all_editions_holds_in_each(role):
    edition = make.edition()
    user = make.staff(role)
    assert {right for right in Right if may(user, right, edition)} == ROLES[role]
    assert {right for right in Right if may_everywhere(user, right)} == ROLES[role]


def test_without_an_account_or_a_role_nothing_is_allowed():
    make.edition()
    for user in (AnonymousUser(), User.objects.create_user("nobody", is_staff=True)):
        assert not any(may(user, right) for right in Right)


def test_who_runs_the_site_still_needs_the_role_for_identity_records():
    root = User.objects.create_superuser("root")
    assert may(root, Right.DECIDE)
    assert not may(root, Right.SEE_VISIT_RECORDS)


def test_the_roles_of_an_account_are_asked_once(django_assert_num_queries):
    edition = make.edition()
    user = User.objects.get(pk=make.staff("secretariat", edition).pk)
    with django_assert_num_queries(1):
        assert all(may(user, right, edition) for right in ROLES["secretariat"])
