"""A participant writes a record on a phone without a script; the visit officer opens it and takes out the list."""

import pytest

from participants.models import RecordLook, VisitRecord
from tests import make
from tests.browser.looking import faults, faults_of_ours, is_too_wide
from tests.browser.test_admin import signed_in
from tests.participants.recorded import CANARIES, asking_visit, booked, saved
from tests.participants.registered import path_of_link

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def field_visit():
    edition = make.edition(footnotes="* This designation is without prejudice to positions on status.")
    return asking_visit(edition, host_list_deadline=make.local(edition, 12))


def fill(page):
    page.get_by_label("Nationality").select_option(label="North Macedonia")
    page.get_by_label("passport").check()
    page.get_by_label("Number of the document").fill("knrx7788q5")
    page.get_by_label("The document is valid until").fill("2037-03-29")
    page.get_by_label("Date of birth").fill("1971-12-30")
    page.get_by_label("Person to call in an emergency").fill("Canary Aunt +389 2 311 9971")


def test_a_participant_writes_a_record_on_a_phone_without_a_script(visit, field_visit):
    person = booked(field_visit).participant
    page = visit(path_of_link(person), width=390, scripts=False)
    page.goto(f"/my/{person.reference}/record/")
    fill(page)
    page.get_by_role("button", name="Save my record").click()
    assert page.title().startswith("Error: ")
    page.get_by_role("link", name="Write your sizes").click()
    assert page.get_by_label("Number of the document").input_value() == "knrx7788q5"
    assert page.get_by_label("Date of birth").input_value() == "1971-12-30"
    page.get_by_label("Your sizes").fill("canary XXL, 47")
    page.get_by_role("button", name="Save my record").click()
    assert page.get_by_text("Your record is complete.").is_visible()
    assert page.get_by_text("…Q5").is_visible()
    assert not [canary for canary in CANARIES if canary in page.content()]
    page.get_by_text("Write all answers again").click()
    assert page.get_by_label("Number of the document").input_value() == ""
    assert VisitRecord.objects.get().document_number == "KNRX7788Q5"


def test_the_officer_opens_a_record_and_takes_out_the_list(visit, field_visit):
    booking = saved(field_visit)
    page = signed_in(visit, make.staff("visit-officer", field_visit.session.edition))
    page.get_by_role("link", name="Records of field visits and host lists").click()
    page.get_by_role("link", name="Clearance site").click()
    page.get_by_role("link", name="Open the record").click()
    page.get_by_role("button", name="Open the record").click()
    page.get_by_text("Write why you need it").wait_for()
    page.get_by_label("Why do you need it?").fill("The gate asked")
    page.get_by_role("button", name="Open the record").click()
    page.get_by_text("KNRX7788Q5").wait_for()
    page.goto(f"/admin/participants/recordlook/visits/{booking.visit_id}/")
    page.get_by_label("Why do you need it?").fill("The host asked for it")
    with page.expect_download() as download:
        page.get_by_role("button", name="Take out as PDF").click()
    assert download.value.suggested_filename.endswith(".pdf")
    assert list(RecordLook.objects.order_by("pk").values_list("action", flat=True)) == ["open", "host list pdf"]


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, False), (390, True), (320, False)])
def test_the_pages_are_clean_for_assistive_technology_and_fit(visit, field_visit, width, dark):
    booking, person = saved(field_visit, printed_name="W" * 190), booked(field_visit).participant
    page = visit(path_of_link(person), width=width, dark=dark)
    path = f"/my/{person.reference}/record/"
    page.goto(path)
    assert (faults(page), is_too_wide(page)) == ([], False)
    page.get_by_role("button", name="Save my record").click()
    assert (faults(page), is_too_wide(page)) == ([], False)
    page.goto(path_of_link(booking.participant))
    page.goto(f"/my/{booking.participant.reference}/record/")
    assert (faults(page), is_too_wide(page)) == ([], False)
    office = signed_in(visit, make.staff("visit-officer", field_visit.session.edition), width=width, dark=dark)
    for path in ("visits/", f"visits/{booking.visit_id}/", f"bookings/{booking.pk}/"):
        office.goto(f"/admin/participants/recordlook/{path}")
        assert (path, faults_of_ours(office), is_too_wide(office)) == (path, [], False)
    office.get_by_role("button", name="Open the record").click()
    assert (faults_of_ours(office), is_too_wide(office)) == ([], False)
    office.get_by_label("Why do you need it?").fill("The gate asked")
    office.get_by_role("button", name="Open the record").click()
    assert (faults_of_ours(office), is_too_wide(office)) == ([], False)
