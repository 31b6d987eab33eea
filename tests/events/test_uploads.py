"""What is taken and what is refused, by content."""

import io
import struct
import tracemalloc
import zipfile

import pytest
import xlsxwriter

from events.uploads import KINDS, UploadError, safe_name, take
from events.uploads.kinds import ACCEPT
from tests.events.sent_files import GOOD, MAIN, PDF, odf, office, packed, picture, sent, types


def refusal(content, name="file.bin"):
    with pytest.raises(UploadError) as refused:
        take(sent(content, name))
    return str(refused.value)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_known_by_its_content_whatever_its_name_and_declared_type(kind):
    taken = take(sent(GOOD[kind], "evil.exe", "text/html"))
    assert (taken.kind, taken.name) == (kind, f"evil.exe.{kind}")
    assert taken.size == len(taken.content.read())
    assert f".{kind}" in ACCEPT


def test_a_workbook_that_a_program_wrote_is_taken():
    written = io.BytesIO()
    with xlsxwriter.Workbook(written) as book:
        book.add_worksheet().write(0, 0, "x")
    assert take(sent(written.getvalue(), "table.xlsx")).kind == "xlsx"


HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 100
HOSTILE = {
    "a web page": (HTML, "web page"),
    "a web page after spaces": (b"\xef\xbb\xbf\n\n  " + HTML, "web page"),
    "a web page after words": (b"Hello\n<SCRIPT src=x>", "web page"),
    "a drawing with a script": (SVG, "web page"),
    "xml": (b'<?xml version="1.0"?><x/>', "web page"),
    "a shell script": (b"#!/bin/sh\nrm -rf /\n", "a program"),
    "rich text": (b"{\\rtf1 hello}", "a program"),
    "a program": (EXE, "is not taken"),
    "an ELF program": (b"\x7fELF\x02\x01\x01" + b"\x00" * 50, "is not taken"),
    "an old Office file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old form or a password"),
    "text with NUL": (b"hello\x00world", "is not taken"),
    "text in another encoding": ("Žuta".encode("cp1250"), "is not taken"),
    "nothing but spaces": (b" \n \n", "empty"),
    "a GIF": (b"GIF89a" + b"\x00" * 50, "is not taken"),
    "half a PDF": (PDF[:-8], "no whole PDF"),
    "a PDF after a script": (b"#!/bin/sh\n" + PDF, "is not taken"),
    "a PDF with a program": (PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript >>"), "holds programs"),
    "a PDF with a hidden program": (PDF.replace(b"/Catalog", b"/Catalog /J#61vaScript"), "holds programs"),
    "a PDF with a file in it": (PDF.replace(b"/Catalog", b"/EmbeddedFile"), "holds programs"),
    "a PDF with a password": (PDF.replace(b"trailer", b"trailer /Encrypt"), "password"),
    "a PDF without the end of a stream": (PDF.replace(b"endstream", b"enddream"), "no whole PDF"),
    "a PDF that is an archive too": (PDF + office(), "no whole PDF"),
    "a PDF that hides an archive": (PDF + packed([("a", "%%EOF")]), "no whole PDF"),
    "a plain archive": (packed([("a.txt", "x")]), "no Office file"),
    "an empty archive": (packed([]), "is not taken"),
    "a Java archive": (packed([("META-INF/MANIFEST.MF", "x"), ("A.class", "x")]), "no Office file"),
    "half an archive": (office()[:-30], "no Office file"),
    "an archive with a tail": (office() + b"<script>", "no Office file"),
    "types without the part": (packed([("[Content_Types].xml", types("pptx"))]), "no Office file"),
    "types that are no XML": (office(listed="<Types"), "no Office file"),
    "types that are not text": (office(listed=types("pptx").encode("utf-16")), "no Office file"),
    "types with entities": (office(listed='<!DOCTYPE x [<!ENTITY a "b">]><Types>&a;</Types>'), "no Office file"),
    "a slide show with macros": (
        office(listed=types("pptx", main="application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml")),
        "macros",
    ),
    "macros that are declared": (
        office(
            listed=types("pptx", more='<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>')
        ),
        "macros",
    ),
    "macros in a spelling": (
        office(listed=types("pptx", more='<Default Extension="b" ContentType="application/&#118;baProject"/>')),
        "macros",
    ),
    "macros that are there": (office(parts=[("ppt/vbaProject.bin", "x")]), "macros"),
    "old macros of tables": (office("xlsx", parts=[("xl/macrosheets/sheet1.xml", "x")]), "macros"),
    "macros of OpenDocument": (odf(parts=[("Basic/Standard/Module1.xml", "x")]), "macros"),
    "an OpenDocument drawing": (odf(mimetype="application/vnd.oasis.opendocument.graphics"), "no Office file"),
    "a template": (odf(mimetype="application/vnd.oasis.opendocument.text-template"), "no Office file"),
    "an OpenDocument without a body": (packed([("mimetype", KINDS["odt"])]), "no Office file"),
    "two parts of one name": (office(parts=[("PPT/presentation.xml", "y")]), "no Office file"),
    "half a picture": (picture()[:200], "damaged"),
    "a picture by its first bytes alone": (b"\xff\xd8\xff" + HTML, "damaged"),
    "a PNG by its first bytes alone": (b"\x89PNG\r\n\x1a\n" + SVG, "damaged"),
    "a WebP by its first bytes alone": (b"RIFF\x00\x00\x00\x00WEBP" + HTML, "damaged"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_refused_says_what_to_do(what):
    content, said = HOSTILE[what]
    for name in ("talk.pdf", "talk.pptx", "talk.txt"):
        assert said in refusal(content, name)


def test_an_archive_with_a_comment_or_something_before_it_is_no_office_file():
    written = io.BytesIO(office())
    with zipfile.ZipFile(written, "a") as package:
        package.comment = b"%PDF-1.7 %%EOF"
    assert "no Office file" in refusal(written.getvalue())
    before = packed([("first", "x")]) + office()
    assert "no Office file" in refusal(before)


def test_empty_and_too_large(settings):
    assert "is empty" in refusal(b"")
    settings.LARGEST_FILE = 1_000_000
    assert "at most 1 MB" in refusal(PDF + b" " * 1_000_000)


class TestBombs:
    """Small files that want to become large ones."""

    def test_a_long_list_of_types_is_not_unpacked(self):
        bomb = office(listed=types("pptx") + " " * 300_000_000, compression=zipfile.ZIP_DEFLATED)
        assert len(bomb) < 1_000_000
        tracemalloc.start()
        assert "no Office file" in refusal(bomb)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 30_000_000

    def test_an_office_file_that_no_reader_could_unpack_is_refused(self):
        parts = [("ppt/media/a.xml", "x")]
        bomb = bytearray(office(parts=parts))
        where = bomb.rindex(b"PK\x01\x02")
        bomb[where + 24 : where + 28] = struct.pack("<L", 600_000_000)  # what the directory says of its last part
        assert "no Office file" in refusal(bytes(bomb))

    def test_a_directory_of_a_million_parts_is_not_read(self):
        part = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
        directory = part * 40_000
        local = office()
        end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 40_000, 40_000, len(directory), len(local), 0)
        assert "no Office file" in refusal(local + directory + end)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Talk.pdf", "Talk.pdf"),
        ("Primjerić – Љубав.PDF", "Primjerić – Љубав.pdf"),
        ("talk", "talk.pdf"),
        ("talk.pptx", "talk.pptx.pdf"),
        ("Version 1.2", "Version 1.2.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\talk.pdf", "talk.pdf"),
        ("a\r\nSet-Cookie: x=y.pdf", "a Set-Cookie- x=y.pdf"),
        ("talk\u202efdp.exe", "talkfdp.exe.pdf"),
        ("ta\u200blk\u00ad.pdf", "talk.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("lpt1.tar.pdf", "_lpt1.tar.pdf"),
        ("NUL", "_NUL.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("...", "document.pdf"),
        ("\u3164.pdf", "document.pdf"),
        ("", "document.pdf"),
        ('a"b;c%d?.pdf', "a-b-c-d-.pdf"),
        ("talk .pdf", "talk.pdf"),
    ],
)
def test_a_name_stays_readable_and_becomes_safe(name, shown):
    assert safe_name(name, "pdf") == shown


@pytest.mark.parametrize("letter", ["x", "ж", "字", "e\u0301", "🛡"])
def test_a_long_name_is_cut(letter):
    name = safe_name(letter * 300 + ".pptx", "pptx")
    assert len(name) <= 120
    assert len(name.encode()) <= 200
    assert name.endswith(".pptx")


def test_jpeg_keeps_either_ending_out_of_the_name():
    assert {safe_name(name, "jpg") for name in ("a.jpg", "a.JPEG")} == {"a.jpg"}


def test_every_office_kind_has_its_part():
    assert set(MAIN) < set(KINDS)
