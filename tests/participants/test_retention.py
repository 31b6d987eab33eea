"""Private data ends: what is due goes, wholly, and the rest stays; the numbers stay the same."""

from __future__ import annotations

import datetime as dt

import pytest

from participants.retention import erase_due
from tests.participants import planted
from tests.participants.planted import CAME, OF_VISIT, PEOPLE, STAYED_AWAY, Planted, canary, seen, statistics, stored

pytestmark = pytest.mark.django_db


def after(world: Planted, **ago: int) -> dt.datetime:
    """Noon, so many days or years after the last day."""
    last = world.edition.last_day
    last = last.replace(year=last.year + ago.get("years", 0)) + dt.timedelta(days=ago.get("days", 0))
    return dt.datetime.combine(last, dt.time(12), world.edition.zone)


@pytest.fixture
def world() -> Planted:
    return Planted()


def secrets_of(world, *who):
    return {secret for one in who for secret in world.secrets[one]}


def test_every_private_column_is_planted(world):
    assert planted.unplanted() == []
    text = stored()
    assert all(f"canary-{who}-" in text for who in PEOPLE)
    assert all(secret in text for secret in secrets_of(world, *PEOPLE))


def test_after_everything_is_over_nothing_private_is_stored(world):
    before = statistics(world.edition)
    erase_due(at=after(world, years=7, days=1))
    text = stored()
    assert seen(text) == set()
    assert [secret for secret in secrets_of(world, *PEOPLE) if secret in text] == []
    assert "canary" not in text.casefold()
    assert planted.files() == ""
    assert statistics(world.edition) == before


def test_on_the_last_day_kept_nothing_is_due(world):
    before = seen(stored())
    lines = erase_due(at=after(world, days=30))
    assert [line.what for line in lines] == ["ended sessions"]
    assert before - seen(stored()) == {canary("waiting", "session")}


def test_after_the_days_of_the_visit_exactly_its_data_are_gone(world):
    before = seen(stored())
    erase_due(at=after(world, days=31))
    gone = {one for one in before if one.rsplit("-", 1)[1] in OF_VISIT | {"session"}}
    assert {one.rsplit("-", 1)[1] for one in gone} == OF_VISIT | {"session"}
    assert before - seen(stored()) == gone


def test_after_the_days_of_the_unconfirmed_exactly_who_did_not_come_is_gone(world):
    erase_due(at=after(world, days=180))
    before = seen(stored())
    assert before >= {canary(who, "email") for who in PEOPLE}
    erase_due(at=after(world, days=181))
    text = stored()
    left = seen(text)
    gone = {one for one in before if one.split("-")[1] in STAYED_AWAY}
    # What officers wrote about their looks is the audit of the visit; a mail to a contact may name who did not come.
    gone -= {canary(who, "looked") for who in STAYED_AWAY}
    assert before - left == gone | {canary("contact", "subject")}
    assert {secret for secret in secrets_of(world, *STAYED_AWAY) if secret in text} == set()
    assert {secret for secret in secrets_of(world, *CAME) if secret not in text} == set()
    assert "canary-guest-scan" in planted.files()
    assert "canary-nominee-scan" not in planted.files()
