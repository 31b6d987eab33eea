"""staff NAME --role ROLE [--edition SLUG]: a staff account in that role."""

import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from events.models import Edition
from participants.models import StaffRole, User
from participants.staffing import grant_role


class Command(BaseCommand):
    """Makes the account if it is new, with a password that is printed once, and gives it the role."""

    help = "Make a staff account, or give one another role."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom, which role, where."""
        parser.add_argument("name", help="the name to sign in with")
        parser.add_argument("--role", required=True, choices=StaffRole.Role.values)
        parser.add_argument("--edition", metavar="SLUG", help="for this edition only; without it for all")
        parser.add_argument("--password-stdin", action="store_true", help="read the password instead of making one")

    @transaction.atomic
    def handle(self, *args: Any, name: str, role: str, edition: str | None, **options: Any) -> None:
        """Make or find the account and give the role."""
        place = Edition.objects.filter(slug=edition).first() if edition else None
        if edition and place is None:
            raise CommandError(f"There is no edition {edition!r}.")
        user = User.objects.filter(username=name).first()
        made = ""
        if user is None:
            user = User(username=name, is_staff=True)
            made = sys.stdin.readline().rstrip("\n") if options["password_stdin"] else secrets.token_urlsafe(15)
            try:
                user.clean_fields(exclude=["password"])
                validate_password(made, user)
            except ValidationError as error:
                raise CommandError(" ".join(error.messages)) from None
            user.set_password(made)
            user.save()
        grant_role(user=user, role=role, edition=place, by="command line")
        self.stdout.write(f"{name} is {role} for {edition or 'all editions'}.")
        if not made:
            self.stdout.write(f"The account was there before; its password stays (manage.py changepassword {name}).")
        if made and not options["password_stdin"]:
            self.stdout.write(f"Password, shown this once: {made}")
