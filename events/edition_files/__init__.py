"""Edition files read and checked, without a query: our own JSON, schedule.json, schedule.xml and tables as .xlsx."""

from pathlib import Path

from django.utils.translation import gettext as _

from events.edition_files.own import read_own
from events.edition_files.parsed import EditionFile, EditionFileError, Remark, WrongRows
from events.edition_files.schedules import read_schedule, read_xml
from events.edition_files.strict import parse
from events.edition_files.tables import read_table

__all__ = ["EditionFile", "EditionFileError", "Remark", "WrongRows", "read", "read_bytes"]

LIMIT = 5 * 2**20  # bytes; the schedule of a large congress has one or two millions
MOST_ITEMS = 2000


def read(path: Path) -> EditionFile:
    """The file as plain values. Raises EditionFileError with the line or the path of what is wrong."""
    try:
        with path.open("rb") as file:
            content = file.read(LIMIT + 1)
    except (OSError, ValueError):
        raise EditionFileError(_("This file cannot be read.")) from None
    return read_bytes(content)


def read_bytes(content: bytes) -> EditionFile:
    """The content of a file as plain values. Raises EditionFileError with the line or the path of what is wrong."""
    if len(content) > LIMIT:
        raise EditionFileError(_("This file is larger than %(limit)d MB.") % {"limit": LIMIT // 2**20})
    if content.startswith(b"PK"):
        file = read_table(content)
        file.form = "xlsx"
        _check_items(file)
        return file
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        place = _("line %(line)d") % {"line": line}
        raise EditionFileError(_("This is not UTF-8 text."), place) from None
    if "\0" in text:
        place = _("line %(line)d") % {"line": text[: text.index("\0")].count("\n") + 1}
        raise EditionFileError(_("This file holds NUL bytes."), place)
    if text.lstrip().startswith("<"):
        file, form = read_schedule(read_xml(text.lstrip())), "xml"
    else:
        root = parse(text)
        is_schedule = bool(root.fields(set())) and not root["schedule"].is_null and root["edition"].is_null
        file, form = read_schedule(root) if is_schedule else read_own(root), "json"
    file.form = form
    _check_items(file)
    return file


def _check_items(file: EditionFile) -> None:
    """Refuse an id that stands twice, and more items than an edition can have."""
    if len(file.items) > MOST_ITEMS:
        raise EditionFileError(_("The file has more than %(limit)d items.") % {"limit": MOST_ITEMS})
    places: dict[str, str] = {}
    for item in file.items:
        key = item.id or (item.uid if file.form == "xlsx" else "")
        if key and key in places:
            sentence = _("The id %(id)s stands at %(place)s too.") % {"id": key, "place": places[key]}
            raise EditionFileError(sentence, item.place)
        places[key] = item.place
