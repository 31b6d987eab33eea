"""Edition files read and checked, without a query: our own JSON, schedule.json and schedule.xml."""

from pathlib import Path

from django.utils.translation import gettext as _

from events.edition_files.own import read_own
from events.edition_files.parsed import EditionFile, EditionFileError, Remark
from events.edition_files.schedules import read_schedule, read_xml
from events.edition_files.strict import parse

__all__ = ["EditionFile", "EditionFileError", "Remark", "read", "read_bytes"]

LIMIT = 5 * 2**20  # bytes; the programme of a large congress has one


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
        return read_schedule(read_xml(text.lstrip()))
    root = parse(text)
    if root.fields(set()) and not root["schedule"].is_null and root["edition"].is_null:
        return read_schedule(root)
    file = read_own(root)
    return _once(file)


def _once(file: EditionFile) -> EditionFile:
    """Refuse an id that stands twice."""
    places: dict[str, str] = {}
    for item in file.items:
        if item.id and item.id in places:
            sentence = _("The id %(id)s stands at %(place)s too.") % {"id": item.id, "place": places[item.id]}
            raise EditionFileError(sentence, f"{item.place}.id")
        places[item.id] = item.place
    return file
