"""A list of people to nominate, as a delegation keeps it in a table: what of it was understood, row by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from events.text import clean_line, fold
from participants.addresses import address_key
from participants.models import Nomination
from participants.spreadsheets import UnreadableError
from participants.typed import Address, Line

MOST_PEOPLE = 200
_HEADING_WITHIN = 10  # rows: above it may stand a title
_LONGEST_SHOWN = 300

# What a column is called in the languages of the series, folded: no case, no accents, Cyrillic in Latin letters.
_NAME = {
    *("name", "names", "full name", "name and surname", "first name and surname", "given name and family name"),
    *("ime i prezime", "ime", "prezime i ime", "emri", "emri dhe mbiemri", "emri mbiemri", "nume", "nume si prenume"),
    *("ime in priimek", "ime prezime", "ime i familija", "ime i prezime", "person", "participant", "nominee"),
}
_GIVEN = {
    *("given name", "given names", "first name", "first names", "forename", "prenume", "prenumele", "ime", "emri"),
    *("name", "nume"),
}
_FAMILY = {
    *("family name", "surname", "last name", "prezime", "mbiemri", "nume de familie", "priimek", "familia"),
    "familno ime",
}
_EMAIL = {
    *("e-mail", "email", "mail", "e-mail address", "email address", "address", "e-posta", "eposta", "e-adresa"),
    *("imejl", "imejl adresa", "e-postni naslov", "adresa e-poste", "e-mail adresa", "email adresa", "posta"),
    *("elektronna posta", "elektronska posta", "emajl", "imeil", "mejl", "e-mail adresi", "posta elektronike"),
    *("adresa de e-mail", "adresa e-mail", "imejl adres", "adresa"),
}
_HEAD = {
    *("head", "head of delegation", "sef delegacije", "sef", "rukovodilac", "rukovoditelj", "rakovoditel"),
    *("kryetar", "kryetari i delegacionit", "sef de delegatie", "seful delegatiei", "vodja delegacije", "vodja"),
    *("rakovoditel na delegaciata", "rakovoditel na delegacijata", "voditelj", "sef na delegacija"),
}
_YES = {"yes", "y", "1", "x", "true", "da", "po", "head", "head of delegation", "v", "✓", "✔", "+"}
_NO = {"", "no", "n", "0", "false", "ne", "jo", "nu", "-", "–"}


@dataclass
class Understood:
    """One row: who it names, and what is wrong with it. `number` is that of the row in the file."""

    number: int
    name: str
    email: str
    is_head: bool = False
    problems: list[str] = field(default_factory=list)
    is_known: bool = False

    @property
    def is_new(self) -> bool:
        """Whether this person can be nominated by it."""
        return not self.problems and not self.is_known


def understand(table: list[list[str]], nominated: Iterable[Nomination]) -> list[Understood]:
    """The people of a table, with what is wrong in each row; those nominated already are marked.

    Raises UnreadableError where no row names the columns, one is named twice, or nobody stands below.
    """
    start, columns = _columns(table)
    written = [
        (number, cells)
        for number, cells in enumerate(table[start:], start=start + 1)
        if any(cell.strip() for cell in cells)
    ]
    if not written:
        raise UnreadableError(
            _("The table has no people. Write one person in each row below the names of the columns.")
        )
    if len(written) > MOST_PEOPLE:
        raise UnreadableError(
            _("The table has %(count)s people. Send at most %(most)s.") % {"count": len(written), "most": MOST_PEOPLE}
        )
    return _compared([_row(number, cells, columns) for number, cells in written], list(nominated))


def judged(people: Iterable[tuple[int, str, str, bool]], nominated: Iterable[Nomination]) -> list[Understood]:
    """The same for rows that were shown before and came back: they are judged again, whoever sent them."""
    rows = [_person(number, name, email, is_head) for number, name, email, is_head in people]
    return _compared(rows, list(nominated))


def _columns(table: list[list[str]]) -> tuple[int, dict[str, int]]:
    """The row after the one that names the columns, and where each of them is."""
    for index, cells in enumerate(table[:_HEADING_WITHIN]):
        named = [fold(cell[:_LONGEST_SHOWN]).strip(" :.*") for cell in cells]
        emails = [at for at, word in enumerate(named) if word in _EMAIL]
        families = [at for at, word in enumerate(named) if word in _FAMILY]
        names = [at for at, word in enumerate(named) if word in (_GIVEN if families else _NAME)]
        heads = [at for at, word in enumerate(named) if word in _HEAD]
        if not emails or not (names or families):
            continue
        found = {"email": emails, "family": families, "name": names, "head": heads}
        for places in found.values():
            if len(places) > 1:
                twice = clean_line(cells[places[1]][:_LONGEST_SHOWN])
                raise UnreadableError(_("Two columns are called “%(name)s”. Keep one.") % {"name": twice})
        return index + 1, {what: places[0] for what, places in found.items() if places}
    raise UnreadableError(_("Call the columns “Name” and “E-mail” in the first row of the table."))


def _row(number: int, cells: list[str], columns: dict[str, int]) -> Understood:
    def cell(what: str) -> str:
        at = columns.get(what)
        return cells[at] if at is not None and at < len(cells) else ""

    name = " ".join(part for part in (cell("name"), cell("family")) if part.strip())
    word = fold(cell("head")[:_LONGEST_SHOWN])
    row = _person(number, name, cell("email"), word in _YES)
    if word not in _YES | _NO:
        row.problems.append(_("Write yes or no for the head of delegation"))
    return row


def _person(number: int, name: str, email: str, is_head: bool) -> Understood:
    row = Understood(number, clean_line(name[:_LONGEST_SHOWN]), clean_line(email[:_LONGEST_SHOWN]), is_head)
    limit: Any = Nomination._meta.get_field("name").max_length
    row.name = _cleaned(Line(limit=limit, ask=_("Write the name of the person")), name, row, row.name)
    row.email = _cleaned(Address(), email, row, row.email)
    return row


def _cleaned(form_field: Any, typed: str, row: Understood, shown: str) -> str:
    """The value as a form would take it; a sentence in the row, and what was written, where it would not."""
    try:
        return str(form_field.clean(typed))
    except ValidationError as error:
        row.problems += error.messages
        return shown


def _compared(rows: list[Understood], nominated: list[Nomination]) -> list[Understood]:
    """With what only shows beside the other rows, and beside those nominated already."""
    known = {(one.email_key, fold(one.name)) for one in nominated}
    seen: dict[tuple[str, str], int] = {}
    head = next((one.name for one in nominated if one.is_head), "")
    for row in rows:
        key = (address_key(row.email), fold(row.name))
        row.is_known = key in known
        if key in seen and not row.problems:
            row.problems.append(_("Row %(number)s names the same person") % {"number": seen[key]})
        seen.setdefault(key, row.number)
        if row.is_head and row.is_new:
            if head:
                row.problems.append(_("A delegation has one head, and that is %(name)s") % {"name": head})
            head = head or row.name
    return rows
