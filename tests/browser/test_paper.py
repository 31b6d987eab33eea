"""The agenda as the browser prints it: one day a page, each page says what it is."""

import io

import pypdfium2
import pytest

from events.scheduling import release_agenda
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def edition():
    """Three days, with a long one, and a name that has a footnote."""
    made = make.edition(slug="2030-tirana", label="Tenth edition", footnotes={"en": "* Without prejudice."})
    hall = make.room(made)
    for number in range(9):
        session = make.session(made, f"Subject {number}", 9 + number, 10 + number, room=hall)
    make.speaker(session, "Kosovo*")
    make.session(made, "Depots", 9, 10, on=1)
    make.session(made, "Closing", 9, 10, on=2)
    release_agenda(edition=made, by="sec")
    return made


def printed(page):
    """The text of each page of the printed agenda, and how dark its corner is."""
    document = pypdfium2.PdfDocument(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    texts = [" ".join(sheet.get_textpage().get_text_bounded().split()) for sheet in document]
    corners = [sheet.render(scale=0.2).to_pil().convert("L").getpixel((2, 2)) for sheet in document]
    document.close()
    return texts, corners


@pytest.mark.parametrize("dark", [False, True])
def test_one_day_a_page_with_release_status_and_address_black_on_white(visit, edition, dark):
    texts, corners = printed(visit("/editions/2030-tirana/agenda/", dark=dark))
    assert len(texts) == 3
    for text, words in zip(
        texts, (("Subject 8", "Hall A"), ("Depots",), ("Closing", "Without prejudice")), strict=True
    ):
        for word in ("Tenth edition", "Release 1", "Provisional", "/editions/2030-tirana/agenda/", *words):
            assert word in text
        for away in ("Search", "My stars", "Filter", "Star:", "Skip to"):
            assert away not in text
    assert corners == [255, 255, 255]


def test_a_printed_search_holds_what_fits(visit, edition):
    texts, _corners = printed(visit("/editions/2030-tirana/agenda/?q=depots"))
    assert "Depots" in " ".join(texts)
    assert "Subject" not in " ".join(texts)
