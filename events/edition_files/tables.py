"""An agenda as .xlsx, as this site writes it or as somebody types it: each row a session, or a contribution of one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.utils.translation import gettext as _

from events.edition_files.columns import FACTS, columns_by_word, facts_by_word, kinds_by_word, roles_by_word
from events.edition_files.parsed import EditionFile, EditionFileError, Item, Person, Remark, Room, Talk, WrongRows
from events.edition_files.people import kind_of, split_honorific, take_unconfirmed
from events.edition_files.strict import Node
from events.models import Appearance, Session
from events.text import fold
from events.workbooks import Bounds, UnreadableError, read_sheets

LIMIT = 2_000_000  # bytes of the file as it is sent
BOUNDS = Bounds(rows=5000, columns=60, cell=32_767)
_MOST_TEXT = 4_000_000  # characters in all cells: a text that many cells share is counted in each
_HEADING_WITHIN = 20  # rows: above it may stand a title
_BEFORE_A_SHEET = dt.date(1899, 12, 30)  # sheets count their days from here
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,17})?(?:[Ee]-[0-9]{1,2})?")
_DAY = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})\.?")
_TIME = re.compile(r"([0-9]{1,2})[:.]([0-5][0-9])(?::([0-5][0-9]))?")
_UID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_MOST_ERRORS = 50


def read_table(content: bytes) -> EditionFile:
    """The file as plain values. Raises EditionFileError; WrongRows where single rows are wrong, with each of them."""
    if len(content) > LIMIT:
        raise EditionFileError(_("Choose a file of at most 2 MB."))
    try:
        sheets = list(read_sheets(content, BOUNDS, most=5).values())
    except UnreadableError as error:
        raise EditionFileError(str(error)) from error
    if sum(len(cell) for rows in sheets for cells in rows for cell in cells) > _MOST_TEXT:
        raise EditionFileError(_("The table holds too much text."))
    file = EditionFile(title="")
    for rows in sheets[1:]:
        _take_facts(rows, file)
    _Table(sheets[0], file).read()
    return file


@dataclass
class _Heading:
    """The row after the one that names the columns, which column stands where, and what each is called."""

    start: int
    columns: dict[int, tuple[str, str]]
    heads: dict[str, str]


@dataclass
class _Row:
    """One row by its columns. Texts in several languages stand under (column, language)."""

    number: int
    cells: dict[tuple[str, str], str]
    heads: dict[str, str]

    def node(self, column: str) -> Node:
        """The cell of a column; a text is the English one."""
        value = self.cells.get((column, "en")) or self.cells.get((column, ""), "")
        place = _("row %(number)d") % {"number": self.number}
        return Node(value, f"{place}, {self.heads[column]}" if column in self.heads else place)

    def has_translation(self, column: str) -> bool:
        """Whether the text stands there in another language."""
        return any(name == column and code not in ("", "en") and text for (name, code), text in self.cells.items())


@dataclass
class _Table:
    """The sheet with the agenda."""

    rows: list[list[str]]
    file: EditionFile
    wrong: list[Remark] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)

    def read(self) -> None:
        """Take every row; what is wrong is gathered, so that all of it can be put right at once."""
        heading = self._heading()
        last: Item | None = None
        for number, cells in enumerate(self.rows[heading.start :], start=heading.start + 1):
            found = {column: cells[at].strip() for at, column in heading.columns.items() if at < len(cells)}
            if not any(found.values()):
                continue
            try:
                last = self._take(_Row(number, found, heading.heads), last)
            except EditionFileError as error:
                self.wrong.append(Remark(error.place, error.sentence))
        if self.wrong:
            raise WrongRows(self.wrong[:_MOST_ERRORS], len(self.wrong))
        if not self.file.items:
            raise EditionFileError(_("The table has no sessions. Write one in each row below the column names."))
        self.file.rooms = [Room(name) for name in dict.fromkeys(item.room for item in self.file.items if item.room)]
        self._say_what_is_not_loaded(heading)

    def _heading(self) -> _Heading:
        """The row that names the columns, in the language that knows most of its words."""
        best, most = None, 1
        for index, cells in enumerate(self.rows[:_HEADING_WITHIN]):
            folded = [fold(cell[:100]).strip(" :*") for cell in cells]
            for code, _name in settings.LANGUAGES:
                words = columns_by_word("en") | columns_by_word(code)
                named = {at: words[word] for at, word in enumerate(folded) if word in words}
                if len(named) > most and any(name == "title" for name, _code in named.values()):
                    most = len(named)
                    best = _Heading(index + 1, named, {name: cells[at].strip() for at, (name, _c) in named.items()})
                    self.kinds = kinds_by_word("en") | kinds_by_word(code)
                    self.roles = roles_by_word("en") | roles_by_word(code)
        if best is None:
            raise EditionFileError(
                _("Name the columns in the first row of the table: Day, Start, End, Room, Kind, Title, Speakers.")
            )
        seen = list(best.columns.values())
        if twice := next((column for column in seen if seen.count(column) > 1), None):
            sentence = _("Two columns are called “%(name)s”. Keep one.")
            place = _("row %(number)d") % {"number": best.start}
            raise EditionFileError(sentence % {"name": best.heads[twice[0]]}, place)
        return best

    def _take(self, row: _Row, last: Item | None) -> Item | None:
        """A session, or a contribution that is added to the one it belongs to. Returns the last session."""
        kind = self._kind(row)
        title = row.node("title").line(500)
        if not title and not row.has_translation("title"):
            raise row.node("title").fail(_("Write a title."))
        abstract, people = row.node("abstract").text(), tuple(self._people(row))
        if kind == "talk":
            return self._add_talk(row, Talk(title, abstract, people), last)
        day = _day(row.node("day"))
        start, end = _times(row, day)
        key = row.node("id").key()
        is_ours = re.fullmatch(_UID, key) is not None
        topics = [Node(line, row.node("topics").place).line(300) for line in row.node("topics").text().split("\n")]
        item = Item(
            place=_("row %(number)d") % {"number": row.number},
            id="" if is_ours else key,
            uid=key if is_ours else "",
            title=title,
            kind=kind,
            abstract=abstract,
            day=day,
            start=start,
            end=end,
            order=None if is_ours else min(len(self.file.items), 30_000),
            note=None,
            letter=row.node("letter").line(3) if "letter" in row.heads else None,
            room=row.node("room").line(200),
            topics=tuple(dict.fromkeys(filter(None, topics))),
            people=people,
        )
        self.file.items.append(item)
        return item

    def _add_talk(self, row: _Row, talk: Talk, last: Item | None) -> Item | None:
        """By its identifier, else to the session above."""
        key = row.node("id").key()
        owner = next((item for item in self.file.items if key in (item.id, item.uid)), None) if key else last
        if owner is None:
            raise row.node("kind").fail(_("A contribution stands below its session."))
        grown = replace(owner, talks=(*owner.talks, talk))
        self.file.items[self.file.items.index(owner)] = grown
        return grown if owner is last else last

    def _kind(self, row: _Row) -> str:
        node = row.node("kind")
        printed = node.line(100)
        kind = self.kinds.get(fold(printed)) or printed.casefold().replace("-", "_").replace(" ", "_")
        if not printed:
            return str(Session.Kind.SESSION)
        if kind == "talk" or kind in Session.Kind.values:
            return kind
        self.file.remarks.append(
            Remark(node.place, _("The kind “%(kind)s” is not known; taken as “other”.") % {"kind": printed})
        )
        return str(Session.Kind.OTHER)

    def _people(self, row: _Row) -> Iterator[Person]:
        """One line for each: name | function | organisation | role | to be confirmed."""
        node, seen = row.node("speakers"), set()
        for line in node.text().split("\n"):
            parts = [part.strip() for part in line.split("|")]
            if not any(parts):
                continue
            if len(parts) > 5 or not parts[0]:
                raise node.fail(_("Write a speaker as: name | function | organisation | role | to be confirmed."))
            person = self._person(node, [*parts, "", "", "", ""][:5])
            if (person.name, person.kind, person.role) in seen:
                raise node.fail(_("“%(name)s” stands here twice in the same role.") % {"name": person.name})
            seen.add((person.name, person.kind, person.role))
            yield person

    def _person(self, node: Node, parts: list[str]) -> Person:
        printed, function, organisation = (
            Node(text, node.place).line(limit) for text, limit in zip(parts, (200, 300, 300), strict=False)
        )
        role = self.roles.get(fold(parts[3]), parts[3].casefold().replace("-", "_")) or "speaker"
        if role not in Appearance.Role.values:
            raise node.fail(_("The role “%(role)s” is not known.") % {"role": parts[3]})
        # In a table that this site wrote the state has its own place, and a name is what it is.
        name, is_open = (printed, False) if self.file.slug else take_unconfirmed(printed)
        kind = kind_of(name, organisation)
        honorific, name = split_honorific(name) if kind == "person" else ("", name)
        state = Appearance.State.TO_BE_CONFIRMED if is_open or parts[4] else Appearance.State.CONFIRMED
        return Person(name, kind, honorific, function, organisation, role, str(state))

    def _say_what_is_not_loaded(self, heading: _Heading) -> None:
        if any(name == "status" or code not in ("", "en") for name, code in heading.columns.values()):
            sentence = _("Cancellations and texts in other languages are not loaded; they stay as they are here.")
            self.file.remarks.append(Remark("", sentence))


def _day(node: Node) -> dt.date | None:
    """A date as a sheet counts it, or typed: 2018-10-09 or 9.10.2018."""
    text = node.line(40)
    if _NUMBER.fullmatch(text):
        return Node((_BEFORE_A_SHEET + dt.timedelta(days=int(float(text)))).isoformat(), node.place).date()
    if typed := _DAY.fullmatch(text):
        text = f"{typed[3]}-{int(typed[2]):02}-{int(typed[1]):02}"
    return Node(text, node.place).date()


def _times(row: _Row, day: dt.date | None) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Start and end. An end at midnight is that of the day; one on the next day stands with its date."""
    first, last = row.node("start"), row.node("end")
    if day is None and (first.value or last.value):
        raise row.node("day").fail(_("Write the day of this time."))
    start, end = (_moment(node, day) if day else None for node in (first, last))
    if end and not start:
        raise first.fail(_("Write a start before the end."))
    if start and day and abs((start.date() - day).days) > 1:
        raise first.fail(_("The start is not on the day of the session."))
    if start and end:
        if end.time() == dt.time() and end.date() == day:
            end += dt.timedelta(days=1)
        if (end.tzinfo is None) == (start.tzinfo is None):
            _check_length(last, end - start)
    return start, end


def _check_length(node: Node, lasts: dt.timedelta) -> None:
    if lasts <= dt.timedelta():
        sentence = _("The end is not after the start. If it is on the next day, write its date too: 2018-10-10 01:30.")
        raise node.fail(sentence)
    if lasts > dt.timedelta(hours=24):
        raise node.fail(_("A session lasts at most 24 hours."))


def _moment(node: Node, day: dt.date) -> dt.datetime | None:
    """A time of that day, or a date with a time; with an offset where the clocks are put back."""
    text = node.line(60)
    if not text:
        return None
    typed = _TIME.fullmatch(text)
    # A part of a day, or a day of this time with its part; between the two lies what is typed as 9.30.
    if _NUMBER.fullmatch(text) and not (typed and float(text) >= 1):
        whole, part = divmod(float(text), 1)
        date = _BEFORE_A_SHEET + dt.timedelta(days=whole) if whole else day
        return _bounded(node, dt.datetime.combine(date, dt.time()) + dt.timedelta(seconds=round(part * 86_400)))
    if typed:
        if int(typed[1]) > 24 or (int(typed[1]) == 24 and text not in ("24:00", "24.00")):
            raise node.fail(_("“%(text)s” is not a time. Write it like 09:30.") % {"text": text})
        return dt.datetime.combine(day, dt.time(int(typed[1]) % 24, int(typed[2]), int(typed[3] or 0)))
    try:
        return _bounded(node, dt.datetime.fromisoformat(text))
    except ValueError:
        raise node.fail(_("“%(text)s” is not a time. Write it like 09:30.") % {"text": text}) from None


def _bounded(node: Node, moment: dt.datetime) -> dt.datetime:
    Node(moment.date().isoformat(), node.place).date()
    return moment


def _take_facts(rows: list[list[str]], file: EditionFile) -> None:
    """What a sheet says of the edition and the release, where it is the one that names these facts."""
    pairs = [(fold(cells[0][:100]), cells[1]) for cells in rows[:50] if len(cells) > 1]
    found: dict[str, Node] = {}
    for code, _name in settings.LANGUAGES:  # neighbours share words: the language that knows most of them is meant
        words = facts_by_word(code)
        known = {words[word]: Node(value, value and word) for word, value in pairs if word in words}
        found = known if len(known) > len(found) else found
    if len(found) < 3:
        return
    facts = dict.fromkeys(FACTS, Node("", "")) | found
    file.title, file.city = facts["title"].line(300), facts["city"].line(120)
    file.country, file.venue = facts["country"].line(120), facts["venue"].line(200)
    file.timezone, file.slug = facts["timezone"].zone(), facts["slug"].line(60)
    file.release = facts["release"].whole()
    days = _day(facts["first_day"]), _day(facts["last_day"])
    if days[0] and days[1] and dt.timedelta() <= days[1] - days[0] <= dt.timedelta(days=31):
        file.first_day, file.last_day = days
        file.year = days[0].year
