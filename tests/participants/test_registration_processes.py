"""Places hold between processes too, which have nothing in common but the database."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from participants.capacity import places_taken
from tests import make
from tests.participants.races import again, held

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]


class Other:
    """Another process, spoken to by lines."""

    def __init__(self, *more: str) -> None:
        command = [sys.executable, "-m", "tests.participants.another_process", connection.settings_dict["NAME"], *more]
        self.child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tell(self, words: str) -> None:
        """Say one line."""
        assert self.child.stdin
        self.child.stdin.write(f"{words}\n")
        self.child.stdin.flush()

    def answer(self) -> str:
        """The next line; empty when the process is gone."""
        assert self.child.stdout
        return self.child.stdout.readline().strip()


@contextlib.contextmanager
def two(*more: str) -> Iterator[list[Other]]:
    """Two of them, ready."""
    others = [Other(*more) for _n in range(2)]
    try:
        assert [other.answer() for other in others] == ["ready", "ready"]
        yield others
    finally:
        for other in others:
            other.child.communicate(timeout=30)  # no more lines: it ends


@pytest.fixture(scope="module")
def others(django_db_setup: None) -> Iterator[list[Other]]:
    """They take long to start and serve every test here."""
    with two() as started:
        yield started


def at_once(others: list[Other], *lines: str) -> list[str]:
    """What each answers to its line, both said together."""
    for other, line in zip(others, lines, strict=True):
        other.tell(line)
    return sorted(other.answer() for other in others)


def test_the_last_place_is_given_once(others):
    @again
    def race():
        delegation = make.delegation(make.edition(capacity=1))
        assert at_once(others, *[f"register {delegation.pk}"] * 2) == ["confirmed", "waitlisted"]
        assert held(delegation.edition) == 1

    race()


def test_without_the_lock_the_last_place_is_given_twice():
    delegation = make.delegation(make.edition(capacity=1))
    with two("unlocked") as others:
        assert at_once(others, *[f"register {delegation.pk}"] * 2) == ["counted", "counted"]
        assert at_once(others, "go on", "go on") == ["confirmed", "confirmed"]
    assert held(delegation.edition) == 2


def test_who_is_replaced_and_withdraws_leaves_one_place_to_one_person(others):
    @again
    def race():
        edition = make.edition(capacity=1)
        person, waiting = make.participant(edition), make.participant(edition)
        answers = at_once(others, f"substitute {person.pk}", f"withdraw {person.pk}")
        assert answers in (["kept True", "refused"], ["refused", "withdrawn"])
        waiting.refresh_from_db()
        assert waiting.status == ("waitlisted" if "kept True" in answers else "confirmed")
        assert places_taken(edition) == 1

    race()


def test_one_place_for_two_who_are_confirmed_by_two_is_given_once(others):
    @again
    def race():
        edition = make.edition(capacity=1, requires_review=True)
        people = [make.participant(edition) for _n in range(2)]
        assert at_once(others, *[f"confirm {person.pk}" for person in people]) == ["confirmed", "waitlisted"]
        assert held(edition) == 1

    race()
