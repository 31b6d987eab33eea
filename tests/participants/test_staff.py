"""The command that makes staff accounts."""

import io

import pytest
from django.core.management import CommandError, call_command

from participants.models import User
from tests import make

pytestmark = pytest.mark.django_db


def staff(*words):
    """What the command prints."""
    out = io.StringIO()
    call_command("staff", *words, stdout=out)
    return out.getvalue()


def test_a_new_account_gets_a_password_that_is_shown_once():
    said = staff("mira", "--role", "secretariat")
    password = said.rsplit(": ", 1)[1].strip()
    assert User.objects.get(username="mira").check_password(password)
    assert "Password" not in staff("mira", "--role", "observer")
    assert User.objects.get().check_password(password)


def test_an_account_that_is_there_keeps_its_password_and_that_is_said(monkeypatch):
    user = User.objects.create_user("mira", password="a long password")
    monkeypatch.setattr("sys.stdin", io.StringIO("another long password\n"))
    assert "its password stays" in staff("mira", "--role", "observer", "--password-stdin")
    user.refresh_from_db()
    assert user.check_password("a long password")


def test_a_role_can_be_for_one_edition():
    edition = make.edition()
    staff("mira", "--role", "check-in", "--edition", edition.slug)
    assert User.objects.get().roles.get().edition == edition


def test_an_edition_that_is_none_makes_no_account():
    with pytest.raises(CommandError, match="There is no edition"):
        staff("mira", "--role", "check-in", "--edition", "nowhere")
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["", "a b", "x" * 200, "mira\u200b"])
def test_a_name_that_cannot_be_one_is_refused(name):
    with pytest.raises(CommandError):
        staff(name, "--role", "observer")
    assert not User.objects.exists()


def test_a_weak_password_is_refused(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("mira\n"))
    with pytest.raises(CommandError, match="password"):
        staff("mira", "--role", "observer", "--password-stdin")
    assert not User.objects.exists()
