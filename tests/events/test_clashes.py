"""What is found in an agenda before it is released. Warnings never stop a release; only a slip of the pen does."""

import dataclasses
import datetime as dt

import pytest

from events.agenda import Talk
from events.clashes import findings_of, grouped
from tests.events.test_agenda import DAY, PERSON, agenda, at, item


def found(*items, released=None, places=None, **more):
    return findings_of(agenda(*items, **more), released, places=places)


def told(*items, **more):
    return [finding.sentence for finding in found(*items, **more)]


def held(key, start, end=None, **more):
    """A session that somebody speaks in, so that nothing else is found."""
    who = dataclasses.replace(PERSON, speaker=key, name=f"Speaker {key}")
    return item(key, start, end, **{"people": (who,)} | more)


ONE = held(1, at(9), at(11), room=1)


def test_sessions_one_after_the_other_are_fine():
    assert found(ONE, held(2, at(11), at(12), room=1)) == []


def test_two_sessions_in_one_room_stop_the_release():
    (finding,) = found(ONE, held(2, at(10), at(12), room=1))
    assert finding.blocks
    assert finding.sentence == "“Session 1” and “Session 2” are in one room at the same time."
    assert finding.session == 2


@pytest.mark.parametrize("change", [{"room": 2}, {"status": "cancelled"}, {"room": None}])
def test_what_is_elsewhere_or_cancelled_holds_no_room(change):
    assert found(ONE, held(2, at(10), at(12), **{"room": 1} | change)) == []


def test_without_an_end_two_starts_in_one_room_are_only_a_warning():
    both = found(held(1, at(9), room=1), held(2, at(9), room=1))
    assert not any(finding.blocks for finding in both)
    assert "are in one room" in "".join(finding.sentence for finding in both)
    assert not any("one room" in sentence for sentence in told(held(1, at(9), room=1), held(2, at(10), room=1)))


@pytest.mark.parametrize(
    ("start", "end", "is_told"),
    [(at(10), at(10, 30), False), (at(9), at(11), False), (at(10, 45), at(11, 15), True), (at(11), at(12), False)],
)
def test_a_break_inside_a_session_is_normal_and_one_that_outlasts_it_is_found(start, end, is_told):
    sentences = told(ONE, item(2, start, end, kind="break", room=1))
    assert sentences == (["“Session 1” and “Session 2” overlap in one room."] if is_told else [])


@pytest.mark.parametrize("role", ["speaker", "chair"])
def test_a_person_in_two_places_is_found_whatever_the_role(role):
    who = (dataclasses.replace(PERSON, role=role),)
    (finding,) = found(held(1, at(9), at(11), people=who), held(2, at(10), at(12), people=who))
    assert finding.sentence == "Petro Koçi is in “Session 1” and in “Session 2” at the same time."
    assert not finding.blocks


def test_a_state_can_send_two_people():
    who = (dataclasses.replace(PERSON, kind="state"),)
    assert found(held(1, at(9), at(11), people=who), held(2, at(10), at(12), people=who)) == []


def test_a_room_smaller_than_the_edition_is_found_where_everybody_comes():
    plenary = held(1, at(9), at(11), room=1, kind="plenary")
    assert "80 seats; the edition has 90 places" in told(plenary, places=90)[0]
    assert told(plenary, places=80) == []
    assert told(dataclasses.replace(plenary, kind="working_group"), places=90) == []
    assert told(dataclasses.replace(plenary, room=2), places=90) == []


def test_groups_side_by_side_have_letters():
    lettered = held(1, at(9), at(11), kind="working_group", letter="A")
    plain = held(2, at(9), at(11), kind="working_group")
    assert told(lettered, plain) == ["“Session 2” runs beside another group and has no letter."]
    assert told(plain) == []


@pytest.mark.parametrize(
    ("start", "is_told"),
    [
        (at(23, 30), False),
        (at(0, 30, DAY + dt.timedelta(days=1)), False),
        (at(9, 0, DAY + dt.timedelta(days=1)), True),
        (at(23, 30, DAY - dt.timedelta(days=1)), True),
    ],
)
def test_a_start_on_another_day_is_found_and_one_after_midnight_is_normal(start, is_told):
    sentences = told(held(1, start, start + dt.timedelta(hours=1), day=DAY))
    assert any("stands on 9 October 2018 and starts on" in sentence for sentence in sentences) == is_told


def test_times_without_a_zone_are_found_once():
    utc = [held(n, at(9 + n, zone=dt.UTC), at(10 + n, zone=dt.UTC)) for n in (1, 2)]
    assert told(*utc, timezone="") == ["The edition has no time zone, so its times are shown in UTC."]


@pytest.mark.parametrize(("days", "blocks"), [(-3, False), (-4, True), (5, False), (6, True)])
def test_days_around_the_edition_are_a_warning_and_far_ones_a_blocker(days, blocks):
    (finding,) = found(held(1, None, day=DAY + dt.timedelta(days=days), kind="other"), timezone="Europe/Tirane")[:1]
    assert "outside the days of the edition" in finding.sentence
    assert finding.blocks == blocks


def test_blockers_come_first():
    both = found(held(1, at(9), room=1), held(2, at(10), at(12), room=1), held(3, at(11), at(13), room=1))
    assert [finding.blocks for finding in both] == sorted((f.blocks for f in both), reverse=True)
    assert both[0].blocks
    assert not both[-1].blocks


def test_a_language_in_which_most_titles_are_written_has_one_finding_with_the_count():
    both, one = {"en": "Depots", "sq": "Depo"}, {"en": "Transport"}
    items = [held(n, at(n), at(n + 1), title=both if n < 12 else one) for n in range(8, 17)]
    assert told(*items[:4]) == []
    assert told(*items[:5]) == ["Albanian: the texts of 1 session are not complete: “Transport”."]
    assert told(*items[:8]) == [
        "Albanian: the texts of 4 sessions are not complete: “Transport”, “Transport”, “Transport”, and 1 more."
    ]
    assert told(*items) == []  # in Albanian too little is written for it to be a language of the agenda


@pytest.mark.parametrize(
    "more", [{"abstract": {"en": "Why"}}, {"talks": (Talk(1, {"en": "A talk"}, {}),)}, {"title": {"sq": "Depo"}}]
)
def test_descriptions_and_contributions_count_as_well_as_titles(more):
    both = {"en": "Depots", "sq": "Depo"}
    full = held(1, at(9), at(10), title=both)
    (finding,) = found(full, held(2, at(10), at(11), **{"title": both} | more))
    assert (finding.kind, finding.session, finding.blocks, finding.day) == ("language", 2, False, DAY)


def test_findings_are_grouped_under_headings_and_none_is_lost():
    everything = found(held(1, at(9), room=1), held(2, at(10), room=1), held(3, at(11), at(13), people=()))
    groups = grouped(everything)
    assert [(words, len(rows)) for words, rows in groups] == [("No end", 2), ("No speaker", 1)]
    assert sum(len(rows) for _words, rows in groups) == len(everything)
