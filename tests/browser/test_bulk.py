"""The secretariat writes to a group and looks at mails in a real browser."""

import pytest

from participants.models import Message
from tests import make
from tests.browser.looking import faults_of_ours
from tests.browser.test_admin import signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def edition():
    edition = make.edition(slug="2030-tirana")
    make.visit(edition)
    for _n in range(2):
        make.participant(edition)
    return edition


def fits(page):
    """How much wider than the window the page is."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def read(page):
    """What stands in the first mail as HTML."""
    return page.frame_locator("iframe").first.locator("body").inner_text()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_a_group_is_written_to_after_a_look(visit, edition, width, dark):
    path = f"/admin/participants/bulkmessage/write/{edition.slug}/"
    page = signed_in(visit, make.staff("secretariat", edition), path, width=width, dark=dark)
    assert (faults_of_ours(page), fits(page)) == ([], 0)
    page.get_by_label("To whom").select_option(label="Everybody confirmed")
    page.get_by_label("Subject").fill("The bus in {city}")
    page.get_by_label("Text").fill("See {lnik}")
    page.get_by_role("button", name="Show the message").click()
    page.get_by_text("“{lnik}” is no placeholder.").wait_for()
    assert (faults_of_ours(page), fits(page)) == ([], 0)
    page.get_by_label("Text").fill("See {link}")
    page.get_by_role("button", name="Show the message").click()
    page.get_by_role("heading", name="The bus in Tirana").first.wait_for()
    assert (faults_of_ours(page), fits(page)) == ([], 0)
    assert "Dear Boris Primjerić," in read(page)
    assert "/my/•••" in read(page)
    assert not Message.objects.filter(kind="group").exists()
    page.get_by_role("button", name="Change the text").click()
    assert page.get_by_label("Text").input_value() == "See {link}"
    page.get_by_role("button", name="Show the message").click()
    page.get_by_role("button", name="Send 2 mails").dblclick()
    page.get_by_text("2 mails are queued.").first.wait_for()
    assert Message.objects.filter(kind="group").count() == 2


def test_a_group_is_written_to_without_a_script(visit, edition):
    path = f"/admin/participants/bulkmessage/write/{edition.slug}/"
    page = signed_in(visit, make.staff("secretariat", edition), path, scripts=False)
    page.get_by_label("Subject").fill("The bus")
    page.get_by_label("Text").fill("It leaves at 8.")
    page.get_by_role("button", name="Show the message").click()
    page.get_by_role("button", name="Send 2 mails").click()
    page.get_by_text("2 mails are queued.").wait_for()


@pytest.mark.parametrize(("width", "dark"), [(1280, True), (390, False)])
def test_every_kind_of_mail_and_a_waiting_one_can_be_read(visit, edition, width, dark):
    path = f"/admin/participants/message/kinds/{edition.slug}/"
    page = signed_in(visit, make.staff("secretariat", edition), path, width=width, dark=dark)
    page.get_by_role("link", name="Withdrawn", exact=True).click()
    page.get_by_role("link", name="Shqip").click()
    assert "Regjistrimi juaj u tërhoq." in read(page)
    assert (faults_of_ours(page), fits(page)) == ([], 0)
    message = Message.objects.values_list("pk", flat=True)[0]
    page.goto(f"/admin/participants/message/{message}/change/")
    assert "Your place is confirmed." in read(page)
    assert fits(page) == 0
