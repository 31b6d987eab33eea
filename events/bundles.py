"""Many papers as one ZIP file, written while it is sent: neither memory nor disk holds it whole."""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from events.models import Document
from events.uploads.names import shortened

_CHUNK = 64 * 1024
_PACKED = {"pdf", "txt"}  # the others are packed already
log = logging.getLogger(__name__)


class _Sink:
    """What a ZipFile writes to: it cannot be sought in, and is emptied again and again."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, piece: Any) -> int:
        """Keep it until it is taken."""
        self._written.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits."""

    def taken(self) -> bytes:
        """What was written since."""
        written, self._written = b"".join(self._written), []
        return written


def named(papers: Iterable[Document], taken: Iterable[str] = ()) -> Iterator[tuple[str, Document]]:
    """Each file with a name that none of the others has, also where a system takes A and a for the same."""
    used = {name.casefold() for name in taken}
    for paper in papers:
        stem, _dot, ending = paper.file_name.rpartition(".")
        name, number = paper.file_name, 1
        while name.casefold() in used:
            number += 1
            more = f" ({number}).{ending}"
            name = shortened(stem, len(more)) + more
        used.add(name.casefold())
        yield name, paper


def bundle(papers: Iterable[Document]) -> Iterator[bytes]:
    """The ZIP file with these papers, piece by piece: the files, and one text with the links and what is missing.

    What it says is in the language of the moment in which it is called.
    """
    papers = list(papers)
    list_name = _("Links") + ".txt"
    files = [(_entry(name, paper), paper) for name, paper in named((p for p in papers if p.file), taken=[list_name])]
    told = [f"{paper.title}\r\n{paper.url}\r\n" for paper in papers if paper.url]
    return _written(files, told, list_name, _("This file cannot be read now:"))


def _written(
    files: list[tuple[zipfile.ZipInfo, Document]], told: list[str], list_name: str, missing: str
) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as package:  # type: ignore[call-overload]
        for entry, paper in files:
            try:
                file = paper.file.open("rb")
            except OSError:
                log.exception("the file of a document is missing", extra={"document": paper.pk})
                told.append(f"{missing} {entry.filename}\r\n")
                continue
            with file, package.open(entry, "w") as part:
                while piece := file.read(_CHUNK):
                    part.write(piece)
                    yield sink.taken()
        if told:
            package.writestr(list_name, "\r\n".join(told), zipfile.ZIP_DEFLATED)
    yield sink.taken()


def _entry(name: str, paper: Document) -> zipfile.ZipInfo:
    moment = paper.added_at.astimezone(paper.edition.zone)
    entry = zipfile.ZipInfo(name, date_time=moment.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED if paper.kind in _PACKED else zipfile.ZIP_STORED
    entry.external_attr = 0o644 << 16
    return entry
