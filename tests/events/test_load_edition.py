"""The command: what it prints, and that a bad file changes nothing and names the place."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from events.edition_files import LIMIT
from events.models import Edition, Speaker
from events.scheduling import release_agenda
from tests import make
from tests.events.test_loading import FILES, items, rows, small

pytestmark = pytest.mark.django_db


def run(*paths: Path, **options: Any) -> str:
    out = StringIO()
    call_command("load_edition", *paths, stdout=out, **options)
    return out.getvalue()


def written(tmp_path: Path, content: Any) -> Path:
    path = tmp_path / "file.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def changed(**item: Any) -> dict[str, Any]:
    content = small()
    items(content)[1] |= item
    return content


def test_it_prints_what_it_took_and_what_it_could_not_place():
    text = run(FILES / "rasr-10-tirana-2018-skeleton.json")
    assert "2018-tirana, 10th RASR Workshop" in text
    assert "a draft that only staff see" in text
    assert "Sessions: 7 new, 0 changed, 0 unchanged." in text
    assert "0 contributions, 3 speakers and 0 rooms" in text
    assert "days[0].date: No date, and none follows" in text
    assert "7 items have no day yet." in text
    assert "taken as Europe/Tirane, from the city" in text
    assert "new: a draft" not in run(FILES / "rasr-10-tirana-2018-skeleton.json")


def test_several_files_at_once_and_a_slug_for_one_only():
    run(FILES / "rasr-10-tirana-2018-skeleton.json", FILES / "rasr-01-zagreb-2009-halfdays.json")
    assert Edition.objects.count() == 2
    with pytest.raises(CommandError, match="one file at a time"):
        run(FILES / "schedule.xml", FILES / "pretalx-democon.json", slug="x")


def test_a_schedule_in_xml_is_taken_like_one_in_json():
    text = run(FILES / "schedule.xml")
    edition: Any = Edition.objects.get(slug="2018-trial")
    opening, dinner = edition.sessions.order_by("start")
    assert (opening.room.name, opening.kind, str(opening.abstract)) == ("Salla e madhe", "opening", "Words of welcome")
    assert (opening.end - opening.start).seconds == 1800
    assert (dinner.end, str(opening.topics.get())) == (None, "Depots")
    assert dict(Speaker.objects.values_list("name", "kind")) == {"Shembulli Shembullore": "person", "Belgium": "state"}
    assert "links: Left out, 1 times" in text
    before = rows()
    run(FILES / "schedule.xml")
    assert rows() == before


XML = (FILES / "schedule.xml").read_bytes()
BOMB = b'<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY b "boom"><!ENTITY c "&b;&b;&b;">]>\n<schedule>&c;</schedule>'
OUTSIDE = b'<?xml version="1.0"?>\n<!DOCTYPE schedule SYSTEM "http://127.0.0.1:9/x.dtd">\n<schedule/>'
DEMOCON = json.loads((FILES / "pretalx-democon.json").read_text())
GRAY = DEMOCON["schedule"]["conference"]["days"][0]["rooms"]["Gray Room"]
BAD = {
    "empty": (b"", "line 1, column 1: This is not JSON"),
    "cut off": (json.dumps(small()).encode()[:-20], "This is not JSON"),
    "not text": (b'{"edition":\n "\xff"}', "line 2: This is not UTF-8"),
    "UTF-16": (json.dumps(small()).encode("utf-16"), "line 1: This is not UTF-8"),
    "NUL byte": (b'{"edition":\n\n "\0"}', "line 3: This file holds NUL"),
    "escaped NUL": (changed(title="a\0b"), "days[0].items[1].title: This text holds a character that is none"),
    "half a pair": (b'{"edition": {"title": "\\ud800"}}', "edition.title: This text holds a character"),
    "half a pair in a key": (b'{"edition": {"\\ud800": 1}}', "edition: This text holds a character"),
    "a list": ([], "This is a list, not an object"),
    "a word": ("edition", "This is a text, not an object"),
    "infinite": (b'{"edition": Infinity}', "This is not JSON that can be read"),
    "nested deep": (b"[" * 100_000, "nesting is too large"),
    "huge number": (b'{"edition": ' + b"9" * 5000 + b"}", "not JSON that can be read"),
    "a key twice": (b'{"edition": {"title": "a", "title": "b"}}', "edition: The key “title” is written twice"),
    "no edition": ({"days": []}, "edition: This is missing"),
    "edition is a list": ({"edition": []}, "edition: This is a list, not an object"),
    "days are an object": (small() | {"days": {}}, "days: This is an object, not a list"),
    "a day is a text": (small() | {"days": ["2018"]}, "days[0]: This is a text, not an object"),
    "items are a text": (small() | {"days": [{"items": "x"}]}, "days[0].items: This is a text, not a list"),
    "an item is a number": (small() | {"days": [{"items": [3]}]}, "days[0].items[0]: This is a number, not an object"),
    "title is a number": (small(title=7), "edition.title: This is a number, not a text"),
    "title is true": (small(title=True), "edition.title: This is true or false, not a text"),
    "no name at all": ({"edition": {"title": ""}, "days": []}, "edition.title: An edition needs a title, a city or"),
    "invisible title": (small(title="\u200b\u2060"), "edition.title: In this text nothing can be seen"),
    "filler title": (changed(title="\u3164"), "days[0].items[1].title: In this text nothing can be seen"),
    "invisible speaker": (changed(speakers=[{"name": "\u200b"}]), "days[0].items[1].speakers[0].name: In this text"),
    "long title": (changed(title="x" * 501), "days[0].items[1].title: This text is longer than 500"),
    "year 1": (small(start_date="0001-01-01"), "edition.start_date: “0001-01-01” is not a day between 1990 and 2100"),
    "year 9999": (small(end_date="9999-12-31"), "edition.end_date: “9999-12-31” is not a day between"),
    "no such day": (small(start_date="2018-02-30"), "edition.start_date: “2018-02-30” is not a date"),
    "a week": (small(start_date="2018-W41"), "edition.start_date: “2018-W41” is not a date"),
    "Arabic digits": (small(start_date="٢٠١٨-١٠-٠٩"), "edition.start_date"),
    "end before start": (small(end_date="2018-10-08"), "edition.end_date: The last day is before the first day"),
    "too long": (small(end_date="2018-12-08"), "edition.end_date: An edition lasts at most 31 days"),
    "no such zone": (small(timezone="Europe/Atlantis"), "edition.timezone: “Europe/Atlantis” is not a time zone"),
    "no address": (small(source_url="javascript:alert(1)"), "edition.source_url: “javascript:alert(1)” is not a web"),
    "25 o'clock": (changed(start="25:00"), "days[0].items[1].start: “25:00” is not a time. Write it like 09:30."),
    "minute 60": (changed(end="10:60"), "days[0].items[1].end: “10:60” is not a time"),
    "ends before": (changed(end="09:00"), "days[0].items[1].end: The end is not after the start"),
    "ends at once": (changed(end="09:30"), "days[0].items[1].end: The end is not after the start"),
    "id is a list": (changed(id=[1]), "days[0].items[1].id: This is a list, not a text"),
    "speakers are a text": (changed(speakers="Ana"), "days[0].items[1].speakers: This is a text, not a list"),
    "talk title": (changed(talks=[{"title": 3}]), "days[0].items[1].talks[0].title: This is a number, not a text"),
    "a gap": (
        small(start_date="2018-03-25", end_date="2018-03-25")
        | {"days": [{"date": "2018-03-25", "items": [{"title": "Early", "kind": "session", "start": "02:30"}]}]},
        "days[0].items[0]: 02:30 does not exist on that day",
    ),
    "broken XML": (XML[:-40], "This is not XML"),
    "other XML": (b"<html></html>", "line 1: The first element is not “schedule”"),
    "entities": (BOMB, "line 2: A schedule has no document type and no entities"),
    "outside DTD": (OUTSIDE, "line 2: A schedule has no document type"),
    "XML id twice": (XML.replace(b'id="12"', b'id="11"'), "line 31, event: The id 11 stands at line 15, event too"),
    "XML time": (XML.replace(b"T20:00:00+02:00", b"T20:00:00"), "line 35, date: “2018-10-09T20:00:00” is not a time"),
    "XML duration": (XML.replace(b">00:30<", b">half<"), "line 22, duration: “half” is not a duration"),
    "XML year": (XML.replace(b"2018-10-09T09", b"0001-01-01T09"), "line 20, date: “0001-01-01T09:00:00+02:00”"),
    "XML element twice": (XML.replace(b"<subtitle>", b"<title/><subtitle>"), "line 15, event: The key “title”"),
    "XML without conference": (b"<schedule></schedule>", "schedule.conference: This is missing"),
    "schedule": ({"schedule": []}, "schedule: This is a list, not an object"),
    "schedule id twice": (
        json.dumps(DEMOCON).replace('"id": 26, "guid"', '"id": 25, "guid"').encode(),
        "rooms.Gray Room[1]: The id 25 stands at schedule.conference.days[0].rooms.Gray Room[0] too",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_changes_nothing_and_is_named_with_the_place(name, tmp_path):
    content, place = BAD[name]
    run(FILES / "rasr-10-tirana-2018-skeleton.json")
    before = rows()
    path = written(tmp_path, content)
    with pytest.raises(CommandError) as error:
        run(path)
    assert str(error.value).startswith(f"{path}: ")
    assert place in str(error.value)
    assert rows() == before


def test_an_id_twice_is_named(tmp_path):
    content = small()
    items(content)[0]["id"] = items(content)[1]["id"] = "a"
    with pytest.raises(CommandError, match=r"days\[0\].items\[1\]: The id a stands at days\[0\].items\[0\] too"):
        run(written(tmp_path, content))
    assert not Edition.objects.exists()


def test_a_file_that_is_too_large_or_not_there_is_refused(tmp_path):
    with pytest.raises(CommandError, match="larger than 5 MB"):
        run(written(tmp_path, b" " * (LIMIT + 1)))
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "nowhere.json")
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path)


def test_a_file_with_too_many_items_is_refused(tmp_path):
    content = small()
    content["days"] = [{"date": "2018-10-09", "items": [{"title": f"Item {n}"} for n in range(2001)]}]
    with pytest.raises(CommandError, match="more than 2000 items"):
        run(written(tmp_path, content))


def test_one_bad_file_among_good_ones_changes_nothing(tmp_path):
    with pytest.raises(CommandError, match="25:00"):
        run(FILES / "schedule.xml", written(tmp_path, changed(start="25:00")))
    assert not Edition.objects.exists()


def test_a_wrong_zone_or_slug_on_the_command_line_is_a_sentence():
    for options in ({"timezone": "Nowhere"}, {"slug": "No Slug"}, {"slug": "a\0b"}):
        with pytest.raises(CommandError):
            run(FILES / "rasr-01-zagreb-2009-halfdays.json", **options)
    assert not Edition.objects.exists()


@pytest.mark.parametrize("form", ["json", "xml"])
def test_what_the_site_itself_answers_is_taken_and_changes_nothing(tmp_path, client, form):
    edition = make.edition()
    make.session(edition, "Depots", room=make.room(edition))
    release_agenda(edition=edition, by="sec")
    before = rows()
    text = run(written(tmp_path, client.get(f"/editions/{edition.slug}/agenda.{form}").content))
    assert "Sessions: 0 new, 0 changed, 1 unchanged." in text
    assert "remark" not in text
    assert rows() == before
