"""Pages of speakers, previews for other programs, and the table of an agenda, in a browser."""

import json

import pytest
from i18nfield.strings import LazyI18nString

from events.models import Speaker, Talk
from events.scheduling import release_agenda
from tests import make
from tests.browser.looking import faults, faults_of_ours, is_too_wide
from tests.events.tables import table

pytestmark = pytest.mark.django_db(transaction=True)
NASTY = "</script><script>window.broken = 1</script> & co"


@pytest.fixture
def edition():
    made = make.edition(footnotes="* Without prejudice.", title=NASTY, summary="Three days of work.")
    held = make.session(made, "W" * 80, room=make.room(made, "Main conference hall of the General Staff"))
    talk = Talk.objects.create(session=held, title="A contribution of one of the speakers")
    one = make.speaker(held, "Ђорђе Шћепановић", honorific="H.E. Mr", function="X" * 120, organisation="Kosovo*")
    make.speaker(held, "Ђорђе Шћепановић", talk=talk, role="chair", state="to_be_confirmed")
    make.speaker(make.session(made, "Cancelled one", 11, 12, status="cancelled"), "Z" * 120)
    state = make.speaker(held, "Albania", role="host")
    Speaker.objects.filter(pk=state.speaker_id).update(kind="state")
    Speaker.objects.filter(pk=one.speaker_id).update(biography=LazyI18nString({"en": "One.\n\nTwo."}))
    release_agenda(edition=made, by="test")
    return made


@pytest.fixture
def addresses(edition):
    keys = Speaker.objects.order_by("pk").values_list("pk", flat=True)
    return ["speakers/", *(f"speakers/{key}/" for key in keys)]


def test_the_pages_of_speakers_are_clean_and_fit(visit, edition, addresses):
    for address in addresses:
        for width, dark in ((1280, False), (390, False), (390, True)):
            page = visit(f"/editions/{edition.slug}/{address}", width=width, dark=dark)
            assert not faults(page), address
            assert not is_too_wide(page), (address, width)


def test_from_a_session_to_a_speaker_and_back(visit, edition):
    page = visit(f"/editions/{edition.slug}/agenda/")
    page.get_by_role("link", name="W" * 80).first.click()
    page.get_by_role("link", name="H.E. Mr Ђорђе Шћепановић").first.click()
    page.wait_for_load_state()
    assert page.get_by_role("heading", level=1).inner_text() == "H.E. Mr Ђорђе Шћепановић"
    assert page.get_by_text("To be confirmed").is_visible()
    assert page.get_by_role("heading", name="Biography").is_visible()
    page.get_by_role("navigation").get_by_role("link", name="Speakers").first.click()
    page.wait_for_load_state()
    assert page.get_by_role("heading", level=1).inner_text() == "Speakers"


def test_the_facts_for_other_programs_break_no_policy_and_run_nothing(visit, edition):
    page = visit(f"/editions/{edition.slug}/")
    page.wait_for_load_state()
    block = page.locator('script[type="application/ld+json"]')
    assert json.loads(block.text_content())["name"] == NASTY
    assert page.evaluate("window.broken") is None
    assert page.locator('meta[property="og:description"]').get_attribute("content") == "Three days of work."
    assert not faults(page)


def test_a_table_is_loaded_in_two_presses(visit, live_server, client, edition, tmp_path):
    client.force_login(make.staff("secretariat", edition))
    file = tmp_path / "agenda.xlsx"
    file.write_bytes(table(("9.10.2030", "9:00", "10:00", "Hall B", "panel", "From the table", "Ana | Adviser")))
    cookies = [{"name": name, "value": one.value, "url": live_server.url} for name, one in client.cookies.items()]
    page = visit("/")
    page.context.add_cookies(cookies)
    page.goto(f"/admin/events/edition/{edition.pk}/load/")
    assert not faults_of_ours(page)
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Show what is understood").click()
    page.wait_for_load_state()
    assert page.get_by_text("Nothing is written yet.").is_visible()
    assert not faults_of_ours(page)
    assert edition.sessions.count() == 2
    page.get_by_role("button", name="Load the table").click()
    page.wait_for_load_state()
    assert page.get_by_text("1 new, 0 changed").is_visible()
    assert edition.sessions.count() == 3
