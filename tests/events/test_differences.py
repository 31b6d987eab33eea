"""Everything that a reader may want to know of a new release, told once and in words."""

import dataclasses
import datetime as dt

import pytest
from django.utils import translation

from events.agenda import Room, Talk, Topic
from events.change_words import SENTENCES, change_in_words
from events.differences import difference
from tests.events.test_agenda import DAY, PERSON, agenda, at, item

ITEM = item(1, at(9), at(10), room=1, letter="A", people=(PERSON,), topics=(3,))
CHAIR = dataclasses.replace(
    PERSON, speaker=2, name="Ana Kovač", role="chair", function="", organisation="", honorific=""
)
TALK, SECOND = Talk(7, {"en": "One"}, {"en": "About"}, (PERSON,)), Talk(8, {"en": "Two"}, {})
TOPICS = (Topic(3, {"en": "Depots"}), Topic(4, {"en": "Transport"}))


def told(old=ITEM, new=ITEM, **more):
    """The sentences of the difference between two agendas of one item; `more` are facts of the second."""
    first, second = agenda(old, topics=TOPICS), agenda(new, **{"topics": TOPICS} | more)
    return [change_in_words(change, second) for change in difference(first, second)]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"kind": "panel"}, "New kind of “Session 1”: Panel, was Session."),
        ({"letter": "B"}, "New letter of “Session 1”: B, was A."),
        ({"letter": ""}, "New letter of “Session 1”: no letter, was A."),
        ({"room": None}, "New room of “Session 1”: no room, was Hall A."),
        ({"topics": (4,)}, "Topics of “Session 1”: Transport; were: Depots."),
        ({"topics": ()}, "Topics of “Session 1”: none; were: Depots."),
        ({"abstract": {"en": "Why"}}, "New description of “Session 1”."),
        ({"status": "cancelled"}, "Cancelled: “Session 1”."),
        (
            {"status": "cancelled", "cancelled_note": {"en": "The speaker is ill."}},
            "Cancelled: “Session 1”. Note: The speaker is ill.",
        ),
        ({"title": {"en": "Other"}}, "New title: “Other”, was “Session 1”."),
        ({"end": at(11)}, "New time of “Session 1”: 9 October 2018, 09:00 to 11:00, was 09:00 to 10:00."),
        ({"end": None}, "New time of “Session 1”: 9 October 2018, 09:00, was 09:00 to 10:00."),
        (
            {"start": None, "end": None},
            "New time of “Session 1”: 9 October 2018, time to be announced, was 09:00 to 10:00.",
        ),
        (
            {"day": None, "start": None, "end": None},
            "New time of “Session 1”: day to be announced, was 9 October 2018, 09:00 to 10:00.",
        ),
        ({"people": ()}, "Speakers of “Session 1”: nobody named; were: Petro Koçi."),
        ({"people": (PERSON, CHAIR)}, "New speakers of “Session 1”: Ana Kovač."),
    ],
)
def test_each_change_of_an_item_is_one_sentence(change, sentence):
    assert told(new=dataclasses.replace(ITEM, **change)) == [sentence]


@pytest.mark.parametrize(
    ("change", "now"),
    [
        ({"function": "Minister"}, "Mr Petro Koçi, Minister, Ministry of Defence"),
        ({"organisation": "General Staff"}, "Mr Petro Koçi, Deputy Minister, General Staff"),
        ({"role": "chair"}, "Mr Petro Koçi, Deputy Minister, Ministry of Defence (chair)"),
        (
            {"role": "chair", "state": "to_be_confirmed"},
            "Mr Petro Koçi, Deputy Minister, Ministry of Defence (chair, to be confirmed)",
        ),
        ({"honorific": ""}, "Petro Koçi, Deputy Minister, Ministry of Defence"),
    ],
)
def test_function_role_and_state_of_a_speaker_are_told(change, now):
    new = dataclasses.replace(ITEM, people=(dataclasses.replace(PERSON, **change),))
    was = "Mr Petro Koçi, Deputy Minister, Ministry of Defence"
    assert told(new=new) == [f"Details of speakers of “Session 1”: {now}; were: {was}."]


def test_of_several_speakers_only_who_came_or_went_is_named():
    both, third = (PERSON, CHAIR), dataclasses.replace(PERSON, speaker=3, name="Third")
    many, one = dataclasses.replace(ITEM, people=both), dataclasses.replace(ITEM, people=(CHAIR,))
    assert told(many, one) == ["No longer among the speakers of “Session 1”: Petro Koçi."]
    swapped = dataclasses.replace(ITEM, people=(CHAIR, third))
    assert told(many, swapped) == ["Speakers of “Session 1”: Ana Kovač, Third; were: Ana Kovač, Petro Koçi."]


def test_who_came_and_whose_function_changed_are_two_sentences():
    minister = dataclasses.replace(PERSON, function="Minister")
    assert [line.split("“")[0] for line in told(new=dataclasses.replace(ITEM, people=(minister, CHAIR)))] == [
        "New speakers of ",
        "Details of speakers of ",
    ]


def test_a_note_about_what_was_cancelled_already_is_told():
    off = dataclasses.replace(ITEM, status="cancelled")
    why = dataclasses.replace(off, cancelled_note={"en": "The room is free."})
    assert told(off, why) == ["New note about the cancelled “Session 1”: The room is free."]
    assert told(why, ITEM) == ["Takes place after all: “Session 1”."]


@pytest.mark.parametrize(
    ("before", "after", "sentences"),
    [
        ((), (TALK,), ["New contributions in “Session 1”: “One”."]),
        ((TALK, SECOND), (), ["Contributions removed from “Session 1”: “One”, “Two”."]),
        ((TALK, SECOND), (SECOND, TALK), ["The contributions of “Session 1” have another order."]),
        (
            (TALK,),
            (dataclasses.replace(TALK, title={"en": "Uno"}),),
            ["New title of a contribution in “Session 1”: “Uno”, was “One”."],
        ),
        (
            (TALK,),
            (dataclasses.replace(TALK, abstract={}),),
            ["New description of contributions in “Session 1”: “One”."],
        ),
        (
            (TALK, SECOND),
            (dataclasses.replace(TALK, people=()), dataclasses.replace(SECOND, people=(PERSON,))),
            [
                "Speakers of “One” in “Session 1”: nobody named; were: Petro Koçi.",
                "Speakers of “Two” in “Session 1”: Petro Koçi; were: nobody named.",
            ],
        ),
        ((TALK,), (dataclasses.replace(TALK, id=99),), []),  # the same contribution in a new row
        ((TALK, SECOND), (SECOND,), ["Contributions removed from “Session 1”: “One”."]),
    ],
)
def test_contributions_are_told_and_gathered(before, after, sentences):
    assert told(dataclasses.replace(ITEM, talks=before), dataclasses.replace(ITEM, talks=after)) == sentences


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"venue": "Hotel"}, "New place of the edition: Hotel, Tirana, Albania; was: Tirana, Albania."),
        ({"city": "Durrës"}, "New place of the edition: Durrës, Albania; was: Tirana, Albania."),
        ({"address": "Street 1"}, "New place of the edition: Street 1, Tirana, Albania; was: Tirana, Albania."),
        ({"address": "Street 1, Tirana"}, "New place of the edition: Street 1, Tirana, Albania; was: Tirana, Albania."),
        ({"last_day": DAY}, "New days of the edition: 9 October 2018; was: 9 October 2018 to 11 October 2018."),
        (
            {"first_day": None, "last_day": None},
            "New days of the edition: not known; was: 9 October 2018 to 11 October 2018.",
        ),
        ({"timezone": "Europe/Skopje"}, "New time zone of the edition: Europe/Skopje; was: Europe/Tirane."),
        ({"title": {"en": "Other"}}, "New name of the edition: “Other”, was “Workshop”."),
        ({"label": {"en": "Other"}}, "New name of the edition: “Other”, was “Tenth edition”."),
        ({"footnotes": {"en": "* Note"}}, "The footnotes changed."),
        ({"topics": (Topic(3, {"en": "Stores"}), TOPICS[1])}, "New name of a topic: “Stores”, was “Depots”."),
    ],
)
def test_what_changes_for_the_whole_edition_is_told_once(change, sentence):
    assert told(**change) == [sentence]


@pytest.mark.parametrize(
    "change",
    [
        {"contact": "other@example.org"},
        {"note": "A note"},
        {"status": "final"},
        {"topics": (Topic(9, {"en": "Depots"}), TOPICS[1])},  # made again under another id
        {"rooms": (Room(1, "Hall A", 10), Room(5, "Not used", None))},
    ],
)
def test_what_is_no_part_of_the_programme_is_not_told(change):
    new = dataclasses.replace(ITEM, topics=(9,)) if change.get("topics") else ITEM
    assert told(new=new, **change) == []


def test_the_same_moment_written_with_another_offset_is_no_change():
    utc = dataclasses.replace(ITEM, start=at(9).astimezone(dt.UTC), end=at(10).astimezone(dt.UTC))
    assert told(new=utc) == []


def test_every_kind_has_its_sentence_in_every_language_and_old_rows_can_be_read():
    old = {"kind": "moved", "item": 1, "title": {"en": "Depots"}}
    times = {"day": "2018-10-09", "start": None, "end": None}
    assert "Depots" in change_in_words(old | {"before": times, "after": times}, agenda())
    for code in ("bg", "bs", "en", "mk", "ro", "sl", "sq"):
        with translation.override(code):
            assert all(str(sentence) for sentence in SENTENCES.values())
