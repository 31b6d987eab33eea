"""The agenda on paper, read back from the PDF by another program."""

import dataclasses
import datetime as dt
import io
import re
import zoneinfo
from typing import Any

import pypdfium2
import pytest
from django.utils import translation

from events.agenda import Agenda, Item, Person, Room, Talk
from events.papers import agenda_pdf, agenda_pictures

TIRANA = zoneinfo.ZoneInfo("Europe/Tirane")
DAY = dt.date(2030, 10, 8)
SITE = "https://rasr.example"


def person(name="Arta Shembulli", **more):
    facts: dict[str, Any] = {
        "speaker": 1,
        "kind": "person",
        "honorific": "",
        "function": "",
        "organisation": "",
        "role": "speaker",
    }
    return Person(**facts | {"name": name, "state": "confirmed"} | more)


def item(title="Depots", start=9, end=10, *, day=DAY, **more):
    facts: dict[str, Any] = {
        "id": 1,
        "uid": "1",
        "kind": "session",
        "letter": "",
        "abstract": {},
        "room": None,
        "topics": (),
    }
    facts |= {"status": "scheduled", "cancelled_note": {}, "day": day}
    facts |= {"start": day and start and dt.datetime.combine(day, dt.time(start), TIRANA)}
    facts |= {"end": day and end and dt.datetime.combine(day, dt.time(end), TIRANA)}
    return Item(**facts | {"title": title if isinstance(title, dict) else {"en": title}} | more)


def agenda(*items, **more):
    facts: dict[str, Any] = {
        "slug": "2030-tirana",
        "title": {"en": "Workshop"},
        "label": {},
        "city": "Tirana",
        "country": "Albania",
    }
    facts |= {"venue": "", "address": "", "timezone": "Europe/Tirane", "first_day": DAY, "last_day": DAY}
    facts |= {"number": 3, "status": "provisional", "released_at": dt.datetime(2030, 9, 1, 8, tzinfo=dt.UTC)}
    return Agenda(**facts | {"items": items} | more)


def pages_of(found, language="en"):
    paper = pypdfium2.PdfDocument(io.BytesIO(agenda_pdf(found, site=SITE, language=language)))
    texts = [page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in paper]
    paper.close()
    return texts


def test_a_session_stands_with_its_time_room_kind_and_speakers():
    speaks = person(honorific="Dr", function="Adviser", organisation="Institute", role="chair")
    asked = person("Kosovo*", kind="state", state="to_be_confirmed")
    held = item(kind="working_group", letter="A", room=7, people=(speaks, asked), abstract={"en": "What to do"})
    (text,) = pages_of(agenda(held, rooms=(Room(7, "Hall A", None),)))
    for words in ("09:00–10:00", "Working group · Group A", "Depots", "Hall A", "What to do"):
        assert words in text
    assert "Dr Arta Shembulli, Adviser, Institute (chair)" in text
    assert "Kosovo* (to be confirmed)" in text


def test_a_talk_stands_under_its_session_with_its_speakers():
    (text,) = pages_of(agenda(item(talks=(Talk(1, {"en": "Surplus"}, {}, (person(role="keynote"),)),))))
    assert text.index("Depots") < text.index("Surplus") < text.index("Arta Shembulli (keynote speaker)")


def test_every_page_says_which_release_it_is_and_where_the_latest_is():
    texts = pages_of(agenda(*(item(f"Session {n}") for n in range(40)), status="final"))
    assert len(texts) > 1
    for number, text in enumerate(texts, start=1):
        assert "Release 3 (final), 1 September 2030, 10:00" in text
        assert "https://rasr.example/editions/2030-tirana/agenda/" in text
        assert f"Page {number} of {len(texts)}" in text


def test_the_head_of_the_table_comes_again_on_each_page_of_a_long_day():
    texts = pages_of(agenda(*(item(f"Session {n}") for n in range(40))))
    assert all("Time\nSession\nRoom" in text or "Time Session Room" in text for text in texts)
    assert all(f"Session {n}" in "".join(texts) for n in range(40))


def test_each_day_begins_a_page_and_what_has_no_day_comes_last():
    second = DAY + dt.timedelta(days=1)
    found = agenda(item("First"), item("Second", day=second), item("Open", day=None), last_day=second)
    first, later, undated = pages_of(found)
    assert "Tuesday, 8 October 2030" in first
    assert "Wednesday, 9 October 2030" in later
    assert "Day to be announced" in undated
    assert "Time to be announced" in " ".join(undated.split())


def test_days_without_a_programme_say_so_and_take_no_page_of_their_own():
    (text,) = pages_of(agenda(item(), last_day=DAY + dt.timedelta(days=2)))
    assert text.count("The programme of this day will follow.") == 2


def test_a_cancelled_session_is_struck_and_says_so():
    (text,) = pages_of(agenda(item(status="cancelled", cancelled_note={"en": "Used by group A"})))
    assert "CANCELLED: Used by group A" in text
    assert "Depots" in text


def test_a_footnote_stands_once_and_only_where_its_mark_is_used():
    notes = {"en": "* Without prejudice.\n† Not used."}
    both = agenda(item(people=(person("Kosovo*"),)), item("Kosovo* again"), footnotes=notes)
    (text,) = pages_of(both)
    assert text.count("Without prejudice.") == 1
    assert "Not used." not in text
    assert "Without prejudice." not in pages_of(agenda(item(), footnotes=notes))[0]


def test_an_evening_goes_on_to_the_next_day():
    late = dt.datetime(2030, 10, 9, 1, 30, tzinfo=TIRANA)
    (text,) = pages_of(agenda(dataclasses.replace(item("Party", 22, end=None), end=late)))
    assert "22:00–01:30" in text
    assert "(next day)" in text


@pytest.mark.parametrize("title", ["#strong[x] *y* _z_ $a$ `code` <label> @ref // = - \\", "${content}", "{{ x }}"])
def test_what_looks_like_markup_is_text(title):
    assert title in pages_of(agenda(item(title)))[0]


@pytest.mark.parametrize("name", ["Ђорђе Шћепановић", "Țîrlea Șerban-Ăâ", "Ѓорѓи Ќосев Џамбаз", "Çërçiz Žđšć"])
def test_letters_of_the_region_are_drawn(name):
    assert name in pages_of(agenda(item(people=(person(name),))))[0]
    # Drawn, not boxes: another name of the same length gives another picture.
    one, other = (agenda(item(people=(person(text),))) for text in (name, "日" * len(name)))
    assert agenda_pictures(one, site=SITE, language="en") != agenda_pictures(other, site=SITE, language="en")


def test_pictures_among_letters_leave_no_box():
    assert "Coffee\n" in pages_of(agenda(item("Coffee ☕ 👩‍🚒", kind="break")))[0]


def test_a_long_word_stays_inside_its_column():
    wide = agenda(item("W" * 80, room=7), rooms=(Room(7, "Q" * 80, None),))
    paper = pypdfium2.PdfDocument(agenda_pdf(wide, site=SITE, language="en"))
    page = paper[0]
    texts = page.get_textpage()
    boxes = [texts.get_charbox(n) for n in range(texts.count_chars())]
    assert max(box[2] for box in boxes) < page.get_width() - 40
    paper.close()


@pytest.mark.parametrize(("language", "word"), [("sq", b"sq"), ("bg", b"bg"), ("en", b"en")])
def test_the_file_has_a_title_and_its_language(language, word):
    content = agenda_pdf(agenda(item()), site=SITE, language=language)
    paper = pypdfium2.PdfDocument(content)
    assert paper.get_metadata_value("Title").endswith("Workshop")
    paper.close()
    assert b"/Lang(" + word in content.replace(b"/Lang (", b"/Lang(")


def test_the_reader_s_language_comes_first():
    (text,) = pages_of(agenda(item({"en": "Depots", "bg": "Складове"})), "bg")
    assert "Складове" in text
    assert "https://rasr.example/bg/editions/2030-tirana/agenda/" in text


@pytest.mark.parametrize("language", ["en", "bs", "ro", "sq", "sl", "bg", "mk"])
def test_every_language_says_page_release_and_cancelled(language):
    found = agenda(item(), item("Second", day=None, status="cancelled"))
    one, two = pages_of(found, language)
    assert re.search(r"1\D+2$", one.splitlines()[-2])
    with translation.override(language):
        assert translation.gettext("Cancelled").upper() in two


def test_the_same_release_gives_the_same_bytes():
    assert agenda_pdf(agenda(item()), site=SITE, language="en") == agenda_pdf(agenda(item()), site=SITE, language="en")


def test_an_agenda_without_days_zone_or_release_is_drawn():
    bare = agenda(item(day=None), first_day=None, last_day=None, timezone="", released_at=None, number=0)
    assert "Day to be announced" in pages_of(bare)[0]
