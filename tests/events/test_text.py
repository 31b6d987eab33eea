"""Cleaning and folding of typed text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import text as texts
from events.text import clean_line, clean_text, fold, has_visible

REAL_NAMES = """Đorđe;Ñandú;İlker;O'Brien;von der Leyen;Sukarno;ß;Ћирић;Žižek;Shënkoll;Őry;Jean-Luc;Мария;Ѓорѓи;
Ștefan;Țepeș;Łukasz;Ægir;Çelik;Ğ;Αλέξανδρος;محمد;王;김;É;d'Arc;Nguyễn Văn;Müller-Lüdenscheid;Åse;Þór""".replace(
    "\n", ""
)


@pytest.mark.parametrize("name", REAL_NAMES.split(";"))
def test_real_names_stay_as_they_are_written(name):
    assert clean_line(name) == name
    assert has_visible(name)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("A\x00B", "AB"),
        ("A\x0bB", "A B"),
        ("A\r\nB", "A B"),
        ("A\tB  C ", "A B C"),
        ("A\u202eB", "AB"),
        ("A\u2066B", "AB"),
        ("A\ufffeB", "AB"),
        ("A\ud800B", "AB"),
        ("e\u0301", "é"),
        ("q" + "\u0301\u0302" * 500, "q" + "\u0301\u0302" * 2),
    ],
)
def test_what_cannot_be_seen_or_breaks_formats_is_taken_out(typed, kept):
    assert clean_line(typed) == kept


@pytest.mark.parametrize("marks", ["\u0301\u0323", "\u0f73", "\u0301\x00\u0323", "\u0301\u200e\u0323\ufffe"])
def test_a_long_run_of_marks_is_cut_before_it_is_sorted(monkeypatch, marks):
    normalize, seen = unicodedata.normalize, []

    def counted(form, text):
        seen.append(len(text))
        return normalize(form, text)

    monkeypatch.setattr(unicodedata, "normalize", counted)
    assert len(clean_text("a" + marks * 1000)) <= 5
    assert max(seen) == 5


def test_what_hides_between_a_letter_and_its_mark_leaves_one_letter():
    assert clean_text("e\x00\u0301") == "é"


def test_lines_of_a_longer_text_are_kept():
    assert clean_text("one\r\ntwo\rthree\u2028four") == "one\ntwo\nthree\nfour"


@pytest.mark.parametrize("text", ["", " ", "\u200b", "\u3164", "\u0301\u0302", "\u2800", "\u00ad", "\ufeff"])
def test_nothing_to_see(text):
    assert not has_visible(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Примеровски", "primerovski"),
        ("PRIMJERIĆ", "primjeric"),
        ("Đorđe", "Ђорђе"),
        ("İlker", "ilker"),
        ("Straße", "STRASSE"),
        ("Ѓорѓи", "gorgi"),
        ("Łódź", "lodz"),
        ("ﬁ", "fi"),
    ],
)
def test_search_ignores_accents_case_and_script(one, other):
    assert fold(one) == fold(other)


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text):
    assert clean_line(clean_line(text)) == clean_line(text)
    assert clean_text(clean_text(text)) == clean_text(text)


@given(st.text(st.characters(codec="utf-8")))
def test_folding_never_fails_and_is_storable(text):
    assert "\n" not in fold(text)


@given(st.text(st.characters(max_codepoint=0x2FF, exclude_categories=["Cs"]), max_size=30))
def test_latin_text_is_cleaned_in_the_same_way_with_and_without_other_scripts_beside_it(text):
    assert clean_text(f"a{text}王") == clean_text(f"a{text}b").removesuffix("b") + "王"


def test_what_is_called_harmless_is_left_as_it_is_by_every_step():
    """The short way gives what the long way gives: no sign to take out, none that joins or follows another."""
    harmless = [chr(code) for code in range(0x110000) if texts._HARMLESS.fullmatch(chr(code))]
    assert len(harmless) > 1000
    for char in harmless:
        assert char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs", "Cn", "Co"}, char
        assert unicodedata.combining(char) == 0, char
        assert not texts._is_mark(char), char
        assert unicodedata.normalize("NFC", char) == char, char
        assert ord(char) not in texts._BIDI, char


@given(st.text(st.characters(max_codepoint=0x052F)))
def test_a_harmless_text_is_cleaned_as_any_other(text):
    marked = clean_text(text + "|\u4e00")  # a sign from elsewhere: the long way
    assert clean_text(text + "|") == marked.removesuffix("\u4e00")
