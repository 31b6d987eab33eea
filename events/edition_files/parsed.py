"""What an edition file says, as plain values: what loading.load puts into the database."""

import datetime as dt
from dataclasses import dataclass, field


class EditionFileError(Exception):
    """A file that is not taken, with a translated sentence; `place` is the JSON path or the line at fault."""

    def __init__(self, sentence: str, place: str = "") -> None:
        super().__init__(f"{place}: {sentence}" if place else sentence)
        self.sentence = sentence
        self.place = place


@dataclass(frozen=True)
class Remark:
    """Something the file says that was not taken as it stands, and why."""

    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}" if self.place else self.sentence


class WrongRows(EditionFileError):
    """A table with rows that are wrong; `rows` names the first of `count`, each with its place and a sentence."""

    def __init__(self, rows: list[Remark], count: int) -> None:
        super().__init__("\n".join(map(str, rows)))
        self.rows = rows
        self.count = count


@dataclass(frozen=True)
class Person:
    """Who speaks, as what: the values of an Appearance and its Speaker."""

    name: str
    kind: str = "person"
    honorific: str = ""
    function: str = ""
    organisation: str = ""
    role: str = "speaker"
    state: str = "confirmed"
    biography: str = ""


@dataclass(frozen=True)
class Talk:
    """A contribution inside an item."""

    title: str
    abstract: str = ""
    people: tuple[Person, ...] = ()


@dataclass(frozen=True)
class Item:
    """One item of the agenda. Start and end are wall times at the place of the edition unless they carry an offset."""

    place: str
    title: str
    kind: str
    id: str = ""
    abstract: str = ""
    day: dt.date | None = None
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    order: int | None = 0  # here and below None: the file says nothing of it
    room: str = ""
    topics: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()
    talks: tuple[Talk, ...] = ()
    note: str | None = ""
    letter: str | None = None
    uid: str = ""


@dataclass(frozen=True)
class Room:
    """A room that the file describes."""

    name: str
    capacity: int | None = None


@dataclass
class EditionFile:
    """One file, read and checked."""

    title: str
    city: str = ""
    country: str = ""
    venue: str = ""
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    year: int | None = None  # of the start: may be known where the days are not
    timezone: str = ""
    source: str = ""
    acronym: str = ""
    slug: str = ""  # in a file that this site wrote
    release: int | None = None  # the release of which a table was written
    form: str = "json"  # or xml or xlsx
    topics: list[str] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
