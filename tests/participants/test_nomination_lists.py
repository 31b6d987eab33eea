"""What is understood of a list of people, and what is said of each row."""

import pytest

from events.text import clean_line
from participants.nomination_lists import MOST_PEOPLE, judged, understand
from participants.spreadsheets import UnreadableError
from tests import make

pytestmark = pytest.mark.django_db


def people(*rows, nominated=()):
    return [(one.name, one.email, one.is_head) for one in understand(list(rows), nominated) if one.is_new]


@pytest.mark.parametrize(
    "heading",
    [
        ["Name", "E-mail"],
        ["FULL NAME:", "Email address"],
        ["Ime i prezime", "E-pošta"],
        ["Име и презиме", "Е-пошта"],
        ["Emri dhe mbiemri", "E-mail"],
        ["Nume și prenume", "Adresa de e-mail"],
        ["Име и фамилия", "Имейл"],
        ["Ime in priimek", "E-poštni naslov"],
    ],
)
def test_columns_are_found_in_the_languages_of_the_series(heading):
    assert people(heading, ["Ana Primerić", "ana@example.org"]) == [("Ana Primerić", "ana@example.org", False)]


@pytest.mark.parametrize(
    "heading",
    [["Given name", "Family name"], ["Ime", "Prezime"], ["Emri", "Mbiemri"], ["Prenume", "Nume de familie"]],
)
def test_a_name_in_two_columns_is_one(heading):
    assert people([*heading, "E-mail"], ["Ana", "Primerić", "ana@example.org"])[0][0] == "Ana Primerić"


def test_a_title_above_other_columns_and_empty_rows_do_no_harm():
    found = understand(
        [
            ["Delegation of Serbia"],
            [],
            ["No", "E-mail", "Rank", "Name", "Head of delegation"],
            ["1", "ana@example.org", "major", "Ana", "Yes"],
            ["", " ", "", ""],
            ["2", "boris@example.org", "", "Boris"],
        ],
        [],
    )
    assert [(one.number, one.name, one.is_head, one.is_new) for one in found] == [
        (4, "Ana", True, True),
        (6, "Boris", False, True),
    ]


def test_every_bad_row_says_why_and_the_others_are_taken():
    found = understand(
        [
            ["Name", "E-mail", "Head"],
            ["Ana", "ana@example.org", "yes"],
            ["", "nobody@example.org", ""],
            ["\u200b", "x@example.org", ""],
            ["Boris", "boris at example", ""],
            ["Ceca", "a@example.org, b@example.org", ""],
            ["Dara", "dara@example.org", "perhaps"],
            ["Ema", "ema@example.org", "yes"],
            ["ANA", "Ana@Example.org", ""],
            ["F" * 250, "f@example.org", ""],
            ['=HYPERLINK("http://evil.example")', "g@example.org", ""],
            ["Hana", "", ""],
        ],
        [],
    )
    assert {one.number: one.problems for one in found if not one.is_new} == {
        3: ["Write the name of the person"],
        4: ["Write the name of the person"],
        5: ["Write one e-mail address, like name@example.org"],
        6: ["Write one e-mail address, like name@example.org"],
        7: ["Write yes or no for the head of delegation"],
        8: ["A delegation has one head, and that is Ana"],
        9: ["Row 2 names the same person"],
        10: ["Write at most 200 characters. Now there are 250"],
        12: ["Write your e-mail address"],
    }
    assert [one.name for one in found if one.is_new] == ["Ana", '=HYPERLINK("http://evil.example")']


def test_those_nominated_already_are_left_as_they_are():
    delegation = make.delegation(make.edition())
    make.nomination(delegation, "Ána Primerić", email="ana@example.org", is_head=True)
    found = understand(
        [["Name", "E-mail", "Head"], ["Ana Primeric", "ANA@example.org", "yes"], ["Boris", "b@example.org", "yes"]],
        delegation.nominations.all(),
    )
    assert (found[0].is_known, found[0].problems, found[0].is_new) == (True, [], False)
    assert found[1].problems == ["A delegation has one head, and that is Ána Primerić"]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([], "Call the columns"),
        ([["Ana", "ana@example.org"]], "Call the columns"),
        ([["Name", "Telephone"], ["Ana", "1"]], "Call the columns"),
        ([["Name", "E-mail", "Email"], ["Ana", "a@example.org", ""]], "Two columns are called “Email”"),
        ([["Name", "E-mail"], ["", ""]], "has no people"),
        ([["Name", "E-mail"], *([["Ana", "a@example.org"]] * (MOST_PEOPLE + 1))], f"at most {MOST_PEOPLE}"),
    ],
)
def test_a_table_that_cannot_be_understood_is_refused_with_a_sentence(table, said):
    with pytest.raises(UnreadableError, match=said):
        understand(table, [])


def test_rows_that_come_back_are_judged_again():
    (row,) = judged([(3, "\ud800", "ana@example.org\r\nBcc: x@example.org", True)], [])
    assert len(row.problems) == 2
    assert not row.is_new


def test_too_many_rows_are_counted_before_any_is_read(monkeypatch):
    monkeypatch.setattr("participants.nomination_lists._row", lambda *_row: pytest.fail("a row was read"))
    with pytest.raises(UnreadableError, match=f"at most {MOST_PEOPLE}"):
        understand([["Name", "E-mail"], *([["Ana", "a@example.org"]] * (MOST_PEOPLE + 1))], [])


def test_no_long_cell_is_cleaned_whole(monkeypatch):
    cleaned = []

    def counted(text):
        cleaned.append(len(text))
        return clean_line(text)

    monkeypatch.setattr("participants.nomination_lists.clean_line", counted)
    monkeypatch.setattr("participants.typed.Line.clean_typed", staticmethod(counted))
    (row,) = understand([["Name", "E-mail"], ["Ana" + "\u0301\u0323" * 9000, "a@example.org" + "\u0301" * 9000]], [])
    assert row.problems == [
        "Write at most 200 characters. Now there are 18003",
        "Write an e-mail address of at most 254 characters",
    ]
    with pytest.raises(UnreadableError, match="Two columns"):
        understand([["Name", "E-mail", "E-mail" + " " * 9000]], [])
    assert max(cleaned) <= 300
