"""A process of its own that does what it reads, line by line: half of a race between processes.

python -m tests.participants.another_process DATABASE [unlocked]: "register 3" answers with a status or a sentence.
"""

from __future__ import annotations

import sys
import uuid
from typing import Any

import django
from django.conf import settings


def say(words: str) -> None:
    """One line of answer."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def without_lock() -> None:
    """No row is locked, and whoever has counted the places says so and waits for the word to go on."""
    import pytest

    from participants import registration
    from tests.participants.races import take_locks_away

    patch, counted = pytest.MonkeyPatch(), registration.has_place

    def slow(*args: Any) -> bool:
        answer = counted(*args)
        say("counted")
        sys.stdin.readline()
        return answer

    take_locks_away(patch)
    patch.setattr(registration, "has_place", slow)


def done(verb: str, key: int) -> str:
    """What came of the verb, done to the row with that key."""
    from participants import registration
    from participants.models import Delegation, Participant
    from participants.registration import RegistrationError
    from tests import make
    from tests.participants.races import register

    try:
        if verb == "register":
            delegation = Delegation.objects.get(pk=key)
            return str(register(delegation.edition, of=delegation.name, email=f"{uuid.uuid4()}@example.org")().status)
        person = Participant.objects.get(pk=key)
        if verb == "substitute":
            return f"kept {make.substitute(person).holds_place}"
        return str(getattr(registration, verb)(participant=person, by="test").status)
    except RegistrationError:
        return "refused"


if __name__ == "__main__":
    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    django.setup()
    if "unlocked" in sys.argv:
        without_lock()
    say("ready")
    while line := sys.stdin.readline():
        verb, key = line.split()
        say(done(verb, int(key)))
