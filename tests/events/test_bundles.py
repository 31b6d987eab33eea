"""One ZIP file of many papers."""

import io
import tracemalloc
import unicodedata
import zipfile
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils.translation import override

from events.bundles import bundle, named
from events.models import Document
from tests import make

pytestmark = pytest.mark.django_db


def opened(papers):
    return zipfile.ZipFile(io.BytesIO(b"".join(bundle(papers))))


def test_names_differ_also_where_case_does_not_count():
    names = ["a.pdf", "A.PDF", "a.pdf", "a (2).pdf", "Links.txt", "x" * 116 + ".pdf", "x" * 116 + ".pdf"]
    papers = [Document(file_name=name) for name in names]
    found = [name for name, _paper in named(papers, taken=["Links.txt"])]
    assert len({name.casefold() for name in found}) == len(names)
    assert found[:3] == ["a.pdf", "A (2).PDF", "a (3).pdf"]
    assert all(len(name) <= 120 for name in found)
    assert found[-1].endswith(" (2).pdf")


def test_letters_of_every_language_are_read_back(transactional_db):
    edition = make.edition()
    papers = [make.paper(edition, name=f"{name}.pdf") for name in ("Žuta", "Љубав", "Çelësi")]
    with opened(papers) as package:
        assert {unicodedata.normalize("NFC", name) for name in package.namelist()} == {
            "Žuta.pdf",
            "Љубав.pdf",
            "Çelësi.pdf",
        }
        assert package.read("Љубав.pdf") == make.PDF
        assert all(entry.flag_bits & 0x800 for entry in package.infolist())
        assert package.testzip() is None


def test_links_are_in_a_text_in_the_language_of_the_moment():
    edition = make.edition()
    link: Any = Document(edition=edition, title="Site", url="https://example.org/a")
    with opened([link]) as package:
        assert package.read("Links.txt").decode() == "Site\r\nhttps://example.org/a\r\n"
    link.title = {"en": "Site", "sq": "Faqja"}
    link.save()
    link.refresh_from_db()
    with override("sq"):
        pieces = bundle([link])
    content = b"".join(pieces)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert "Faqja" in package.read(package.namelist()[0]).decode()


def test_a_large_bundle_is_never_whole_in_memory():
    edition = make.edition()
    paper = make.paper(edition)
    paper.file.save("x.bin", ContentFile(bytes(20_000_000)), save=False)
    paper.kind = "jpg"  # is not packed again
    tracemalloc.start()
    size = sum(map(len, bundle([paper] * 3)))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 60_000_000
    assert peak < 5_000_000


def test_who_leaves_in_the_middle_leaves_no_file_open():
    pieces: Any = bundle([make.paper(make.edition())])
    next(pieces)
    pieces.close()
