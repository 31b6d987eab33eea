"""release_agenda SLUG [--note TEXT]: freeze the agenda and show it to the public."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.agenda import from_json
from events.change_words import change_in_words
from events.models import AgendaRelease, Edition
from events.scheduling import SchedulingError, release_agenda


class Command(BaseCommand):
    """Releases the agenda of one edition and prints the difference from the release before."""

    help = "Release the agenda of an edition and print what changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The edition, a note for the reader and the status."""
        parser.add_argument("slug", help="the part of the address that names the edition, like 2018-tirana")
        parser.add_argument("--note", default="", help="a sentence that readers see beside the release")
        parser.add_argument("--status", choices=AgendaRelease.Status.values, default="provisional")

    def handle(self, *args: Any, slug: str, note: str, status: str, **options: Any) -> None:
        """Release, or say why not."""
        edition = Edition.objects.filter(slug=slug).first()
        if edition is None:
            raise CommandError(f"There is no edition {slug!r}.")
        try:
            release = release_agenda(edition=edition, by="command line", note=note, status=status)
        except SchedulingError as error:
            raise CommandError(str(error)) from None
        agenda = from_json(release.document)
        count = len(agenda.items)
        self.stdout.write(f"Release {release.number} of {edition.slug}: {count} session{'' if count == 1 else 's'}.")
        for change in release.difference:
            self.stdout.write(f"  {change_in_words(change, agenda)}")
        if release.number > 1 and not release.difference:
            self.stdout.write("  Nothing changed.")
