"""The control of every race."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.participants.races import meet, take_locks_away


@pytest.fixture
def without_lock(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """without_lock((module, "name"), ...): no row is locked any more, and the first two callers of these functions,
    which count or look before something is written, wait there for each other."""

    def off(*points: tuple[Any, str]) -> None:
        take_locks_away(monkeypatch)
        meet(monkeypatch, *points)

    return off
