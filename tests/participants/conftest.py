"""The control of every race, and browsers that have opened a link; whose, the fixtures of each file say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from participants.models import Delegation, Participant
from tests.participants.delegated import open_link
from tests.participants.races import meet, take_locks_away
from tests.participants.registered import path_of_link


@pytest.fixture
def without_lock(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """without_lock((module, "name"), ...): no row is locked any more, and the first two callers of these functions,
    which count or look before something is written, wait there for each other."""

    def off(*points: tuple[Any, str]) -> None:
        take_locks_away(monkeypatch)
        meet(monkeypatch, *points)

    return off


@pytest.fixture
def bearer(client: Client, person: Participant) -> Client:
    """A browser that has opened the person's link."""
    client.get(path_of_link(person))
    return client


@pytest.fixture
def contact(client: Client, serbia: Delegation) -> Client:
    """A browser that has opened the link of the delegation's contact."""
    return open_link(client, serbia)
