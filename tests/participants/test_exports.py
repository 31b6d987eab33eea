"""Tables as .xlsx, read back by another program."""

import datetime as dt
import io
import re
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from events.sheets import Sheet, workbook
from participants.exports import footnotes, printed
from participants.models import Delegation
from tests.participants.registered import open_edition

FORMULA_LIKE = ["=1+1", "+381 11 000", "-5", "@SUM(A1)", '=HYPERLINK("http://x")', "{=1}", "\t=1", "00012", "1e5"]


def read(content):
    return CalamineWorkbook.from_filelike(io.BytesIO(content))


def rows_of(sheet):
    return read(workbook("Table", [sheet])).get_sheet_by_index(0).to_python()


def test_texts_that_look_like_formulas_or_numbers_stay_texts():
    content = workbook("Table", [Sheet("People", ["Name"], [[text] for text in FORMULA_LIKE])])
    assert [row[0] for row in read(content).get_sheet_by_index(0).to_python()] == ["Name", *FORMULA_LIKE]
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        page = files.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in page
    assert len(re.findall(r't="inlineStr"', page)) == 1 + len(FORMULA_LIKE)


def test_numbers_and_days_keep_their_type():
    rows = rows_of(Sheet("Numbers", ["a", "b", "c", "d"], [[1, 2.5, dt.date(2018, 10, 9), None]]))
    assert rows[1][:3] == [1, 2.5, dt.date(2018, 10, 9)]


def test_lines_stand_above_and_below_with_one_line_between():
    rows = rows_of(Sheet("Table", ["Name"], [["Hana"], ["Boris"]], above=["Title", "As of"], below=["* a note"]))
    assert [row[0] for row in rows] == ["Title", "As of", "", "Name", "Hana", "Boris", "", "* a note"]


def test_an_empty_table_is_a_head():
    assert rows_of(Sheet("Table", ["Name"], [])) == [["Name"]]


@pytest.mark.parametrize("text", ["a\x00b\x0bc", "ж\x1f", "x" * 40_000, "\ufffe"])
def test_what_a_sheet_cannot_hold_is_left_out(text):
    assert "\x00" not in rows_of(Sheet("T", ["Name", "After"], [[text, "z"]]))[1][0]


@pytest.mark.parametrize("name", ["a/b:c*d?[e]", "'quoted'", "", "x" * 80, "Дани"])
def test_any_name_makes_a_sheet(name):
    book = read(workbook("Table", [Sheet(name, ["Name"], [])]))
    assert len(book.sheet_names[0]) in range(1, 32)


def test_nothing_is_hidden():
    content = workbook("T", [Sheet("A", ["x"], []), Sheet("B", ["y"], [])])
    assert {str(one.visible) for one in read(content).sheets_metadata} == {"SheetVisibleEnum.Visible"}
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        assert b"definedName" not in files.read("xl/workbook.xml")
        assert b"hidden" not in b"".join(files.read(name) for name in files.namelist() if "sheet" in name)


@pytest.mark.django_db
def test_a_footnote_is_printed_once_and_only_where_its_mark_occurs():
    edition = open_edition()
    marked, plain = edition.delegations.get(name="Kosovo*"), edition.delegations.get(name="Serbia")
    assert footnotes(edition, [plain]) == []
    assert footnotes(edition, [marked, plain, marked]) == [
        "* This designation is without prejudice to positions on status."
    ]


@pytest.mark.parametrize(("name", "mark", "expected"), [("Kosovo*", "*", "Kosovo*"), ("X", "†", "X†"), ("X", "", "X")])
def test_a_delegation_is_printed_with_its_mark_once(name, mark, expected):
    assert printed(Delegation(name=name, footnote_mark=mark)) == expected
