"""erase_private_data [--dry-run] [--person KEY]: applies the retention rules of every edition. Run it daily."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from participants.models import Participant
from participants.retention import erase_due, erase_participant


class Command(BaseCommand):
    """Erases what is due and prints how many of what; never who."""

    help = "Erase private data whose time has come. Running it again erases nothing twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to change anything, and who had asked before a backup was restored."""
        parser.add_argument("--dry-run", action="store_true", help="print what is due, change nothing")
        parser.add_argument(
            "--person",
            action="append",
            type=int,
            default=[],
            metavar="KEY",
            help="erase this participant again, who asked for it after the backup that was restored; the key is the "
            "`row` of the log line `erased on request`; may be given several times",
        )

    def handle(self, *args: Any, dry_run: bool, person: list[int], **options: Any) -> None:
        """Print a line for each edition and kind."""
        people = Participant.objects.filter(pk__in=person, erased_at=None).order_by("pk")
        for one in people:
            self.stdout.write(f"participant {one.pk}: asked to be erased")
            if not dry_run:
                erase_participant(participant=one, by="command line")
        lines = erase_due(dry_run=dry_run)
        for line in lines:
            self.stdout.write(str(line))
        waiting = Participant.objects.exclude(erasure_asked_at=None).filter(erased_at=None).count()
        if waiting:
            self.stdout.write(f"Asked to be erased, and not answered in the back office yet: {waiting}.")
        if not people and not any(line.number for line in lines):
            self.stdout.write("Nothing is due.")
        elif dry_run:
            self.stdout.write("This was a dry run. Nothing was erased.")
