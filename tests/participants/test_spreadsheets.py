"""Tables are read as text, whatever program saved them; what is too large or no table is refused with a sentence."""

import datetime as dt
import io
import re
import time
import zipfile

import pytest
import xlsxwriter

from participants.spreadsheets import UnreadableError, read_table
from tests.participants.letter_files import repacked, workbook

ROWS = [["Name", "E-mail"], ["Žika Ćirić", "zika@example.org"], ["Ђорђе", "d@example.org"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1250"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_text_is_read_in_the_encodings_of_spreadsheets(encoding, delimiter, end):
    rows = ROWS[:2] if encoding == "cp1250" else ROWS
    text = end.join(delimiter.join(row) for row in rows) + end
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    assert read_table(mark + text.encode(encoding)) == rows


def test_quotes_line_breaks_and_the_line_that_excel_adds():
    content = 'sep=;\r\nName;E-mail\r\n"Primerić; ""Ana""\nMarija";ana@example.org\r\n'.encode()
    assert read_table(content) == [[], ["Name", "E-mail"], ['Primerić; "Ana"\nMarija', "ana@example.org"]]


def test_a_workbook_is_read_with_its_empty_rows_so_that_numbers_are_right():
    table = read_table(workbook([[], ["Name", "E-mail"], [], ["Žika", "z@example.org"]]))
    assert table == [[], ["Name", "E-mail"], [], ["Žika", "z@example.org"]]


def test_cells_are_text_whatever_they_hold():
    def odd(sheet):
        sheet.write_number(1, 0, 7)
        sheet.write_number(1, 1, 1.5)
        sheet.write_boolean(1, 2, True)
        sheet.write_formula(1, 3, '=HYPERLINK("http://evil.example")', None, "shown")
        sheet.merge_range(2, 0, 3, 1, "merged")

    table = read_table(workbook([["a", "b", "c", "d"]], odd))
    assert table[1] == ["7", "1.5", "yes", "shown"]
    assert table[2] == ["merged"]


def test_a_date_is_the_number_of_its_day():
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        book.add_worksheet().write_datetime(0, 0, dt.date(2026, 3, 31), book.add_format({"num_format": "yyyy-mm-dd"}))
    assert read_table(written.getvalue()) == [["46112"]]


def bomb(size):
    """A workbook whose sheet is small packed and large unpacked."""

    def swollen(name, text):
        return text + b" " * size if name.endswith("sheet1.xml") else text

    return repacked(workbook(ROWS), swollen)


def lying(content):
    """The sizes written in the file are made small."""
    packed = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        size = book.getinfo("xl/worksheets/sheet1.xml").file_size.to_bytes(4, "little")
    while (at := packed.find(size)) >= 0:
        packed[at : at + 4] = (100).to_bytes(4, "little")
    return bytes(packed)


def with_entities(name, text):
    if not name.endswith("sheet1.xml"):
        return text
    declared = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return text.replace(b"<worksheet", declared + b"<worksheet", 1)


def swelling(attribute, part):
    """A number in the file that says how much room to make."""

    def swollen(name, text):
        return re.sub(attribute + rb'="[0-9]+"', attribute + b'="4294967295"', text) if name.endswith(part) else text

    return repacked(workbook(ROWS), swollen)


def pointing(target):
    return repacked(workbook(ROWS), lambda name, text: text.replace(b"worksheets/sheet1.xml", target))


def packed_as(method):
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(ROWS))) as old, zipfile.ZipFile(written, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return written.getvalue()


def test_numbers_that_say_how_much_room_to_make_are_not_believed():
    for attribute, part in ((b"count", "sharedStrings.xml"), (b"uniqueCount", "sharedStrings.xml")):
        assert read_table(swelling(attribute, part)) == ROWS
    assert read_table(swelling(b"count", "styles.xml")) == ROWS


def without_references(name, text):
    return text.replace(b' r="', b' x="') if name.endswith("sheet1.xml") else text


BAD = {
    "nothing like a table": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" * 50,
    "a PDF": b"%PDF-1.7\n\x00\x81\x8d",
    "NUL in text": b"Name;E-mail\nA\x00na;a@example.org\n",
    "no encoding of ours": b"Name\x81\x83\x98;E-mail\n",
    "half of UTF-16": b"\xff\xfeN",
    "an open quotation mark": b'Name;E-mail\n"Ana;a@example.org\n' * 3,
    "a cell without an end": b"Name;" + b"x" * 200_000 + b"\n",
    "a zip of something": b"PK\x03\x04" + b"\x00" * 40,
    "a zip that is no workbook": repacked(workbook(ROWS), lambda name, text: b"<x/>"),
    "broken XML": repacked(workbook(ROWS), lambda name, text: text[: len(text) // 2]),
    "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500,
    "a workbook cut in the middle": workbook(ROWS)[:-300],
    "a zip bomb": bomb(50_000_000),
    "a zip bomb that lies": lying(bomb(50_000_000)),
    "entities": repacked(workbook(ROWS), with_entities),
    "a number of a text that is not there": repacked(
        workbook(ROWS), lambda name, text: text.replace(b"<v>1</v>", b"<v>99999</v>")
    ),
    "a sheet that is elsewhere": pointing(b"../../../etc/passwd"),
    "a sheet at an address": pointing(b"http://127.0.0.1/sheet1.xml"),
    "texts in another encoding": repacked(
        workbook(ROWS), lambda name, text: text.replace(b"UTF-8", b"UTF-16").replace("Ž".encode(), b"\xff")
    ),
    "parts packed otherwise": packed_as(zipfile.ZIP_LZMA),
    "a cell at the far end": workbook(ROWS, lambda sheet: sheet.write(1_048_575, 16_383, "x")),
    "10 000 rows": workbook([["Name", "E-mail"]] + [[f"N{n}", f"n{n}@example.org"] for n in range(10_000)]),
    "10 000 lines": b"Name;E-mail\n" + b"Ana;a@example.org\n" * 10_000,
    "more than 2 MB": b"Name;E-mail\n" + b"Ana;a@example.org\n" * 150_000,
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_table_of_ours_is_refused_quickly_with_a_sentence(what):
    started = time.monotonic()
    with pytest.raises(UnreadableError) as refused:
        read_table(BAD[what])
    assert str(refused.value).endswith(".")
    assert time.monotonic() - started < 5


def test_rows_without_references_are_counted_as_a_reader_counts_them():
    assert read_table(repacked(workbook(ROWS), without_references))[1][0] == "Žika Ćirić"
    many = repacked(workbook([["x"]] * 2000), without_references)
    with pytest.raises(UnreadableError):
        read_table(many)


def test_only_the_first_sheet_that_is_shown_is_read():
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        hidden, shown = book.add_worksheet(), book.add_worksheet()
        hidden.write(0, 0, "hidden")
        shown.write(0, 0, "shown")
        shown.activate()
        hidden.hide()
    assert read_table(written.getvalue()) == [["shown"]]
