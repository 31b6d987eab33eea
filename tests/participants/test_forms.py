"""What the registration form takes, what it refuses and in which words."""

import time
from typing import Any

import pytest

from participants.forms import RegistrationForm
from tests.participants.registered import open_edition, open_visit, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return open_edition()


def errors(edition, **changed):
    """The sentences of a post, by field."""
    form = RegistrationForm(edition, typed(edition, **changed))
    return {name: [str(sentence) for sentence in sentences] for name, sentences in form.errors.items()}


def accepted(edition, **changed):
    """The cleaned answers of a good post."""
    form = RegistrationForm(edition, typed(edition, **changed))
    assert form.errors == {}
    return form.cleaned_data


def choices(form, name):
    """The words of the choices of a field."""
    field: Any = form.fields[name]
    return [words for _key, words in field.choices]


def test_fields_stand_in_the_order_of_the_contract(edition):
    open_visit(edition)
    names = [name for name in RegistrationForm(edition).fields if name != "submission"]
    assert names == [
        *("title", "given_name", "family_name", "printed_name", "gender", "service", "rank", "rank_code", "function"),
        *("organisation", "delegation", "role", "email", "phone", "language", "dietary", "access_needs", "visits"),
        *("consent_privacy", "consent_photo", "consent_list"),
    ]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("family_name", "Write your family name"),
        ("gender", "Choose your gender"),
        ("service", "Choose civil or military"),
        ("function", "Write your function"),
        ("organisation", "Write your organisation or unit"),
        ("delegation", "Choose your delegation"),
        ("role", "Choose how you take part"),
        ("email", "Write your e-mail address"),
        ("language", "Choose a language from the list"),
        ("consent_privacy", "Agree to the use of your answers. Without it we cannot register you"),
    ],
)
def test_what_is_missing_is_asked_for_in_its_own_words(edition, name, sentence):
    assert errors(edition, **{name: None}) == {name: [sentence]}
    assert errors(edition, **{name: ""})[name] == [sentence]


@pytest.mark.parametrize(
    "name",
    ["title", "given_name", "printed_name", "phone", "dietary", "access_needs", "consent_photo", "consent_list"],
)
def test_the_rest_may_be_left_out(edition, name):
    accepted(edition, **{name: None})


def test_a_military_person_gives_rank_and_code(edition):
    assert errors(edition, service="military") == {"rank": ["Write your rank"], "rank_code": ["Choose the rank code"]}
    answers = accepted(edition, service="military", rank="pukovnik", rank_code="OF-5")
    assert (answers["rank"], answers["rank_code"]) == ("pukovnik", "OF-5")


@pytest.mark.parametrize("value", ["OF-11", "OR-0", "of-5", "5", "OF-5 "])
def test_an_unknown_rank_code_is_refused_once(edition, value):
    answer = errors(edition, service="military", rank="major", rank_code=value)
    assert answer == {"rank_code": ["Choose the rank code"]}


@pytest.mark.parametrize(
    "name",
    [
        "Đorđe",
        "Ñ",
        "İlker",
        "O'Brien",
        "von der Leiden",
        "ß",
        "Ћирић",
        "Ëndrra",
        "Őry",
        "😀",
        "李小龙",
        "محمد",
        "A" * 150,
    ],
)
def test_real_names_are_kept_as_typed(edition, name):
    assert accepted(edition, family_name=name)["family_name"] == name


@pytest.mark.parametrize("name", ["{{7*7}}", "'\"><svg onload=1>", "${7*7}", "%(x)s", "[x](javascript:1)", "</script>"])
def test_payloads_are_text_like_any_other(edition, name):
    assert accepted(edition, family_name=name)["family_name"] == name


@pytest.mark.parametrize("nothing", [" ", "\u200b", "\u3164", "\u2800", "\u0301", "\u200b \u3164", "\u202e"])
def test_a_name_in_which_nothing_can_be_seen_is_no_name(edition, nothing):
    assert errors(edition, family_name=nothing) == {"family_name": ["Write your family name"]}


def test_an_optional_answer_in_which_nothing_can_be_seen_is_refused(edition):
    assert errors(edition, printed_name="\u200b") == {"printed_name": ["Write letters, or leave this empty"]}
    assert accepted(edition, printed_name="   ")["printed_name"] == ""


@pytest.mark.parametrize(
    ("given", "kept"),
    [("A\x0bB", "A B"), ("A\r\nB", "A B"), ("A\tB", "A B"), ("A\x1fB", "AB"), ("A\u202eB", "AB"), (" A  B ", "A B")],
)
def test_characters_that_break_other_formats_are_taken_out(edition, given, kept):
    assert accepted(edition, family_name=given)["family_name"] == kept


@pytest.mark.parametrize(
    ("name", "limit"),
    [("family_name", 150), ("function", 200), ("title", 60), ("rank", 80), ("dietary", 500), ("access_needs", 500)],
)
def test_the_limit_is_said_with_the_count(edition, name, limit):
    accepted(edition, **{name: "a" * limit})
    sentence = f"Write at most {limit} characters. Now there are {limit + 1}"
    assert errors(edition, **{name: "a" * (limit + 1)}) == {name: [sentence]}


def test_what_is_far_too_long_is_not_even_cleaned(edition):
    assert accepted(edition, family_name="a" + " " * 599)["family_name"] == "a"
    sentence = "Write at most 150 characters. Now there are 601"
    assert errors(edition, family_name="a" + " " * 600) == {"family_name": [sentence]}


def test_a_million_marks_on_one_letter_are_refused_at_once(edition):
    started = time.process_time()
    answer = errors(edition, family_name="a" + "\u0301\u0323" * 500_000)
    assert answer == {"family_name": ["Write at most 150 characters. Now there are 1000001"]}
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "address",
    [
        *("x@y.rs, z@y.rs", "x@y.rs;z@y.rs", "x@y.rs\r\nBcc: z@y.rs", "x@y.rs z@y.rs", '"a b"@y.rs', "a@[127.0.0.1]"),
        *("-x@y.rs", "x@y.rs.", "x@localhost", "x@y", "@y.rs", "x@", "boris.primjeric", "x@y@z.rs", "x@y..rs"),
        *("x@y\u200b.rs", "x@\u202eexample.org", "x@-y.rs", "<x@y.rs>"),
    ],
)
def test_anything_but_one_address_is_refused(edition, address):
    assert errors(edition, email=address) == {"email": ["Write one e-mail address, like name@example.org"]}


@pytest.mark.parametrize(
    "address", ["x@y.rs", "a+b@example.org", "O'x@example.org".replace("'", ""), "x@münchen.example"]
)
def test_one_address_is_kept_as_typed(edition, address):
    assert accepted(edition, email=f" {address} ")["email"] == address


def test_an_address_has_at_most_254_characters(edition):
    domain = ".".join(["d" * 60] * 3) + ".org"
    fits = "a" * (254 - len(domain) - 1) + "@" + domain
    assert accepted(edition, email=fits)["email"] == fits
    assert errors(edition, email="a" + fits) == {"email": ["Write an e-mail address of at most 254 characters"]}


@pytest.mark.parametrize("number", ["+355 67 212 3456", "00355672123456", "+355-67-2123456", " +355 (67) 2123456 "])
def test_a_number_is_kept_in_one_form(edition, number):
    assert accepted(edition, phone=number)["phone"] == "+355672123456"


@pytest.mark.parametrize("number", ["067 212 3456", "+1", "abc", "+355 67 2О2 3456", "+" + "9" * 50, "1" * 30_000])
def test_a_number_without_its_code_or_that_cannot_be_is_refused_with_an_example(edition, number):
    sentence = "Write the number with its international code, like +355 67 212 3456"
    assert errors(edition, phone=number) == {"phone": [sentence]}


@pytest.mark.parametrize("key", ["abc", "-1", "0", "1e3", "9" * 30, "9" * 5000, "٣", "1.0", " 1"])
def test_keys_that_are_none_are_choices_that_do_not_exist(edition, key):
    open_visit(edition)
    assert errors(edition, delegation=key) == {"delegation": ["Choose your delegation"]}
    assert errors(edition, visits=[key]) == {"visits": ["Choose a field visit from the list"]}


def test_delegations_and_visits_of_another_edition_are_refused(edition):
    other = open_edition("2028-skopje", city="Skopje")
    foreign = open_visit(other)
    open_visit(edition)
    assert "delegation" in errors(edition, delegation=str(other.delegations.get(name="Serbia").pk))
    assert "visits" in errors(edition, visits=[str(foreign.pk)])


@pytest.mark.parametrize("role", ["head", "secretariat", "interpreter", "media"])
def test_roles_that_others_give_are_refused(edition, role):
    assert errors(edition, role=role) == {"role": ["Choose how you take part"]}


def test_delegations_stand_in_protocol_order_with_their_mark_once(edition):
    edition.delegations.create(edition=edition, name="OSCE", kind="organisation")
    edition.delegations.create(edition=edition, name="Albania", kind="host")
    form = RegistrationForm(edition)
    assert choices(form, "delegation")[1:] == ["Albania", "Kosovo*", "Serbia", "OSCE"]
    assert form.footnotes == ["* This designation is without prejudice to positions on status."]


def test_visits_say_day_time_and_free_places(edition):
    visit = open_visit(edition, capacity=1)
    (label,) = choices(RegistrationForm(edition), "visits")
    assert "Clearance site<small>" in label
    assert ", 13:00 to 18:00. 1 place is free" in label
    assert accepted(edition, visits=[str(visit.pk)])["visits"] == [visit]


def test_a_form_without_a_number_gets_one_and_the_address_is_part_of_what_is_one_registration(edition):
    form = RegistrationForm(edition, typed(edition, submission="5f0e1c9e-0000-4000-8000-000000000001"))
    again = RegistrationForm(edition, typed(edition, submission="5f0e1c9e-0000-4000-8000-000000000001", title=""))
    colleague = RegistrationForm(
        edition, typed(edition, submission="5f0e1c9e-0000-4000-8000-000000000001", email="other@example.org")
    )
    bare = RegistrationForm(edition, typed(edition))
    assert all(one.is_valid() for one in (form, again, colleague, bare))
    assert form.once == again.once
    assert len({form.once, colleague.once, bare.once}) == 3
