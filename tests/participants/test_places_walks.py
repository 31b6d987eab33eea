"""Whatever is done, in whatever order: no more people than places, and every kept place has its one substitute."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable

import pytest

from events.models import Edition
from participants import nominating, places, registration
from participants.capacity import next_in_line, places_taken, quota_used
from participants.models import Nomination, Participant
from participants.registration import RegistrationError, Status
from tests import make
from tests.participants.races import register

pytestmark = pytest.mark.django_db
STEPS = 40
STATES = ["Albania", "Serbia", "Croatia"]


def standing(edition: Edition) -> list[Nomination]:
    return list(Nomination.objects.filter(delegation__edition=edition, withdrawn_at=None).order_by("pk"))


def step(edition: Edition, dice: random.Random) -> Callable[[], object]:
    """One thing that somebody could do now."""
    people, named = list(edition.participants.order_by("pk")), standing(edition)
    delegation = make.delegation(edition, dice.choice(STATES))
    steps: list[Callable[[], object]] = [
        lambda: make.participant(
            edition, of=delegation.name, role=dice.choice(["delegate", "delegate", "interpreter"])
        ),
        lambda: make.named(delegation, f"Person {len(named)}"),
        lambda: places.set_capacity(edition=edition, capacity=dice.choice([1, 2, 4, 6, None]), by="sec"),
        lambda: places.set_quota(delegation=delegation, quota=dice.choice([1, 2, 3, None]), by="sec"),
    ]
    if named:
        one = dice.choice(named)
        steps += [
            register(edition, nomination=one),
            register(edition, nomination=one, email=one.email),
            lambda: make.substitute(one, f"Other {len(named)}"),
            lambda: nominating.withdraw_nomination(nomination=one, by="contact"),
            lambda: nominating.set_head(nomination=one, by="contact"),
        ]
    if people:
        person = dice.choice(people)
        role = dice.choice(["delegate", "interpreter"])
        steps += [
            lambda: registration.confirm(participant=person, by="sec"),
            lambda: registration.confirm(participant=person, by="sec"),
            lambda: registration.decline(participant=person, by="sec"),
            lambda: registration.withdraw(participant=person, by="participant"),
            lambda: registration.reopen(participant=person, by="sec"),
            lambda: make.substitute(person, f"Third {len(named)}"),
            lambda: make.substitute(person, f"Third {len(named)}"),
            lambda: places.reassign(participant=person, role=role, delegation=delegation, by="sec"),
            lambda: nominating.prove_address(participant=person, by="participant"),
        ]
        if named:
            steps.append(lambda: nominating.link_nomination(participant=person, nomination=one, by="sec"))
    return dice.choice(steps)


def check(edition: Edition) -> None:
    """What is true after every step."""
    edition.refresh_from_db()
    assert edition.capacity is None or places_taken(edition) <= edition.capacity
    for delegation in edition.delegations.all():
        assert delegation.quota is None or quota_used(delegation) <= delegation.quota
        assert delegation.nominations.filter(is_head=True, withdrawn_at=None).count() <= 1
    for nomination in Nomination.objects.filter(holds_place=True):
        holder = Participant.objects.filter(nomination=nomination).first()
        assert holder is None or holder.status != Status.CONFIRMED
        assert holder is None or holder.status not in Participant.LIVE or holder.counts_against_capacity
    for person in edition.participants.live().exclude(nomination=None).select_related("nomination"):
        assert person.nomination
        assert person.nomination.delegation_id == person.delegation_id
    if not edition.requires_review:
        assert next_in_line(edition) is None


@pytest.mark.parametrize("seed", range(12))
def test_places_hold_on_every_way(seed):
    dice = random.Random(seed)
    edition = make.edition(capacity=3, requires_review=seed % 2 == 1, requires_nomination=seed % 3 == 2)
    for of in STATES:
        make.delegation(edition, of, quota=dice.choice([1, 2, None]))
    for _n in range(STEPS):
        with contextlib.suppress(RegistrationError):
            step(edition, dice)()
        check(edition)
