"""A process of its own with the whole site in it, which does what it reads, line by line.

python -m tests.rasr.another_site DATABASE: "ask /path" answers with status and ETag, "release slug" with the number.
"""

from __future__ import annotations

import sys

import django
from django.conf import settings


def say(words: str) -> None:
    """One line of answer."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main(database: str) -> None:
    """Do what is read until nothing more comes."""
    settings.DATABASES["default"]["NAME"] = database
    settings.ALLOWED_HOSTS = ["testserver"]
    django.setup()
    from events.models import Edition
    from events.scheduling import release_agenda
    from rasr.wsgi import application
    from tests.rasr.plain_requests import ask

    say("ready")
    while line := sys.stdin.readline():
        verb, what = line.split()
        if verb == "release":
            say(str(release_agenda(edition=Edition.objects.get(slug=what), by="test").number))
        else:
            told = ask(application, what)
            say(f"{told.status} {told.header('ETag')}")


if __name__ == "__main__":
    main(sys.argv[1])
