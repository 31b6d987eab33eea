"""`manage.py demo`: something to look at, on a development site only."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from events.models import Edition
from participants.demonstration import ACCOUNT, OFFICER, PASSWORD, put_demonstration


class Command(BaseCommand):
    """The past editions, and a coming one whose people are invented."""

    help = "Put demonstration data into the database. Running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to leave a database alone that holds something."""
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there is an edition already")

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse on a real site; else add what is missing and say what there is."""
        if not settings.DEVELOPMENT:
            raise CommandError(
                _(
                    "The demonstration makes an account whose password everybody knows. "
                    "It is for development sites only (DEVELOPMENT=1)."
                )
            )
        if options["if_empty"] and Edition.objects.exists():
            return
        made = put_demonstration()
        coming = _("made") if made.is_new else _("was there")
        self.stdout.write(_("Past editions added: %(n)d.") % {"n": made.past})
        words = {"slug": made.edition.slug, "state": coming, "people": made.edition.participants.count()}
        self.stdout.write(_("Coming edition %(slug)s %(state)s, with %(people)d invented people.") % words)
        if made.is_new_account:
            words = {"name": ACCOUNT, "officer": OFFICER, "password": PASSWORD}
            self.stdout.write(_("Sign in at /admin/ as %(name)s with the password %(password)s.") % words)
            self.stdout.write(_("%(officer)s, with the same password, opens visit records.") % words)
        else:
            self.stdout.write(_("The account %(name)s was there; its password stays.") % {"name": ACCOUNT})
