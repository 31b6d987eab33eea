"""The agenda as a table, read back by another program and by our own load."""

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from i18nfield.strings import LazyI18nString
from python_calamine import CalamineWorkbook

from events.edition_files import read_bytes
from events.exports import agenda_xlsx
from events.loading import load
from events.models import Appearance, Edition, HistoryLine, Session, Speaker, Talk
from events.scheduling import build_agenda, release_agenda, released_agenda
from tests import make
from tests.events.tables import table

pytestmark = pytest.mark.django_db
LANGUAGES = ["en", "bs", "ro", "sq", "sl", "bg", "mk"]


def sheets_of(content):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def rich_edition():
    """An edition with everything that a table has to hold."""
    edition = make.edition(footnotes="* A note")
    hall = make.room(edition)
    depots = make.session(edition, "Depots", room=hall, abstract="First line.\n\nSecond line.")
    make.speaker(depots, "Arta Shembulli", honorific="Dr", function="Adviser", organisation="Institute", role="chair")
    odd = make.speaker(depots, "Kosovo*", state="to_be_confirmed")
    Speaker.objects.filter(pk=odd.speaker_id).update(kind="state")
    talk = Talk.objects.create(session=depots, title="Surplus", abstract="What is left", order=1)
    make.speaker(depots, "Expert (tbc)", talk=talk, function="Head | deputy head")
    depots.topics.add(edition.topics.create(name="Safety; security"), edition.topics.create(name="Demilitarisation"))
    make.session(edition, LazyI18nString({"sq": "Vetëm shqip"}), 11, 12)
    make.session(edition, LazyI18nString({"en": "Group", "bg": "Група"}), 13, 15, kind="working_group", letter="A")
    make.session(edition, "=1+1", 16, 17, status="cancelled", cancelled_note="The room is used")
    party = make.session(edition, "Party", 22, None, on=1, kind="social")
    Session.objects.filter(pk=party.pk).update(end=make.local(edition, 1, 30, day=2))
    make.session(edition, "Without an end", 9, None, on=2)
    make.session(edition, "Without a time", None, None, on=2, order=3, source_note="as printed")
    make.session(edition, "Without a time", None, None, on=2, order=4)
    Session.objects.create(edition=edition, title="Without a day")
    return edition


def released(edition):
    release_agenda(edition=edition, by="test")
    return released_agenda(edition.slug)


def rows_of(edition):
    """Everything that a load could change."""
    facts = ("id", "title", "start", "end", "day", "room", "order", "kind", "status", "letter", "source_note")
    return [
        list(Session.objects.filter(edition=edition).order_by("id").values_list(*facts)),
        list(Talk.objects.filter(session__edition=edition).order_by("id").values_list("id", "title", "abstract")),
        list(Appearance.objects.filter(session__edition=edition).order_by("id").values_list()),
        list(Speaker.objects.order_by("id").values_list()),
        list(edition.topics.order_by("id").values_list()),
        list(edition.rooms.order_by("id").values_list()),
    ]


def test_a_row_for_each_session_and_each_contribution():
    sheets = sheets_of(agenda_xlsx(released(rich_edition()), language="en"))
    assert list(sheets) == ["Agenda", "Speakers", "About this table"]
    head, first, talk, *_rest = sheets["Agenda"]
    row = dict(zip(head, first, strict=True))
    assert row["Day"] == make.FIRST_DAY
    assert (row["Start"], row["End"]) == (dt.time(9), dt.time(10))
    assert (row["Room"], row["Kind"], row["Title (English)"]) == ("Hall A", "Session", "Depots")
    assert row["Speakers"] == ("Dr Arta Shembulli | Adviser | Institute | chair\nKosovo* |  |  |  | to be confirmed")
    assert row["Topics"] == "Safety; security\nDemilitarisation"
    told = dict(zip(head, talk, strict=True))
    assert (told["Kind"], told["Title (English)"]) == ("Contribution", "Surplus")
    assert told["Identifier"] == row["Identifier"]


def test_the_speakers_stand_on_a_sheet_of_their_own():
    sheets = sheets_of(agenda_xlsx(released(rich_edition()), language="en"))
    assert sheets["Speakers"][1:] == [
        ["Dr Arta Shembulli", "person", "Adviser", "Institute", "Depots"],
        ["Expert (tbc)", "person", "Head | deputy head", "", "Depots"],
        ["Kosovo*", "State", "", "", "Depots"],
    ]


def test_titles_in_other_languages_have_columns_of_their_own_and_the_reader_s_comes_first():
    head = sheets_of(agenda_xlsx(released(rich_edition()), language="bg"))
    first = next(iter(head.values()))[0]
    titles = [word for word in first if "(" in word]
    assert [word.rpartition("(")[2] for word in titles] == ["Български)", "English)", "Shqip)"]


def test_a_text_that_looks_like_a_formula_stays_a_text():
    content = agenda_xlsx(released(rich_edition()), language="en")
    titles = [row[6] for row in sheets_of(content)["Agenda"]]
    assert "=1+1" in titles


@pytest.mark.parametrize("language", LANGUAGES)
def test_out_and_in_changes_nothing(language):
    edition = rich_edition()
    content = agenda_xlsx(released(edition), language=language)
    before, agenda, lines = rows_of(edition), build_agenda(edition), HistoryLine.objects.count()
    with translation.override(language):
        report = load(read_bytes(content), by="test")
    assert (report.edition, report.made, report.changed, report.fields) == (edition, 0, 0, [])
    assert report.unchanged == edition.sessions.count()
    assert rows_of(edition) == before
    assert build_agenda(edition) == agenda
    assert HistoryLine.objects.count() == lines
    assert Edition.objects.count() == 1


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Tirane", dt.date(2030, 10, 26)),
        ("Europe/Tirane", dt.date(2030, 3, 30)),
        ("Australia/Lord_Howe", dt.date(2030, 4, 6)),
        ("Asia/Kathmandu", dt.date(2030, 10, 8)),
        ("America/St_Johns", dt.date(2030, 11, 2)),
    ],
)
def test_every_moment_comes_back_where_clocks_change_and_past_midnight(zone, day):
    edition = make.edition(timezone=zone, first_day=day, last_day=day + dt.timedelta(days=1))
    start = dt.datetime.combine(day, dt.time(20), edition.zone).astimezone(dt.UTC)
    for hours in range(12):  # into the night in which the clocks change, each half hour at its own moment
        begins = start + dt.timedelta(minutes=30 * hours + 15)
        ends = begins + dt.timedelta(hours=3)
        Session.objects.create(edition=edition, title=f"Watch {hours}", day=day, start=begins, end=ends)
    content = agenda_xlsx(released(edition), language="en")
    moments = list(edition.sessions.order_by("id").values_list("start", "end"))
    edition.delete()
    report = load(read_bytes(content), by="test")
    assert (report.made, report.edition.timezone) == (12, zone)
    assert list(report.edition.sessions.order_by("id").values_list("start", "end")) == moments


def test_the_command_takes_a_table_and_names_its_wrong_rows(tmp_path, capsys):
    edition = make.edition()
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.xlsx"
    good.write_bytes(table(("8.10.2030", "9:00", "10:00", "", "", "Depots")))
    call_command("load_edition", str(good), slug=edition.slug)
    assert "Sessions: 1 new, 0 changed, 0 unchanged." in capsys.readouterr().out
    bad.write_bytes(table(("8.10.2030", "late", "", "", "", "A"), ("8.10.2030", "", "", "", "", "")))
    with pytest.raises(CommandError, match=r"row 2, Start: (.|\n)*row 3, Title: "):
        call_command("load_edition", str(bad), slug=edition.slug)
    with pytest.raises(CommandError, match="--slug"):
        call_command("load_edition", str(good))


def test_a_table_of_this_site_makes_the_same_edition_on_another_one():
    edition = rich_edition()
    content = agenda_xlsx(released(edition), language="en")
    slug, times = edition.slug, list(edition.sessions.values_list("uid", "start", "end"))
    edition.delete()
    report = load(read_bytes(content), by="test")
    assert (report.is_new, report.edition.slug, report.made) == (True, slug, 9)
    assert list(report.edition.sessions.values_list("uid", "start", "end")) == times
    people = Appearance.objects.filter(session__edition=report.edition).order_by("id")
    assert [(one.speaker.name, one.honorific, one.role, one.state) for one in people] == [
        ("Arta Shembulli", "Dr", "chair", "confirmed"),
        ("Kosovo*", "", "speaker", "to_be_confirmed"),
        ("Expert (tbc)", "", "speaker", "confirmed"),
    ]
