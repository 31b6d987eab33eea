"""The template tags of every page."""

import datetime as dt
import zoneinfo

import pytest
from django.template import Context, Template

from events.models import Edition


def test_a_moment_is_shown_at_the_place_of_the_edition():
    shown = Template('{% load site %}{{ moment|in_zone:zone|date:"Y-m-d H:i" }}')
    moment, zone = dt.datetime(2018, 10, 9, 23, 30, tzinfo=dt.UTC), zoneinfo.ZoneInfo("Europe/Tirane")
    assert shown.render(Context({"moment": moment, "zone": zone})) == "2018-10-10 01:30"
    assert shown.render(Context({"moment": None, "zone": zone})) == ""


@pytest.mark.parametrize(
    ("zone", "days", "words"),
    [
        ("Europe/Skopje", ((2026, 12, 15), (2026, 12, 17)), "Ohrid time (CET, UTC+1; Europe/Skopje)"),
        ("Europe/Skopje", ((2026, 6, 1), (2026, 6, 2)), "Ohrid time (CEST, UTC+2; Europe/Skopje)"),
        ("Europe/Skopje", ((2026, 10, 24), (2026, 10, 26)), "Ohrid time (Europe/Skopje)"),  # the clocks change
        ("Europe/Skopje", None, "Ohrid time (Europe/Skopje)"),
        ("Asia/Kathmandu", ((2026, 6, 1), (2026, 6, 2)), "Ohrid time (UTC+5:45; Asia/Kathmandu)"),
        ("America/Santiago", ((2016, 12, 1), (2016, 12, 2)), "Ohrid time (UTC-3; America/Santiago)"),
    ],
)
def test_whose_time_it_is_is_said_in_full(zone, days, words):
    first, last = (dt.date(*day) for day in days) if days else (None, None)
    edition = Edition(city="Ohrid", timezone=zone, first_day=first, last_day=last)
    assert Template("{% load site %}{% place_time edition %}").render(Context({"edition": edition})) == words
