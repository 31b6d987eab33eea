"""The template tags of every page."""

import datetime as dt
import zoneinfo

from django.template import Context, Template


def test_a_moment_is_shown_at_the_place_of_the_edition():
    shown = Template('{% load site %}{{ moment|in_zone:zone|date:"Y-m-d H:i" }}')
    moment, zone = dt.datetime(2018, 10, 9, 23, 30, tzinfo=dt.UTC), zoneinfo.ZoneInfo("Europe/Tirane")
    assert shown.render(Context({"moment": moment, "zone": zone})) == "2018-10-10 01:30"
    assert shown.render(Context({"moment": None, "zone": zone})) == ""
