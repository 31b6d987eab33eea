"""Search in an agenda: which sessions fit."""

import datetime as dt
from typing import Any

import pytest
from django.utils import translation

from events.agenda import Agenda, Item, Person, Room, Talk, Topic
from events.searching import LONGEST, readable, search

NOBODY = {"kind": "person", "honorific": "", "role": "speaker", "state": "confirmed"}


def person(name, function="", organisation=""):
    return Person(speaker=1, name=name, function=function, organisation=organisation, **NOBODY)


def item(number, title="", **more):
    facts: dict[str, Any] = {
        "uid": f"s{number}",
        "kind": "session",
        "letter": "",
        "abstract": {},
        "day": dt.date(2030, 10, 8),
    }
    facts |= {"start": None, "end": None, "room": None, "topics": (), "status": "scheduled", "cancelled_note": {}}
    return Item(id=number, title=title if isinstance(title, dict) else {"en": title}, **facts | more)


AGENDA = Agenda(
    slug="x",
    title={},
    label={},
    city="Tirana",
    country="Albania",
    venue="",
    address="",
    timezone="Europe/Tirane",
    first_day=None,
    last_day=None,
    rooms=(Room(1, "Salla e Gjelbër", None),),
    topics=(Topic(5, {"en": "Large-scale disposal"}),),
    items=(
        item(1, {"en": "Opening", "sq": "Hapja e punimeve"}, room=1, people=(person("Đorđe Примеровски"),)),
        item(2, "Depots", abstract={"en": "Fences, cameras and dogs."}, people=(person("Ana O’Brien", "Colonel"),)),
        item(3, "Air", talks=(Talk(9, {"en": "Smoke"}, {}, (person("X", organisation="Institut für Schieße"),)),)),
        item(4, "Groups", kind="working_group", topics=(5,), status="cancelled"),
    ),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("opening", [1]),
        ("OPENING", [1]),
        ("hapja", [1]),
        ("hapja opening", [1]),
        ("opening depots", []),
        ("gjelber", [1]),
        ("djordje", []),
        ("dorde", [1]),
        ("ЂОРЂЕ", [1]),
        ("primerovski", [1]),
        ("Примеров", [1]),
        ("cameras fences", [2]),
        ("ana colonel", [2]),
        ("obrien", [2]),
        ("O'Brien", [2]),
        ("smoke", [3]),
        ("schiesse", [3]),
        ("large scale", [4]),
        ("large-scale!", [4]),
        ("working group", [4]),
        ("  ", [1, 2, 3, 4]),
        ("", [1, 2, 3, 4]),
        ("%", []),
        ("_", []),
        (".*", []),
        ("zz & b | !c:*", []),
        ("\\", []),
        ("🙂", []),
    ],
)
def test_every_word_must_fit_whatever_its_case_accents_or_script(text, found):
    assert [one.id for one in search(AGENDA, text).items] == found


def test_the_name_of_a_kind_is_searched_in_the_language_of_the_reader():
    with translation.override("sq"):
        word = str(search(AGENDA, "").items[3].kind)
        assert [one.id for one in search(AGENDA, "working").items] == []
    assert word == "working_group"


def test_a_search_is_read_up_to_a_length_and_on_one_line():
    assert readable("  a \n b ") == "a b"
    assert len(readable("x" * 10_000)) == LONGEST


def test_the_words_of_a_session_are_folded_once():
    one = item(1, "Opening")
    assert one.words is one.words
    assert one == item(1, "Opening")
