"""The list that goes to the host: exactly its columns, nothing hidden, every letter right."""

import datetime as dt
import io
import re
import zipfile
from dataclasses import replace

import pytest
from django.utils import timezone as clock
from django.utils.translation import override
from python_calamine import CalamineWorkbook

from participants import host_list, records
from participants.models import Participant, RecordLook
from tests import make
from tests.participants.recorded import CANARIES, asking_visit, booked, saved

pytestmark = pytest.mark.django_db

AT = dt.datetime(2030, 10, 1, 10, 5, tzinfo=dt.UTC)
COLUMNS = {
    "asks_identity": ["Nationality", "Type of the document", "Number of the document", "Expiry of the document"],
    "asks_birth_date": ["Date of birth"],
    "asks_sizes": ["Sizes of protective clothes"],
    "asks_emergency_contact": ["Emergency contact"],
}
NAMED = ["Name", "Delegation", "Function"]


def drawn(visit):
    rows = records.host_list(visit=visit, by="officer", reason="The host asked", form="xlsx")
    return host_list.drawn_up(visit, rows, AT)


def book_of(paper):
    return CalamineWorkbook.from_filelike(io.BytesIO(host_list.xlsx(paper)))


def table_of(paper):
    """The head and the rows of the sheet, without the lines above and below."""
    lines = book_of(paper).get_sheet_by_index(0).to_python()
    top = next(number for number, line in enumerate(lines) if line[0] == "Name")
    return [line for line in lines[top:] if any(line)]


def files_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        return {name: files.read(name).decode() for name in files.namelist()}


class TestSheet:
    @pytest.mark.parametrize("asks", [[], *([one] for one in COLUMNS), list(COLUMNS)])
    def test_it_has_the_columns_that_the_host_asks_and_no_other(self, asks):
        visit = make.visit(make.edition(), **dict.fromkeys(asks, True))
        booking = saved(visit) if asks else booked(visit)
        paper = drawn(visit)
        assert paper.head == NAMED + [column for one in asks for column in COLUMNS[one]]
        if asks:
            assert len(table_of(paper)[1]) == len(paper.head)
        content = "".join(files_of(host_list.xlsx(paper)).values())
        person = booking.participant
        for private in (person.email, person.reference, person.code, person.organisation, "reason", "The host asked"):
            assert private not in content, private

    def test_what_is_not_asked_any_more_is_not_in_it(self):
        visit = asking_visit(make.edition())
        saved(visit)
        visit.asks_identity = False
        visit.save()
        content = "".join(files_of(host_list.xlsx(drawn(visit))).values())
        assert "KNRX7788Q5" not in content
        assert "canary XXL, 47" in content

    def test_names_are_those_of_the_travel_document_and_days_are_days(self):
        visit = asking_visit(make.edition())
        saved(visit, printed_name="Bobo")
        row = table_of(drawn(visit))[1]
        assert row[:3] == ["Primjerić, Boris", "Albania", "Adviser"]
        assert row[3:7] == ["North Macedonia", "passport", "KNRX7788Q5", dt.date(2037, 3, 29)]
        assert row[7] == dt.date(1971, 12, 30)

    def test_one_name_alone_stands_without_a_comma(self):
        visit = asking_visit(make.edition())
        saved(visit, given_name="")
        assert table_of(drawn(visit))[1][0] == "Primjerić"

    @pytest.mark.parametrize("typed", ["=1+1", "+389 2 311", "@SUM(A1)", "0012", '=HYPERLINK("http://x")'])
    def test_a_text_is_never_a_formula(self, typed):
        visit = asking_visit(make.edition())
        saved(visit, answers={"emergency_contact": typed}, function=typed)
        content = host_list.xlsx(drawn(visit))
        row = table_of(drawn(visit))[1]
        assert row[2] == row[9] == typed
        assert "<f>" not in files_of(content)["xl/worksheets/sheet1.xml"]

    def test_what_xml_cannot_hold_is_left_out(self):
        visit = asking_visit(make.edition())
        saved(visit, answers={"sizes": "L\x0b\x1f\ufffe 43"})
        assert table_of(drawn(visit))[1][8] == "L 43"

    def test_nothing_is_hidden_and_the_file_names_nobody(self):
        visit = asking_visit(make.edition())
        saved(visit)
        content = host_list.xlsx(drawn(visit))
        files = files_of(content)
        assert [str(one.visible) for one in book_of(drawn(visit)).sheets_metadata] == ["SheetVisibleEnum.Visible"]
        assert not [name for name in files if re.search("hidden", files[name])]
        assert not [name for name in files if re.search("comments|vml|externalLink|customXml", name)]
        assert "definedName" not in files["xl/workbook.xml"]
        about = files["docProps/core.xml"] + files["docProps/app.xml"]
        assert "Host list" in about
        assert not [word for word in ("Primjer", "officer", *CANARIES) if word in about]

    def test_it_says_what_it_is_and_as_of_when(self):
        visit = asking_visit(make.edition(), host_unit="Ruhsatli unit")
        saved(visit)
        lines = [line[0] for line in book_of(drawn(visit)).get_sheet_by_index(0).to_python()]
        assert lines[:6] == [
            "Visitors: Clearance site",
            "Workshop on stockpiles, Tirana, Albania",
            "Wednesday, 9 October 2030, 13:00 to 18:00. Ruhsatli unit",
            "1 person has a place.",
            "As of 1 October 2030, 12:05 (Tirana time, Europe/Tirane)",
            "Confidential: personal data for the host of the visit only",
        ]

    def test_the_footnote_of_a_marked_nationality_or_delegation_is_printed_once(self):
        edition = make.edition(footnotes="* This designation is without prejudice.\n† Another")
        visit = asking_visit(edition)
        saved(visit)
        assert drawn(visit).below == []
        saved(visit, answers={"nationality": "XK"})
        make.delegation(edition, "Kosovo*", footnote_mark="*")
        saved(visit, of="Kosovo*")
        assert drawn(visit).below == ["* This designation is without prejudice."]

    def test_a_place_without_a_record_has_empty_cells(self):
        visit = make.visit(make.edition())
        booked(visit)
        visit.asks_sizes = True
        visit.save()
        records.save_record(booking=booked(visit, family_name="Whole"), answers={"sizes": "M"}, by="test")
        visit.bookings.update(state="confirmed")
        assert [row[-1] for row in drawn(visit).rows] == ["", "M"]

    @pytest.mark.parametrize("day", ["1871-01-01", "soon"])
    def test_a_day_that_no_sheet_can_count_is_a_text(self, day):
        visit = asking_visit(make.edition())
        booking = saved(visit)
        booking.record.birth_date = day
        booking.record.save()
        assert table_of(drawn(visit))[1][7] == day


class TestPaper:
    def test_the_list_of_nobody_says_so(self):
        paper = drawn(asking_visit(make.edition()))
        assert host_list.pdf(paper).startswith(b"%PDF")
        assert len(host_list.pictures(paper)) == 1

    def test_a_name_that_is_markup_is_printed_as_text(self):
        """As markup some of them would stop the paper, and the others would be drawn like their plain letters."""
        visit = asking_visit(make.edition())
        for name in ("#panic()", '#read("host_list.typ")', "*b*_i_", "$x^2$", "#", "\\", "/* x", '"', "]", "@label"):
            saved(visit, family_name=name)
        paper = drawn(visit)
        assert host_list.pdf(paper).startswith(b"%PDF")
        first, second = (replace(paper, rows=[[name, *paper.rows[0][1:]]]) for name in ("*b*", "#strong[b]"))
        assert host_list.pictures(first) != host_list.pictures(second)

    def test_a_long_list_has_several_pages_and_cuts_nothing(self):
        paper = drawn(asking_visit(make.edition()))
        row = ["W" * 80, "Delegation", "Ж" * 80, "Albania", "passport", "BA123456", AT.date(), AT.date(), "L", "+1"]
        long = host_list.HostList(paper.title, paper.above, [*paper.head], [row] * 150, ["* note"], paper.widths)
        assert len(host_list.pictures(long)) > 10

    def test_its_properties_name_the_visit_and_nobody(self):
        visit = asking_visit(make.edition())
        saved(visit)
        content = host_list.pdf(drawn(visit))
        assert b"Clearance site" in content or "Clearance site".encode("utf-16-be") in content
        assert b"/Author" not in content

    @pytest.mark.parametrize("language", ["en", "mk", "sq"])
    def test_it_is_drawn_in_any_language(self, language):
        visit = asking_visit(make.edition())
        saved(visit, family_name="Ђорђевић Țîșă Hoxhë")
        with override(language):
            assert host_list.pdf(drawn(visit)).startswith(b"%PDF")


def test_every_list_is_written_down_with_how_many():
    visit = asking_visit(make.edition())
    saved(visit)
    saved(visit)
    drawn(visit)
    assert list(RecordLook.objects.values_list("action", "records")) == [("host list xlsx", 2)]
    assert Participant.objects.count() == 2
    assert RecordLook.objects.get().at <= clock.now()
