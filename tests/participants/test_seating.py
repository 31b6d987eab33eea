"""Groups into vehicles, as numbers: together where one vehicle holds them, the same way every time."""

import hypothesis
import pytest
from hypothesis import strategies as st

from participants.seating import seat_groups


@pytest.mark.parametrize(
    ("groups", "free", "plan"),
    [
        ({"a": 2, "b": 3}, {1: 5}, {"b": [1] * 3, "a": [1] * 2}),
        # The largest first, into the emptiest.
        ({"a": 2, "b": 3}, {1: 4, 2: 6}, {"b": [2] * 3, "a": [1] * 2}),
        # Nobody is split while a vehicle holds all of them.
        ({"a": 4, "b": 3, "c": 3}, {1: 6, 2: 4}, {"a": [2] * 4, "b": [1] * 3, "c": [1] * 3}),
        # Larger than any vehicle: split, the most of them together.
        ({"a": 5}, {1: 2, 2: 3}, {"a": [2, 2, 2, 1, 1]}),
        # The seats run out.
        ({"a": 3, "b": 2}, {1: 4}, {"a": [1] * 3, "b": [1]}),
        ({"a": 3}, {}, {"a": []}),
        ({}, {1: 3}, {}),
    ],
)
def test_groups_stay_together(groups, free, plan):
    assert seat_groups(groups, free, {}) == plan


def test_a_group_goes_where_its_people_sit_already():
    assert seat_groups({"a": 2}, {1: 2, 2: 9}, {"a": {1}}) == {"a": [1, 1]}
    assert seat_groups({"a": 3}, {1: 2, 2: 9}, {"a": {1}}) == {"a": [2, 2, 2]}


@hypothesis.given(
    groups=st.dictionaries(st.integers(0, 20), st.integers(1, 12), max_size=8),
    free=st.dictionaries(st.integers(100, 110), st.integers(0, 15), max_size=5),
)
def test_no_vehicle_gets_more_than_it_holds_and_no_seat_stays_free_while_somebody_waits(groups, free):
    plan = seat_groups(groups, free, {})
    taken = [pk for where in plan.values() for pk in where]
    assert all(taken.count(pk) <= seats for pk, seats in free.items())
    assert len(taken) == min(sum(groups.values()), sum(free.values()))
    assert plan == seat_groups(groups, free, {})


@hypothesis.given(st.lists(st.integers(1, 6), min_size=1, max_size=6))
def test_with_a_vehicle_for_each_nobody_is_split(sizes):
    groups = dict(enumerate(sizes))
    free = {pk: max(sizes) for pk in groups}
    assert all(len(set(where)) == 1 for where in seat_groups(groups, free, {}).values())
