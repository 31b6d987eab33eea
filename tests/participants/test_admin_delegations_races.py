"""An invitation pressed twice at one moment goes out once."""

import pytest
from django.test import Client

from participants.admin import invitations
from participants.models import Message
from tests import make
from tests.participants.races import again, at_once, meet

pytestmark = pytest.mark.django_db(transaction=True)


def presses():
    """Two browsers of the secretariat that see the same page and press at once."""
    edition = make.edition()
    delegation = make.delegation(edition, contact_email="contact@example.org")
    path = f"/admin/participants/delegation/invite/{edition.slug}/"

    def press(browser):
        return lambda: browser.post(path, {"invite": [f"{delegation.pk}-0"]}).status_code

    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(make.staff("secretariat", edition))
    return [press(browser) for browser in browsers]


@again
def test_pressed_by_two_at_once_one_letter_goes_out():
    Message.objects.all().delete()
    assert at_once(*presses()) == [302, 302]
    assert Message.objects.count() == 1


def test_without_the_lock_two_letters_go_out(monkeypatch):
    monkeypatch.setattr(invitations, "lock_edition", lambda pk: None)
    meet(monkeypatch, (invitations, "_stamp"))
    at_once(*presses())
    assert Message.objects.count() == 2
