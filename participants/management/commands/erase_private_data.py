"""erase_private_data [--dry-run]: applies the retention rules of every edition. Run it daily."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from participants.retention import erase_due


class Command(BaseCommand):
    """Erases what is due and prints how many of what; never who."""

    help = "Erase private data whose time has come. Running it again erases nothing twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to change anything."""
        parser.add_argument("--dry-run", action="store_true", help="print what is due, change nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        """Print a line for each edition and kind."""
        lines = erase_due(dry_run=dry_run)
        for line in lines:
            self.stdout.write(str(line))
        if not any(line.number for line in lines):
            self.stdout.write("Nothing is due.")
        elif dry_run:
            self.stdout.write("This was a dry run. Nothing was erased.")
