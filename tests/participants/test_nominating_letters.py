"""One letter names several people."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile

from events.models import HistoryLine
from participants import nominating
from participants.models import NominationLetter
from participants.registration import RegistrationError
from tests import make

pytestmark = pytest.mark.django_db
DAY = dt.date(2030, 5, 2)


def content(letter):
    with letter.scan.open() as file:
        return file.read()


@pytest.fixture
def delegation():
    return make.delegation(make.edition())


def attach(*nominations, **more):
    facts = {"reference": "No. 12/2030", "date": DAY, "scan": None, "by": "contact"}
    return nominating.attach_letter(
        **{"delegation": nominations[0].delegation, "nominations": nominations} | facts | more
    )


def test_one_letter_names_several_people(delegation):
    people = [make.named(delegation, name) for name in ("One", "Two", "Three")]
    letter = attach(*people[:2], reference="  No.  12/2030\x00 ")
    assert (letter.reference, letter.date, letter.delegation) == ("No. 12/2030", DAY, delegation)
    assert set(letter.nominations.all()) == set(people[:2])
    lines = HistoryLine.objects.filter(verb="attach letter")
    assert {(line.subject_id, line.after) for line in lines} == {(p.pk, f"letter {letter.pk}") for p in people[:2]}


def test_the_same_reference_names_the_same_letter(delegation):
    one, two = make.named(delegation, "One"), make.named(delegation, "Two")
    assert attach(one) == attach(two)
    assert NominationLetter.objects.get().nominations.count() == 2
    with pytest.raises(RegistrationError, match="another date") as error:
        attach(one, date=DAY + dt.timedelta(days=1))
    assert error.value.field == "date"


def test_a_new_scan_takes_the_place_of_the_one_before(delegation, django_capture_on_commit_callbacks):
    person = make.named(delegation)
    letter = attach(person, scan=ContentFile(b"first", "letter.pdf"))
    storage, first = letter.scan.storage, letter.scan.name
    with django_capture_on_commit_callbacks(execute=True):
        letter = attach(person, scan=ContentFile(b"second", "letter.pdf"))
    assert content(letter) == b"second"
    assert not storage.exists(first)


def test_without_a_new_scan_the_one_before_stays(delegation):
    person = make.named(delegation)
    attach(person, scan=ContentFile(b"first", "letter.pdf"))
    assert content(attach(person)) == b"first"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reference", ""),
        ("reference", "\u3164"),
        ("reference", "x" * 121),
        ("date", dt.date(1, 1, 1)),
        ("date", dt.date(2101, 1, 1)),
        ("nominations", []),
    ],
)
def test_what_is_no_letter_is_refused_at_its_field(delegation, field, value):
    person = make.named(delegation)
    with pytest.raises(RegistrationError) as error:
        attach(person, **{field: value})
    assert error.value.field == field
    assert not NominationLetter.objects.exists()


def test_people_of_another_delegation_or_withdrawn_are_refused_and_nothing_is_written(delegation):
    person, gone = make.named(delegation, "One"), make.named(delegation, "Two")
    nominating.withdraw_nomination(nomination=gone, by="contact")
    foreign = make.named(make.delegation(delegation.edition, "Serbia"))
    for stranger in (gone, foreign):
        with pytest.raises(RegistrationError, match="whom the letter names"):
            attach(person, stranger)
    assert not NominationLetter.objects.exists()
