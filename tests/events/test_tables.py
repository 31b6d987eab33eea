"""A table of an agenda is read as people type it; every row that is wrong is named, and no file is trusted."""

import datetime as dt
import io
import zipfile

import pytest

from events.edition_files import EditionFileError, WrongRows, read_bytes
from events.edition_files.columns import COLUMNS, FACTS, facts_by_word, heading, kinds_by_word, roles_by_word
from events.models import Appearance, Session
from tests.events.tables import HEAD, table

DAY = dt.date(2030, 10, 8)
LANGUAGES = ["en", "bs", "ro", "sq", "sl", "bg", "mk"]


def read_one(*cells, head=HEAD):
    (item,) = read_bytes(table(cells, head=head)).items
    return item


def wrong(*rows, head=HEAD):
    with pytest.raises(WrongRows) as caught:
        read_bytes(table(*rows, head=head))
    return [str(row) for row in caught.value.rows]


@pytest.mark.parametrize("day", [DAY, "2030-10-08", "8.10.2030", "8. 10. 2030.", "08.10.2030"])
def test_days_are_read_as_sheets_count_them_and_as_people_type_them(day):
    assert read_one(day, "9:00", "10:00", "", "", "Depots").day == DAY


@pytest.mark.parametrize("start", [dt.time(9, 30), "9:30", "09:30", "9.30", "09:30:00", "2030-10-08 09:30"])
def test_times_likewise(start):
    assert read_one(DAY, start, "", "", "", "Depots").start == dt.datetime(2030, 10, 8, 9, 30)  # noqa: DTZ001


def test_an_end_at_midnight_is_that_of_the_day_and_a_later_one_has_its_date():
    ends = [read_one(DAY, "22:00", end, "", "", "Party").end for end in ("24:00", "00:00", "2030-10-09 01:30")]
    assert [f"{end:%d %H:%M}" for end in ends] == ["09 00:00", "09 00:00", "09 01:30"]


def test_a_speaker_is_a_line_with_up_to_five_parts():
    cell = "Dr Arta Shembulli | Adviser | Institute | Chair | to be confirmed\nKosovo*\nAna (tbc)"
    first, state, third = read_one(DAY, "", "", "", "", "Depots", cell).people
    assert (first.honorific, first.name, first.function, first.organisation) == (
        *("Dr", "Arta Shembulli"),
        *("Adviser", "Institute"),
    )
    assert (first.role, first.state) == ("chair", "to_be_confirmed")
    assert (state.name, state.kind, state.role, state.state) == ("Kosovo*", "state", "speaker", "confirmed")
    assert (third.name, third.state) == ("Ana", "to_be_confirmed")


def test_a_contribution_belongs_to_the_session_above():
    rows = [(DAY, "9:00", "", "", "", "Depots"), (None, "", "", "", "Contribution", "Surplus", "Ana")]
    (item,) = read_bytes(table(*rows)).items
    assert [(talk.title, talk.people[0].name) for talk in item.talks] == [("Surplus", "Ana")]


def test_topics_stand_one_a_line_and_empty_rows_are_passed_over():
    rows = [(), (DAY, "", "", "Hall A", "working group", "Depots", "", "Words", "Safety; security\nSurplus"), ()]
    (item,) = read_bytes(table(*rows, above=[["The programme"], []])).items
    assert item.topics == ("Safety; security", "Surplus")
    assert (item.kind, item.room, item.abstract, item.place) == ("working_group", "Hall A", "Words", "row 5")


@pytest.mark.parametrize("language", LANGUAGES)
def test_columns_are_known_in_every_language(language):
    from django.utils import translation

    with translation.override(language):
        head = [heading(name) for name in COLUMNS]
    assert len(set(head)) == len(COLUMNS)
    row = dict.fromkeys(COLUMNS, "") | {"title": "Depots", "day": "2030-10-08", "room": "Hall A"}
    item = read_one(*(row[name] for name in COLUMNS), head=head)
    assert (item.title, item.day, item.room) == ("Depots", DAY, "Hall A")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_kinds_roles_or_facts_have_one_word_in_any_language(language):
    assert len(kinds_by_word(language)) == len(Session.Kind) + 1
    assert len(roles_by_word(language)) == len(Appearance.Role)
    assert len(facts_by_word(language)) == len(FACTS)


def test_every_row_that_is_wrong_is_named_with_its_column():
    rows = [
        (DAY, "9:00", "10:00", "", "", ""),
        ("8/10/2030", "9:00", "", "", "", "A"),
        (DAY, "25:00", "", "", "", "B"),
        (DAY, "10:00", "9:00", "", "", "C"),
        (DAY, "", "9:00", "", "", "D"),
        ("", "9:00", "", "", "", "E"),
        (DAY, "9:00", "", "", "", "F", "| Adviser"),
        (DAY, "9:00", "", "", "", "G", "Ana | a | b | king"),
        (DAY, "9:00", "", "", "", "H" * 600),
        (DAY, "9:00", "", "", "", "I"),
    ]
    told = wrong(*rows)
    assert [line.split(":")[0] for line in told] == [
        *("row 2, Title", "row 3, Day", "row 4, Start", "row 5, End", "row 6, Start"),
        *("row 7, Day", "row 8, Speakers", "row 9, Speakers", "row 10, Title"),
    ]


def test_a_contribution_without_a_session_is_wrong():
    assert wrong((None, "", "", "", "Contribution", "Surplus"))[0].startswith("row 2, Kind")


def test_only_the_first_of_many_wrong_rows_are_told_with_how_many_there_are():
    with pytest.raises(WrongRows) as caught:
        read_bytes(table(*[(DAY, "x", "", "", "", "A")] * 300))
    assert (len(caught.value.rows), caught.value.count) == (50, 300)


@pytest.mark.parametrize(
    ("rows", "head", "words"),
    [
        ([], HEAD, "no sessions"),
        ([("a", "b")], ["Name", "E-mail"], "Name the columns"),
        ([("a", "b")], ["Title", "Title", "Day"], "Two columns are called"),
    ],
)
def test_what_is_no_agenda_is_refused_with_a_sentence(rows, head, words):
    with pytest.raises(EditionFileError, match=words):
        read_bytes(table(*rows, head=head))


def test_a_formula_counts_as_last_computed():
    import xlsxwriter

    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Day", "Title"])
        sheet.write_formula(1, 1, '=HYPERLINK("http://evil.example")', None, "shown")
    assert read_bytes(written.getvalue()).items[0].title == "shown"


@pytest.mark.parametrize("content", [b"PK", b"PK\x03\x04" + b"\0" * 100, b"PK" + b"x" * 3_000_000])
def test_a_broken_file_is_refused(content):
    with pytest.raises(EditionFileError):
        read_bytes(content)


def test_a_file_that_grows_when_it_is_opened_is_refused():
    packed = io.BytesIO()
    good = zipfile.ZipFile(io.BytesIO(table((DAY, "", "", "", "", "Depots"))))
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as files:
        for name in good.namelist():
            files.writestr(name, b" " * 30_000_000 if name.endswith("sheet1.xml") else good.read(name))
    assert len(packed.getvalue()) < 100_000
    with pytest.raises(EditionFileError, match="too large"):
        read_bytes(packed.getvalue())


def test_a_text_that_a_thousand_cells_share_is_too_much_text():
    with pytest.raises(EditionFileError, match="too much text"):
        read_bytes(table(*[(DAY, "", "", "", "", "A", "", "x" * 30_000)] * 200))


@pytest.mark.parametrize("title", ["\u202egnp.exe", "a\u0000b", "\u2800", "<b>", "_x0041_", "_xD800_"])
def test_odd_characters_are_cleaned_or_refused(title):
    try:
        item = read_one(DAY, "", "", "", "", title)
    except EditionFileError:
        return
    assert not set(item.title) & {"\u202e", "\u0000", "\ud800"}
