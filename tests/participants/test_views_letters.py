"""Letters handed in and taken out, and lists of people: first shown, then written."""

import datetime as dt
import json
import re
from pathlib import Path

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from events.models import Edition
from participants import nominating
from participants.models import Message, Nomination, NominationLetter
from tests import make
from tests.participants.delegated import home, named, open_link, words
from tests.participants.letter_files import PDF, pdf, workbook
from tests.participants.registered import open_edition, participant, path_of_link

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return open_edition()


@pytest.fixture
def serbia(edition):
    return edition.delegations.get(name="Serbia")


def kept_files(settings):
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


# -- Letters ------------------------------------------------------------------------------------------------------


def letter(*nominations, **changed):
    return {
        "reference": "12-345/2",
        "date": "2026-03-31",
        "scan": pdf(),
        "nominations": [one.pk for one in nominations],
    } | changed


def test_one_letter_names_several_people(contact, serbia, settings):
    ana, boris, ceca = named(serbia), named(serbia, "Boris Primerić"), named(serbia, "Ceca Primerić")
    answer = contact.post(home(serbia) + "letters/", letter(ana, boris))
    assert answer["Location"] == home(serbia) + "?done=letter"
    kept = NominationLetter.objects.get()
    assert (kept.reference, kept.date) == ("12-345/2", dt.date(2026, 3, 31))
    assert set(kept.nominations.all()) == {ana, boris}
    ceca.refresh_from_db()
    assert ceca.letter is None
    page = contact.get(home(serbia))
    assert "12-345/2" in words(page)
    assert f"{home(serbia)}letters/{kept.pk}.pdf" in page.content.decode()
    (path,) = kept_files(settings)
    assert re.fullmatch(r"letters/[0-9a-f]{32}\.pdf", str(path.relative_to(settings.MEDIA_ROOT)))


@pytest.mark.parametrize(
    "name", ["../../etc/x.pdf", "a/b.html", "con.pdf", "invoice\u202efdp.exe", "č" * 140, "...", "x.PDF.html"]
)
def test_the_name_of_the_file_is_forgotten(contact, serbia, settings, name):
    contact.post(home(serbia) + "letters/", letter(named(serbia), scan=pdf(name=name)))
    (path,) = kept_files(settings)
    assert re.fullmatch(r"[0-9a-f]{32}\.pdf", path.name)


def hidden_in(word):
    return PDF.replace(b"/Catalog", word)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This file is empty"),
        (b"<html><script>alert(1)</script></html>", "This file is no PDF"),
        (b"GIF89a" + PDF, "This file is no PDF"),
        (PDF[:-8], "This file is no PDF"),
        (b"%PDF-1.7\n%%EOF" + b"\x00" * 5000, "This file is no PDF"),
        (hidden_in(b"/Catalog /Encrypt 5 0 R"), "has a password"),
        (hidden_in(b"/Catalog /OpenAction << /S /JavaScript /JS (app.alert) >>"), "holds programs"),
        (hidden_in(b"/Catalog /S /J#61vaScript"), "holds programs"),
        (hidden_in(b"/Catalog /S /Launch"), "holds programs"),
        (hidden_in(b"/Catalog /EmbeddedFiles 3 0 R"), "holds programs"),
        (hidden_in(b"/Catalog >> endstream\n/S /Launch << endstream\n"), "holds programs"),
        (hidden_in(b"/Catalog >> stream\r\nx\nendstream /S /Launch << stream\nx\nendstream"), "holds programs"),
        (PDF.replace(b"endstream", b"endobj"), "This file is no PDF"),
        (PDF[:9] + b"stream\n" * 1_400_000 + PDF[-6:], "This file is no PDF"),
        (PDF + b" " * 10_000_000 + b"%%EOF", "at most 10 MB"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_no_plain_pdf_is_refused(contact, serbia, settings, content, said):
    answer = contact.post(home(serbia) + "letters/", letter(named(serbia), scan=pdf(content)))
    assert answer.status_code == 422
    assert said in words(answer)
    assert not NominationLetter.objects.exists()
    assert not kept_files(settings)


def test_the_largest_letter_is_taken_and_one_far_too_large_is_told(contact, serbia):
    whole = PDF[:-6] + b" " * (10_000_000 - len(PDF)) + PDF[-6:]
    assert contact.post(home(serbia) + "letters/", letter(named(serbia), scan=pdf(whole))).status_code == 302
    far = pdf(PDF + b" " * 27_000_000)
    assert contact.post(home(serbia) + "letters/", letter(scan=far)).status_code == 413


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"reference": ""}, "Write the reference of the letter"),
        ({"reference": "x" * 121}, "at most 120 characters"),
        ({"date": ""}, "Write the date of the letter"),
        ({"date": "31/03/2026"}, "Write the date like 2026-03-31"),
        ({"date": "0001-01-01"}, "Write the day on which the letter was signed"),
        ({"date": "2999-01-01"}, "Write the day on which the letter was signed"),
        ({"scan": ""}, "Choose the letter as a PDF file"),
        ({"nominations": []}, "Choose the people whom the letter names"),
        ({"nominations": ["abc", "1" * 40]}, "Choose people from the list"),
    ],
)
def test_a_bad_letter_keeps_the_answers(contact, serbia, changed, said):
    answer = contact.post(home(serbia) + "letters/", letter(named(serbia), **changed))
    assert answer.status_code == 422
    assert said in words(answer)
    assert not NominationLetter.objects.exists()


def test_a_full_disk_is_told_and_nothing_is_half_written(contact, serbia, monkeypatch):
    def full(*_args, **_named):
        raise OSError(28, "No space left on device")

    ana = named(serbia)
    monkeypatch.setattr("django.core.files.storage.FileSystemStorage._save", full)
    answer = contact.post(home(serbia) + "letters/", letter(ana))
    assert answer.status_code == 422
    assert "We cannot keep the file now." in words(answer)
    assert not NominationLetter.objects.exists()


def test_a_letter_names_no_people_of_another_delegation(contact, edition, serbia):
    named(serbia)
    foreign = nominating.nominate(delegation=make.delegation(edition), name="Ema", email="e@example.org", by="test")
    assert contact.post(home(serbia) + "letters/", letter(foreign)).status_code == 422
    assert not NominationLetter.objects.exists()


@pytest.fixture
def kept(contact, serbia):
    contact.post(home(serbia) + "letters/", letter(named(serbia)))
    return NominationLetter.objects.get()


def path_of(kept):
    return f"{home(kept.delegation)}letters/{kept.pk}.pdf"


def test_a_letter_comes_back_as_a_file_that_does_nothing(contact, kept):
    answer = contact.get(path_of(kept))
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="letter.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox"
    assert answer["Cache-Control"] == "private, no-store"
    assert contact.head(path_of(kept)).status_code == 200
    assert contact.post(path_of(kept)).status_code == 405


def test_a_letter_is_for_the_contact_and_the_secretariat_of_the_edition(edition, kept):
    other = make.edition()
    keys = {
        "contact": open_link(Client(), kept.delegation),
        "secretariat": Client(),
        "public": Client(),
        "contact of another": open_link(Client(), make.delegation(edition)),
        "participant": Client(),
        "secretariat of another": Client(),
        "observer": Client(),
    }
    keys["participant"].get(path_of_link(participant(edition)))
    keys["secretariat"].force_login(make.staff("secretariat", edition))
    keys["secretariat of another"].force_login(make.staff("secretariat", other))
    keys["observer"].force_login(make.staff("observer", edition))
    answers = {who: browser.get(path_of(kept)).status_code for who, browser in keys.items()}
    assert {who for who, status in answers.items() if status == 200} == {"contact", "secretariat"}
    assert {status for status in answers.values() if status != 200} == {404}


def test_a_letter_is_not_reached_through_another_delegation(contact, edition, kept):
    albania = make.delegation(edition)
    open_link(contact, albania)
    assert contact.get(path_of(kept)).status_code == 200
    assert contact.get(f"{home(albania)}letters/{kept.pk}.pdf").status_code == 404


def test_a_file_that_is_gone_is_a_page_that_says_so(contact, kept):
    kept.scan.storage.delete(kept.scan.name)
    assert contact.get(path_of(kept)).status_code == 404


@pytest.mark.parametrize("by", ["row", "delegation"])
def test_a_scan_goes_with_its_letter(kept, settings, django_capture_on_commit_callbacks, by):
    assert kept_files(settings)
    with django_capture_on_commit_callbacks(execute=True):
        (kept if by == "row" else kept.delegation).delete()
    assert not kept_files(settings)


# -- Lists --------------------------------------------------------------------------------------------------------

TABLE = [
    ["Name", "E-mail", "Head"],
    ["Ana Primerić", "ana@example.org", "yes"],
    ["Boris", "no address", ""],
    ["=1+1", "c@example.org", ""],
]


def table(content, name="list.csv"):
    return {"table": SimpleUploadedFile(name, content)}


def as_csv(rows):
    return "\n".join(";".join(row) for row in rows).encode()


@pytest.mark.parametrize("content", [as_csv(TABLE), workbook([*TABLE[:3], ["'=1+1", "c@example.org"]])])
def test_a_list_is_shown_row_by_row_and_nothing_is_written(contact, serbia, content):
    page = contact.post(home(serbia) + "list/", table(content))
    assert page.status_code == 200
    said = words(page)
    assert "The table has 3 people. Nothing is saved yet." in said
    assert "Row 2 Ana Primerić ana@example.org Can be nominated Head of delegation" in said
    assert "Row 3 Boris no address Not taken Write one e-mail address" in said
    assert "Nominate 2 people" in said
    assert not Nomination.objects.exists()
    assert not Message.objects.exists()


def test_the_second_press_nominates_them_all(contact, serbia):
    page = contact.post(home(serbia) + "list/", table(as_csv(TABLE)))
    answer = contact.post(home(serbia) + "list/", {"people": page.context["packed"]})
    assert answer["Location"] == home(serbia) + "?done=imported"
    assert list(serbia.nominations.values_list("name", "email", "is_head")) == [
        ("Ana Primerić", "ana@example.org", True),
        ("=1+1", "c@example.org", False),
    ]
    assert Message.objects.count() == 2


def test_pressed_twice_or_sent_again_nobody_is_nominated_twice(contact, serbia):
    page = contact.post(home(serbia) + "list/", table(as_csv(TABLE)))
    for _again in range(2):
        again = contact.post(home(serbia) + "list/", {"people": page.context["packed"]})
    assert again.status_code == 422
    assert "Somebody else changed the nominations meanwhile" in words(again)
    assert "Nominated already" in words(contact.post(home(serbia) + "list/", table(as_csv(TABLE))))
    assert (serbia.nominations.count(), Message.objects.count()) == (2, 2)


def test_one_row_that_the_rules_refuse_takes_all_back(contact, serbia, monkeypatch):
    monkeypatch.setattr("participants.nominating.MOST_NOMINATIONS", 1)
    page = contact.post(home(serbia) + "list/", table(as_csv(TABLE)))
    answer = contact.post(home(serbia) + "list/", {"people": page.context["packed"]})
    assert answer.status_code == 422
    assert "Nobody was nominated. Row 4: " in words(answer)
    assert not Nomination.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "people",
    [
        *("", "[", "null", "{}", "[]", "7", "[[]]", "[[1]]", '[[1,"A","a@example.org","yes"]]', "[" * 100_000),
        *('[["1","A","a@example.org",true]]', '[[0,"A","a@example.org",true]]', '[[true,"A","a@example.org",true]]'),
        json.dumps([[n + 2, f"N{n}", f"n{n}@example.org", False] for n in range(201)]),
        "[[" + "9" * 5000 + ',"A","a@example.org",true]]',
    ],
)
def test_a_second_press_that_no_page_of_ours_made_does_nothing(contact, serbia, people):
    assert contact.post(home(serbia) + "list/", {"people": people}).status_code == 302
    assert not Nomination.objects.exists()


def test_what_comes_back_is_judged_again(contact, serbia):
    people = json.dumps(
        [[2, "\ud800", "a@example.org\r\nBcc: b@example.org", False], [3, "Ana", "a@example.org", False]]
    )
    answer = contact.post(home(serbia) + "list/", {"people": people})
    assert answer.status_code == 422
    assert "Not taken" in words(answer)
    assert not Nomination.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This file is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "Choose a table that is saved as .xlsx or .csv."),
        (b"PK\x03\x04 no workbook", "This file cannot be read."),
        (b"Ana;ana@example.org", "Call the columns"),
        (b"x" * 2_000_001, "Choose a file of at most 2 MB."),
        (as_csv([TABLE[0], *([TABLE[1]] * 10_000)]), "too many rows or columns"),
    ],
)
def test_a_file_that_is_no_list_is_refused(contact, serbia, content, said):
    answer = contact.post(home(serbia) + "list/", table(content))
    assert answer.status_code == 422
    assert said in words(answer)


def test_who_sends_a_list_just_after_the_deadline_is_told_why(contact, edition, serbia):
    page = contact.post(home(serbia) + "list/", table(as_csv(TABLE)))
    Edition.objects.filter(pk=edition.pk).update(nomination_deadline=timezone.now())
    first = contact.post(home(serbia) + "list/", table(as_csv(TABLE)))
    second = contact.post(home(serbia) + "list/", {"people": page.context["packed"]})
    for answer in (first, second):
        assert answer.status_code == 422
        assert re.search(r"Nominations ended on [^.]+\. Write to the secretariat\.", words(answer))
    assert second.context["packed"] == page.context["packed"]
    assert not Nomination.objects.exists()
    assert contact.get(home(serbia) + "list/")["Location"] == home(serbia)


def test_a_letter_sent_just_after_the_end_is_told_why(contact, edition, serbia):
    ana = named(serbia)
    with time_machine.travel(make.local(edition, 0) + dt.timedelta(days=30)):
        answer = contact.post(home(serbia) + "letters/", letter(ana))
    assert answer.status_code == 422
    assert "This edition is over." in words(answer)
    assert 'value="12-345/2"' in answer.content.decode()
    assert not NominationLetter.objects.exists()


def test_staff_import_a_list_too(client, edition, serbia):
    client.force_login(make.staff("secretariat", edition))
    page = client.post(home(serbia) + "list/", table(as_csv(TABLE)))
    assert client.post(home(serbia) + "list/", {"people": page.context["packed"]}).status_code == 302
    assert serbia.nominations.count() == 2
