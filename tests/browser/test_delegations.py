"""A contact nominates, replaces, hands in a letter and a list on a phone without a script; a nominee registers."""

import pytest

from participants import links, nominating
from participants.models import Participant
from tests.browser.looking import faults, is_too_wide
from tests.participants.letter_files import PDF, workbook
from tests.participants.registered import open_edition, participant

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def serbia():
    edition = open_edition(requires_review=False, requires_nomination=True)
    found = edition.delegations.get(name="Serbia")
    found.quota = 2
    found.save()
    return found


def path_of(link):
    return "/" + link.split("/", 3)[3]


def named(delegation, name, **more):
    email = f"{name.split()[0].lower()}@example.org"
    return nominating.nominate(delegation=delegation, name=name, email=email, by="test", **more)


def change(page, name):
    """Open what can be changed of a person."""
    page.get_by_text(f"Change: {name}").click()


def test_a_contact_says_who_comes_on_a_phone_without_a_script(visit, serbia):
    page = visit(path_of(links.delegation_link(serbia)), width=390, scripts=False)
    assert page.url.endswith(f"/delegations/{serbia.pk}/")
    assert page.get_by_text("0 of 2 places taken.").is_visible()
    page.get_by_role("link", name="Nominate a person").click()
    page.get_by_label("Name").fill("Ana Primerić")
    page.get_by_role("button", name="Nominate this person").click()
    assert page.title().startswith("Error: ")
    page.get_by_role("link", name="Write the e-mail address of the person").click()
    page.get_by_label("E-mail").fill("ana@example.org")
    page.get_by_label("This person is the head").check()
    page.get_by_role("button", name="Nominate this person").click()
    assert page.get_by_text("The person is nominated.").is_visible()

    page.get_by_role("link", name="Import a list").click()
    rows = [["Name", "E-mail"], ["Boris Primerić", "boris@example.org"], ["Ceca", "nothing"]]
    page.get_by_label("The table", exact=True).set_input_files(
        {"name": "list.xlsx", "mimeType": "application/octet-stream", "buffer": workbook(rows)}
    )
    page.get_by_role("button", name="Show what you understand").click()
    assert page.get_by_text("Nothing is saved yet.").is_visible()
    page.get_by_role("button", name="Nominate 1 person").click()

    page.get_by_role("link", name="Attach a letter").click()
    page.get_by_label("Reference of the letter").fill("12-345")
    page.get_by_label("Date of the letter").fill("2026-03-31")
    page.get_by_label("The letter", exact=True).set_input_files(
        {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.get_by_label("Ana Primerić").check()
    page.get_by_label("Boris Primerić").check()
    page.get_by_role("button", name="Save the letter").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the letter 12-345").click()
    assert download.value.suggested_filename == "letter.pdf"

    change(page, "Boris Primerić")
    page.get_by_role("button", name="Move up").last.click()
    assert serbia.nominations.order_by("order").first().name == "Boris Primerić"
    change(page, "Ana Primerić")
    page.get_by_role("link", name="Replace by another person").last.click()
    page.get_by_label("Name").fill("Dara Primerić")
    page.get_by_label("E-mail").fill("dara@example.org")
    page.get_by_role("button", name="Replace this person").click()
    assert page.get_by_text("In place of Ana Primerić").is_visible()
    change(page, "Boris Primerić")
    page.get_by_role("link", name="Withdraw the nomination").first.click()
    page.get_by_role("button", name="Withdraw the nomination").click()
    assert page.get_by_text("The nomination is withdrawn.").is_visible()


def test_a_nominee_registers_on_a_phone_without_a_script(visit, serbia):
    page = visit(path_of(links.nominee_link(named(serbia, "Mira Primerić"))), width=390, scripts=False)
    assert page.get_by_text("Serbia nominates you.").is_visible()
    assert page.get_by_label("Family name").input_value() == "Primerić"
    page.get_by_label("Female", exact=True).check()
    page.get_by_label("Civil", exact=True).check()
    page.get_by_label("Function").fill("Head of section")
    page.get_by_role("button", name="Send my registration").click()
    assert page.title().startswith("Error: ")
    page.get_by_label("Organisation or unit").fill("Ministry of Examples")
    page.get_by_label("I agree that you use my answers").check()
    page.get_by_role("button", name="Send my registration").click()
    assert page.get_by_role("heading", name="What happens next").is_visible()
    assert Participant.objects.get().status == Participant.Status.CONFIRMED


def test_the_page_is_used_with_the_keyboard_alone(visit, serbia):
    named(serbia, "Ana Primerić")
    named(serbia, "Boris Primerić")
    page = visit(path_of(links.delegation_link(serbia)))
    page.get_by_text("Change: Boris Primerić").focus()
    page.keyboard.press("Enter")
    for _link in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Make head of delegation"
    page.keyboard.press("Enter")
    page.get_by_text("The delegation has a new head.").wait_for()
    assert serbia.nominations.get(is_head=True).name == "Boris Primerić"


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, False), (390, True), (320, False)])
def test_the_pages_are_clean_for_assistive_technology_and_fit(visit, serbia, width, dark):
    held = participant(serbia.edition)
    ana = named(serbia, "Ana " + "W" * 190, is_head=True)
    nominating.link_nomination(participant=held, nomination=ana, by="test")
    named(serbia, "Boris Primerić")
    named(serbia, "Ceca Primerić")
    nominating.withdraw_nomination(nomination=named(serbia, "Dara Primerić"), by="test")
    substitute = nominating.substitute(
        delegation=serbia, nomination=ana, name="Ema Primerić", email="ema@example.org", by="test"
    )
    home = f"/delegations/{serbia.pk}/"
    at = f"{home}nominations/{substitute.pk}/"
    page = visit(path_of(links.delegation_link(serbia)), width=width, dark=dark)
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert (faults(page), is_too_wide(page)) == ([], False)
    paths = [home + one for one in ("nominate/", "letters/", "list/")]
    paths += [at + one for one in ("correct/", "replace/", "withdraw/")]
    for path in [*paths, path_of(links.nominee_link(substitute)), "/register/wrong/"]:
        page.goto(path)
        assert (path, faults(page), is_too_wide(page)) == (path, [], False)
    page.goto(f"{home}letters/")
    page.get_by_role("button", name="Save the letter").click()
    assert (faults(page), is_too_wide(page)) == ([], False)
    page.goto(f"{home}list/")
    rows = [["Name", "E-mail"], ["B" * 150, "boris@example.org"], ["Ceca", "nothing"]]
    page.get_by_label("The table", exact=True).set_input_files(
        {"name": "list.xlsx", "mimeType": "application/octet-stream", "buffer": workbook(rows)}
    )
    page.get_by_role("button", name="Show what you understand").click()
    assert (faults(page), is_too_wide(page)) == ([], False)
