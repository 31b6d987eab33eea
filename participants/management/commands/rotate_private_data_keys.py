"""rotate_private_data_keys [--check]: all private data under the first of PRIVATE_DATA_KEYS."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from participants.rotation import examine, rotate


class Command(BaseCommand):
    """Add the new key as the first of PRIVATE_DATA_KEYS, restart, run this, then take the old key away."""

    help = "Encrypt private data anew under the first of PRIVATE_DATA_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Only look, or do it."""
        parser.add_argument("--check", action="store_true", help="only say how much still needs an older key")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Print a line for each model and one for each value that no key reads; fail while an older key is needed."""
        found = examine() if check else rotate()
        verb = "need an older key" if check else "encrypted anew"
        for one in found:
            busy = f", {one.busy} rows in use were left" if one.busy else ""
            self.stdout.write(
                f"{one.model}: {one.new} under the first key, {one.old} {verb}, {len(one.unreadable)} unreadable{busy}"
            )
            for where in one.unreadable:
                self.stdout.write(f"  no key reads {where}")
        if check and (old := sum(one.old for one in found)):
            raise CommandError(f"{old} values still need an older key. Run this without --check.")
        if busy_rows := sum(one.busy for one in found):
            raise CommandError(f"{busy_rows} rows were in use. Run this again.")
        self.stdout.write("No older key is needed.")
