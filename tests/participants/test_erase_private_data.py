"""The command erase_private_data: prints what it did by number, never by name."""

import datetime as dt

import pytest
from django.core.management import call_command

from participants.models import Participant
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def past():
    """An edition that ended a year ago, with somebody declined and somebody who came."""
    first = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=365)
    edition = make.edition(slug="2020-past", first_day=first, last_day=first)
    make.participant(edition, "declined", family_name="Declinić", dietary="No pork")
    make.participant(edition, "confirmed", family_name="Camić", dietary="No nuts")
    return edition


def erase(capsys, *options):
    call_command("erase_private_data", *options)
    return capsys.readouterr().out


def test_it_prints_numbers_by_edition_and_kind(past, capsys):
    said = erase(capsys)
    assert "2020-past: needs: 2\n" in said
    assert "2020-past: participants: 1\n" in said
    assert "Declinić" not in said
    assert "Camić" not in said
    assert set(Participant.objects.values_list("family_name", "dietary")) == {("", ""), ("Camić", "")}


def test_a_dry_run_prints_the_same_lines_and_says_that_it_was_one(past, capsys):
    told = erase(capsys, "--dry-run")
    assert told.endswith("This was a dry run. Nothing was erased.\n")
    assert Participant.objects.filter(family_name="Declinić", dietary="No pork").exists()
    assert erase(capsys) == told.removesuffix("This was a dry run. Nothing was erased.\n")


def test_run_again_nothing_is_due(past, capsys):
    erase(capsys)
    assert erase(capsys) == "Nothing is due.\n"


def test_an_edition_without_days_is_named(capsys):
    edition = make.edition(
        slug="undated", first_day=None, last_day=None, registration_opens=None, registration_closes=None
    )
    make.nomination(make.delegation(edition))
    assert erase(capsys) == "undated: no last day is known, so nothing is due\nNothing is due.\n"


def test_who_was_erased_before_a_restore_is_erased_again_by_the_key_in_the_log(caplog, capsys):
    edition = make.edition()
    again = make.participant(edition, "confirmed", family_name="Againić")
    other = make.participant(edition, "confirmed", family_name="Otherić")
    chosen = ["--person", str(again.pk), "--person", "999999"]
    assert f"participant {again.pk}: asked to be erased\n" in erase(capsys, "--dry-run", *chosen)
    assert Participant.objects.get(pk=again.pk).family_name == "Againić"
    with caplog.at_level("INFO", logger="rasr.retention"):
        erase(capsys, *chosen)
    assert [(line.message, line.row) for line in caplog.records] == [("erased on request", again.pk)]
    assert Participant.objects.get(pk=again.pk).family_name == ""
    assert Participant.objects.get(pk=other.pk).family_name == "Otherić"
    assert erase(capsys, *chosen) == "Nothing is due.\n"
