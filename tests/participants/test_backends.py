"""Django's permissions as the back office asks them."""

import pytest
from django.contrib.auth import authenticate

from participants.models import User
from participants.staffing import set_active
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return make.edition()


@pytest.mark.parametrize(
    ("role", "perm", "has"),
    [
        ("secretariat", "events.change_session", True),
        ("secretariat", "participants.change_participant", True),
        ("secretariat", "events.add_edition", False),
        ("secretariat", "participants.add_staffrole", False),
        ("secretariat", "participants.view_visitrecord", False),
        ("secretariat", "auth.view_group", False),
        ("observer", "participants.view_participant", False),
        ("observer", "events.view_session", False),
        ("check-in", "participants.view_participant", False),
        ("visit-officer", "participants.view_participant", True),
        ("visit-officer", "participants.change_participant", False),
        ("visit-officer", "participants.change_visitbooking", True),
        ("visit-officer", "participants.add_vehicle", True),
        ("secretariat", "participants.change_visitbooking", True),
        ("visit-officer", "events.view_session", False),
        ("visit-officer", "participants.view_visitrecord", True),
        ("visit-officer", "participants.view_recordlook", True),
        ("visit-officer", "participants.change_recordlook", False),
        ("secretariat", "participants.view_recordlook", True),
        ("observer", "participants.view_recordlook", False),
    ],
)
def test_a_role_has_the_permissions_of_its_rights(edition, role, perm, has):
    user = make.staff(role, edition)
    assert user.has_perm(perm, edition) is has
    assert user.has_perm(perm) is has
    assert not user.has_perm(perm, make.edition())


def test_editions_and_roles_are_made_by_the_secretariat_of_all_editions():
    user = make.staff("secretariat")
    assert user.has_perm("events.add_edition")
    assert user.has_perm("participants.add_staffrole")


def test_a_closed_account_has_no_permission_and_cannot_sign_in(edition):
    user = make.staff("secretariat", edition)
    set_active(user=user, is_active=False, by="test")
    assert not User.objects.get(pk=user.pk).has_perm("events.change_session")
    assert authenticate(username=user.username, password="a long password") is None
