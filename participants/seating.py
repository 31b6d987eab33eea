"""Who sits where, as numbers alone: groups that stay together into vehicles with free seats."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

Group = TypeVar("Group", bound=Hashable)


def seat_groups(
    groups: Mapping[Group, int], free: Mapping[int, int], seated: Mapping[Group, set[int]]
) -> dict[Group, list[int]]:
    """The vehicle of each member of each group; a shorter list where the seats run out.

    The largest group comes first, where its people sit already if they hold the rest, else into the emptiest vehicle
    that holds it; it is split only where none does. Where that splits more groups than filling the fullest vehicle
    first, the latter is taken. Equals keep the order in which they are given.
    """
    plans = [_plan(groups, dict(free), seated, prefers=order) for order in (lambda seats: -seats, lambda seats: seats)]
    return min(plans, key=lambda plan: _splits(plan, seated))


def _plan(
    groups: Mapping[Group, int],
    free: dict[int, int],
    seated: Mapping[Group, set[int]],
    prefers: Callable[[int], int],
) -> dict[Group, list[int]]:
    plan: dict[Group, list[int]] = {}
    for group in sorted(groups, key=lambda group: -groups[group]):
        where: list[int] = []
        while len(where) < groups[group] and any(seats > 0 for seats in free.values()):
            rest, own = groups[group] - len(where), seated.get(group, set()) | set(where)
            holding = [pk for pk, seats in free.items() if seats >= rest]
            fitting = [pk for pk in holding if pk in own] or holding
            pk = min(fitting, key=lambda pk: prefers(free[pk])) if fitting else max(free, key=lambda pk: free[pk])
            taken = min(rest, free[pk])
            free[pk] -= taken
            where += [pk] * taken
        plan[group] = where
    return plan


def _splits(plan: Mapping[Group, list[int]], seated: Mapping[Group, set[int]]) -> int:
    return sum(max(len(set(where) | seated.get(group, set())) - 1, 0) for group, where in plan.items())
