"""Schedules of other programs: taken as the format says, whatever else they write into it."""

import json
from typing import Any

import pytest

from events.edition_files import EditionFileError, read_bytes

EVENT = {
    "id": 7,
    "guid": "6a8f0f0e-9d0c-5a2e-8d42-1f2e3d4c5b6a",
    "title": "A. Depots",
    "type": "Workshop",
    "date": "2018-10-09T09:00:00+02:00",
    "duration": "01:30",
    "abstract": "Short",
    "description": "Long",
    "track": "Safety, security, Depots",
    "persons": [{"id": 1, "public_name": "Mr Petro Koçi", "appearances": [{"role": "chair"}]}],
}


def item(generator: Any = None, tracks: Any = None, url: str | None = None, **event: Any) -> Any:
    days = [{"date": "2018-10-09", "rooms": {"-": [EVENT | event]}}]
    conference = {"title": "Trial", "tracks": tracks, "url": url, "days": days}
    content = {"generator": generator, "schedule": {"conference": conference}}
    (read,) = read_bytes(json.dumps(content).encode()).items
    return read


@pytest.mark.parametrize(
    ("generator", "url"),
    [
        (None, None),
        ("frab", None),
        ({"name": "pretalx"}, "https://rasr.example/editions/2018-tirana/"),
        ({"name": "RASR"}, "https://elsewhere.example/conference/"),
        ({"name": "RASR"}, "https://rasr.example/editions/Not--ours/"),
        ({"name": "RASR"}, f"https://rasr.example/editions/{'a' * 61}/"),
    ],
)
def test_only_what_this_site_wrote_is_read_as_such(generator, url):
    read = item(generator, url=url)
    assert (read.id, read.uid, read.letter, read.title) == ("7", "", None, "A. Depots")
    assert (read.abstract, read.room) == ("Short\n\nLong", "-")
    assert [(one.honorific, one.name, one.role) for one in read.people] == [("Mr", "Petro Koçi", "speaker")]


def test_what_this_site_wrote_is_read_as_it_was_meant():
    read = item({"name": "RASR"}, url="https://rasr.example/editions/2018-tirana/", type="working_group")
    assert (read.id, read.uid, read.letter, read.title) == (EVENT["guid"], EVENT["guid"], "A", "Depots")
    assert (read.abstract, read.room) == ("Short", "")
    assert [(one.honorific, one.name, one.role) for one in read.people] == [("", "Mr Petro Koçi", "chair")]


@pytest.mark.parametrize(
    ("tracks", "topics"),
    [
        (None, ("Safety, security, Depots",)),
        ([{"name": "Safety"}, {"name": "Safety, security"}, {"name": "Depots"}], ("Safety, security", "Depots")),
        ([{"name": "Safety"}, {"name": "Depots"}], ("Safety, security, Depots",)),
        ([{"name": {"en": "Safety"}}, 5, None], ("Safety, security, Depots",)),
        ({"name": "Depots"}, ("Safety, security, Depots",)),
        ("Depots", ("Safety, security, Depots",)),
    ],
)
def test_a_track_is_taken_apart_where_the_list_of_tracks_tells_how(tracks, topics):
    assert item(tracks=tracks).topics == topics


def test_an_end_counts_before_a_duration_and_must_come_after_the_start():
    assert item(end="2018-10-09T10:00:00+02:00").end.isoformat() == "2018-10-09T10:00:00+02:00"
    assert item().end.isoformat() == "2018-10-09T10:30:00+02:00"
    assert item(duration="00:00").end is None
    for end in ("2018-10-09T09:00:00+02:00", "2018-10-09T09:30:00+03:00", "2018-10-11T09:00:00+02:00", "10:00"):
        with pytest.raises(EditionFileError, match=r"\.end"):
            item(end=end)
