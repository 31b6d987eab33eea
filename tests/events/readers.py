"""Four programs that read calendars, each asked the same: which events, from when to when, in UTC."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import icalendar
import ics
import vobject

Moment = dt.datetime | None


class Read(NamedTuple):
    """One event as a program understood it."""

    title: str
    start: Moment
    end: Moment
    status: str
    place: str


def _utc(moment: Any) -> Moment:
    return moment.astimezone(dt.UTC) if moment else None


def by_icalendar(raw: bytes) -> dict[str, Read]:
    """With the rules of the zone that stand in the calendar, not those which the library knows itself."""
    calendar: Any = icalendar.Calendar.from_ical(raw)
    zones = {str(zone["tzid"]): zone.to_tz(lookup_tzid=False) for zone in calendar.walk("VTIMEZONE")}

    def moment(event: Any, name: str) -> Moment:
        if name not in event:
            return None
        tzid = event[name].params.get("TZID")
        return _utc(event[name].dt.replace(tzinfo=zones[tzid]) if tzid else event[name].dt)

    return {
        str(e["uid"]): Read(
            str(e["summary"]), moment(e, "dtstart"), moment(e, "dtend"), str(e["status"]), str(e.get("location", ""))
        )
        for e in calendar.walk("VEVENT")
    }


def by_vobject(raw: bytes) -> dict[str, Read]:
    """It keeps the zones of every calendar it has read under their names: an earlier one is forgotten first."""
    known = vars(vobject.icalendar)["__tzidMap"]
    for name in [name for name in known if name != "UTC"]:
        del known[name]
    calendar = vobject.readOne(raw.decode())

    def text(event: Any, name: str) -> Any:
        return event.getChildValue(name, default=None)

    return {
        text(e, "uid"): Read(
            text(e, "summary"),
            _utc(text(e, "dtstart")),
            _utc(text(e, "dtend")),
            text(e, "status"),
            text(e, "location") or "",
        )
        for e in calendar.contents.get("vevent", [])
    }


def by_ics(raw: bytes) -> dict[str, Read]:
    """It gives an event without an end one of no length."""

    def end(event: ics.Event) -> Moment:
        return _utc(event.end.datetime) if event.has_end() else None

    events = ics.Calendar(raw.decode()).events
    return {e.uid: Read(e.name, _utc(e.begin.datetime), end(e), e.status, e.location or "") for e in events}


class Khal:
    """A calendar on a disk: what is imported stays, and is updated by what is imported later."""

    FIELDS = ("uid", "title", "start-long-full", "end-long-full", "status", "location")

    def __init__(self, home: Path) -> None:
        self.home = home
        (home / "vdir").mkdir()
        formats = {
            "timeformat": "%H:%M",
            "dateformat": "%Y-%m-%d",
            "longdateformat": "%Y-%m-%d",
            "datetimeformat": "%Y-%m-%d %H:%M",
            "longdatetimeformat": "%Y-%m-%d %H:%M",
        }
        lines = [
            *("[calendars]", "[[agenda]]", f"path = {home}/vdir", "[sqlite]", f"path = {home}/khal.db"),
            *("[locale]", "local_timezone = UTC", "default_timezone = UTC"),
            *(f"{name} = {value}" for name, value in formats.items()),
        ]
        (home / "config").write_text("\n".join(lines))

    def _run(self, *words: str) -> str:
        command = [sys.executable, "-m", "khal", "-c", str(self.home / "config"), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True, cwd=self.home).stdout

    def take(self, raw: bytes) -> None:
        """Import a calendar without being asked."""
        (self.home / "new.ics").write_bytes(raw)
        self._run("import", "--batch", str(self.home / "new.ics"))

    def listed(self, first: dt.date, days: int) -> dict[str, Read]:
        """What it shows of these days; an event without an end lasts an hour for it. Fails where one is there twice."""
        fields = [word for name in self.FIELDS for word in ("--json", name)]
        shown = self._run("list", "--once", *fields, str(first), f"{days}d")
        rows = [row for line in shown.splitlines() for row in json.loads(line)]
        assert len({row["uid"] for row in rows}) == len(rows)

        def moment(text: str) -> Moment:
            return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)

        return {
            row["uid"]: Read(row["title"], moment(row[start]), moment(row[end]), row["status"].strip(), row["location"])
            for row in rows
            for start, end in [("start-long-full", "end-long-full")]
        }

    @property
    def files(self) -> int:
        """How many events lie on the disk."""
        return len(list((self.home / "vdir").glob("*.ics")))
