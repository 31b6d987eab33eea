"""The command that releases an agenda, as the person at the terminal meets it."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command

from events.models import AgendaRelease, Session
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def release(capsys):
    """Runs the command and gives what it printed."""

    def run(*words):
        call_command("release_agenda", *words)
        return capsys.readouterr().out

    return run


def test_the_first_release_says_how_many_sessions_it_has(release):
    edition = make.edition()
    make.session(edition)
    assert release(edition.slug) == f"Release 1 of {edition.slug}: 1 session.\n"


def test_the_difference_is_printed_in_words_and_the_note_is_kept(release):
    edition = make.edition()
    session = make.session(edition)
    release(edition.slug)
    Session.objects.filter(pk=session.pk).update(status="cancelled")
    make.session(edition, "Visit", 14, 16)
    printed = release(edition.slug, "--note", "Rooms are fixed.")
    assert printed.splitlines() == [
        f"Release 2 of {edition.slug}: 2 sessions.",
        "  Cancelled: “Depots”.",
        "  New: “Visit”, 8 October 2030, 14:00 to 16:00.",
    ]
    assert edition.releases.get(number=2).note == "Rooms are fixed."


def test_a_release_without_a_change_says_so(release):
    edition = make.edition()
    release(edition.slug)
    assert "Nothing changed." in release(edition.slug, "--status", "final")
    assert edition.releases.get(number=2).status == "final"


def test_an_edition_that_is_not_there_is_a_sentence(release):
    with pytest.raises(CommandError, match="There is no edition 'none'"):
        release("none")


def test_what_stops_a_release_is_a_sentence_and_changes_nothing(release):
    edition = make.edition()
    make.session(edition, "Depots", None, day=edition.days[0] - dt.timedelta(days=30))
    with pytest.raises(CommandError, match="“Depots” is on 8 September 2030, outside the days of the edition"):
        release(edition.slug)
    assert not AgendaRelease.objects.exists()


def test_a_note_that_is_too_long_is_a_sentence(release):
    edition = make.edition()
    with pytest.raises(CommandError, match="at most 500 characters"):
        release(edition.slug, "--note", "x" * 501)
