"""What the delegations of the demonstration say: a letter, people who have not answered, a substitute."""

import datetime as dt

from events.models import Edition
from events.text import fold
from participants import nominating
from participants.models import Delegation

LETTER = "EX-2026/114 (invented)"
# Nominated and not registered yet; the second of Croatia and that of Albania stand beyond the quota.
SILENT = {
    "Albania": ["Gent Shembullori"],
    "Croatia": ["Iva Oglednić", "Luka Probić"],
    "Montenegro": ["Ana Primjerović"],
    "Serbia": ["Jovan Primerović"],
}


def put_nominations(edition: Edition, *, at: dt.datetime, by: str) -> None:
    """Two letters, some who have not answered, and one person who is replaced, so that a place is kept."""
    for name, people in SILENT.items():
        delegation = edition.delegations.get(name=name)
        for person in people:
            email = f"{'.'.join(fold(person).split())}@example.org"
            nominating.nominate(delegation=delegation, name=person, email=email, by=by, at=at - dt.timedelta(days=9))
    for name in ("Albania", "Croatia"):
        _attach(edition.delegations.get(name=name), at, by)
    serbia = edition.delegations.get(name="Serbia")
    replaced = serbia.participants.confirmed().exclude(nomination__is_head=True).order_by("pk")[0]
    nominating.substitute(
        delegation=serbia,
        participant=replaced,
        name="Milica Zamena",
        email="milica.zamena@example.org",
        by=by,
        at=at - dt.timedelta(days=2),
    )


def _attach(delegation: Delegation, at: dt.datetime, by: str) -> None:
    nominating.attach_letter(
        delegation=delegation,
        reference=LETTER,
        date=(at - dt.timedelta(days=29)).date(),
        scan=None,
        nominations=delegation.nominations.filter(withdrawn_at=None),
        by=by,
    )
