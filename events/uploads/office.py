"""Office files, which are ZIP archives. Two small lists inside say what they are; nothing else is unpacked."""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import Any
from xml.etree import ElementTree

from django.core.files.base import File
from django.utils.translation import gettext as _

from events.uploads.kinds import KINDS
from events.uploads.refusal import UploadError

LARGEST_DIRECTORY = 2**20  # bytes; it is read whole
LARGEST_LIST = 2**20  # bytes of [Content_Types].xml, unpacked
LARGEST_UNPACKED = 500_000_000  # bytes, as the archive itself says; no reader should have to unpack more
_END = struct.Struct("<4s4H2LH")
_TYPES, _TYPE_OF_ODF = "[Content_Types].xml", "mimetype"
_MACROS = ("macroenabled", "vbaproject", "activex", "macrosheet", "xlmacro")
_MACRO_FOLDERS = ("basic/", "scripts/")
_ODF = {KINDS[kind]: kind for kind in ("odt", "ods", "odp")}
_OOXML = {f"{KINDS[kind]}.main+xml": kind for kind in ("docx", "xlsx", "pptx")}
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    KeyError,
    ValueError,
)


def kind_of(file: File[Any]) -> str:
    """The kind of an Office file. Raises UploadError for every other archive, and for one with programs in it."""
    try:
        size = file.size or 0
        file.seek(max(size - _END.size, 0))
        _check_end(file.read(), size)
        with zipfile.ZipFile(file) as package:
            return _kind(package)
    except _BROKEN:
        raise UploadError(_no_office()) from None


def _check_end(end: bytes, size: int) -> None:
    """The archive is the whole file: nothing stands before it, behind it or between it and its directory."""
    mark, _disk, _start, _here, _all, length, offset, comment = _END.unpack(end)
    if mark != b"PK\x05\x06" or comment or length > LARGEST_DIRECTORY or offset + length + _END.size != size:
        raise UploadError(_no_office())


def _kind(package: zipfile.ZipFile) -> str:
    parts = package.infolist()
    names = [part.filename.casefold() for part in parts]
    is_odd = any(p.flag_bits & 1 or p.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for p in parts)
    is_large = sum(part.file_size for part in parts) > LARGEST_UNPACKED
    if is_odd or is_large or len(set(names)) != len(names) or min(part.header_offset for part in parts) != 0:
        raise UploadError(_no_office())
    kind, said = _ooxml(package) if _TYPES in package.namelist() else _odf(package, names)
    if any(word in text for word in _MACROS for text in [*names, *said]) or any(
        name.startswith(_MACRO_FOLDERS) and not name.endswith("/") for name in names
    ):
        raise UploadError(_("This file holds macros. Save it without them, as .docx, .xlsx, .pptx or PDF."))
    if kind is None:
        raise UploadError(_no_office())
    return kind


def _ooxml(package: zipfile.ZipFile) -> tuple[str | None, list[str]]:
    """The kind by the type of the part that is there, and every type that the file names."""
    text = _read(package, _TYPES, LARGEST_LIST).decode("utf-8-sig")
    if "<!" in text.replace("<!--", ""):  # a list of types has no document type and no entities
        raise UploadError(_no_office())
    names, found, said = set(package.namelist()), None, []
    for entry in ElementTree.fromstring(text):  # noqa: S314 - without a document type there are no entities
        written = entry.get("ContentType", "")
        said.append(written.casefold())
        if written in _OOXML and entry.get("PartName", "").removeprefix("/") in names:
            found = _OOXML[written]
    return found, said


def _odf(package: zipfile.ZipFile, names: list[str]) -> tuple[str | None, list[str]]:
    written = _read(package, _TYPE_OF_ODF, 200).decode()
    is_whole = {"content.xml", "meta-inf/manifest.xml"} <= set(names)
    return (_ODF.get(written) if is_whole else None), [written.casefold()]


def _read(package: zipfile.ZipFile, name: str, most: int) -> bytes:
    with package.open(name) as part:
        content = part.read(most + 1)
    if len(content) > most:
        raise UploadError(_no_office())
    return content


def _no_office() -> str:
    return _("This file is no Office file that can be read. Save it as .docx, .xlsx, .pptx, OpenDocument or PDF.")
