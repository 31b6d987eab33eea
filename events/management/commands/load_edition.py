"""`manage.py load_edition FILE…`: an edition and its agenda from a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.edition_files import EditionFileError, read
from events.loading import Report, load


class Command(BaseCommand):
    """All of the files or none: the first that is wrong is named, and nothing is changed."""

    help = "Load an edition and its agenda from JSON, schedule.json, schedule.xml or .xlsx."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files, and what they do not say."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--slug", help="The address of the edition, for example 2018-tirana.")
        parser.add_argument("--timezone", default="", metavar="ZONE", help="For files that name no time zone.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load each file and say what was taken, and what was not."""
        if options["slug"] and len(options["files"]) > 1:
            raise CommandError(_("Give --slug with one file at a time."))
        with transaction.atomic():
            for path in options["files"]:
                try:
                    file = read(path)
                    report = load(file, by="load_edition", slug=options["slug"], timezone=options["timezone"])
                except EditionFileError as error:
                    raise CommandError(f"{path}: {error}") from None
                self.stdout.write("\n".join(_lines(path, report)))


def _lines(path: Path, report: Report) -> list[str]:
    edition = report.edition
    lines = [f"{path}: {edition.slug}, {edition.title}"]
    if report.is_new:
        lines.append("  " + _("The edition is new: a draft that only staff see, until you publish it."))
    numbers = {
        "made": report.made,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "talks": report.talks,
        "speakers": report.speakers,
        "rooms": report.rooms,
    }
    taken = _("Sessions: %(made)d new, %(changed)d changed, %(unchanged)d unchanged.")
    stands = _("The edition now has %(talks)d contributions, %(speakers)d speakers and %(rooms)d rooms.")
    lines += ["  " + taken % numbers, "  " + stands % numbers]
    if report.remarks:
        count = len(report.remarks)
        lines.append("  " + ngettext("%d remark:", "%d remarks:", count) % count)
        lines += [f"    {remark}" for remark in report.remarks]
    return lines
