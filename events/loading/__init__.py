"""Edition files put into the database: made, found again, updated; what staff have edited since is kept."""

import datetime as dt
import zoneinfo
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from i18nfield.strings import LazyI18nString

from events.agenda import said
from events.edition_files import EditionFile, EditionFileError, Remark, read_bytes
from events.edition_files.places import zone_of
from events.exports import agenda_xlsx
from events.feeds.schedules import to_json, to_xml
from events.loading.compare import english, with_english
from events.loading.released import as_released, completed
from events.loading.sessions import Sessions
from events.models import Edition, record
from events.scheduling import build_agenda, texts
from events.text import fold


@dataclass
class Report:
    """What a load did: the edition, the numbers, and everything that was not taken as it stands, with the reason."""

    edition: Edition
    is_new: bool
    made: int = 0
    changed: int = 0
    unchanged: int = 0
    talks: int = 0
    speakers: int = 0
    rooms: int = 0
    fields: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def load(file: EditionFile, *, by: str, slug: str | None = None, timezone: str = "") -> Report:
    """Put a read file into the database, whole or not at all, and return the Report.

    `slug` names the edition; without it the edition is found by start year and city, else made as a draft. `timezone`
    stands for a zone that the file does not name. `by` is the actor as text. Raises EditionFileError.
    """
    try:
        with transaction.atomic():
            return _load(file, by=by, slug=slug, timezone=timezone)
    except IntegrityError as error:
        sentence = _("The database refused the file: %(why)s.")
        raise EditionFileError(sentence % {"why": str(error).splitlines()[0]}) from error


def _load(file: EditionFile, *, by: str, slug: str | None, timezone: str) -> Report:
    if timezone and timezone not in zoneinfo.available_timezones():
        raise EditionFileError(_("“%(text)s” is not a time zone. Write one like Europe/Tirane.") % {"text": timezone})
    edition, is_new = _found(file, slug) or (_made(file, slug), True)
    report = Report(edition, is_new, remarks=list(file.remarks))
    told = _told(edition, file)
    _take_facts(edition, file, told, _zone(edition, file, timezone, report), report)
    sessions = Sessions(edition, report.remarks, by)
    sessions.take(completed(file, edition, report.remarks), told, as_released(file, edition))
    report.remarks += _left_open(file)
    report.made, report.changed, report.unchanged = sessions.made, sessions.changed, sessions.unchanged
    report.talks, report.speakers, report.rooms = sessions.counts()
    if is_new or report.fields or report.made or report.changed:
        done = f"{report.made} made, {report.changed} changed, {report.unchanged} unchanged"
        record(edition, "loaded", by=by, edition=edition, after=done)
    return report


def _told(edition: Edition, file: EditionFile) -> EditionFile:
    """What the site's own file would say of the edition as it stands; empty for a file of somebody else.

    Where such a file says the same, nothing was changed in it, whatever its format could not hold.
    """
    agenda = build_agenda(edition) if file.slug else None
    if agenda and agenda.items and file.form == "xlsx":
        told = read_bytes(agenda_xlsx(agenda, language="en"))
        told.release = file.release
        return completed(told, edition, [])
    if agenda is None or not agenda.days or file.form == "xlsx":
        return EditionFile("")
    draw = to_xml if file.form == "xml" else to_json
    return read_bytes(draw(agenda, site="https://localhost", language="en"))


def _left_open(file: EditionFile) -> list[Remark]:
    """How many items have no place in time yet."""
    remarks = []
    if count := sum(item.day is None for item in file.items):
        sentence = ngettext("%(n)d item has no day yet.", "%(n)d items have no day yet.", count)
        remarks.append(Remark("", sentence % {"n": count}))
    if count := sum(item.day is not None and item.start is None for item in file.items):
        sentence = ngettext(
            "%(n)d item has no start yet; it stands under its day.",
            "%(n)d items have no start yet; they stand under their days.",
            count,
        )
        remarks.append(Remark("", sentence % {"n": count}))
    return remarks


def _found(file: EditionFile, slug: str | None) -> tuple[Edition, bool] | None:
    """The edition that the file is about, locked; None where there is none yet."""
    if slug:
        _check_slug(slug)
    editions = Edition.objects.select_for_update(of=("self",), no_key=True).order_by("id")
    if slug:
        edition = editions.filter(slug=slug).first()
        return (edition, False) if edition else None
    if file.year and file.city and not file.slug:
        same = [e for e in editions.filter(first_day__year=file.year) if fold(e.city) == fold(file.city)]
        if len(same) > 1:
            slugs = ", ".join(e.slug for e in same)
            raise EditionFileError(_("Several editions fit: %(slugs)s. Choose one with --slug.") % {"slugs": slugs})
        if same:
            return same[0], False
    made = editions.filter(slug=_slug(file)).first()
    if made is None:
        return None
    names = {(made.loaded or {}).get("title"), said(texts(made.title), "en") if file.slug else None}
    if file.title not in names:
        sentence = _("The address %(slug)s belongs to another edition. Choose one with --slug.")
        raise EditionFileError(sentence % {"slug": made.slug})
    return made, False


def _slug(file: EditionFile) -> str:
    """2018-tirana; without a city the acronym or the title stands for it. In a schedule of ours the address stands."""
    if file.slug:
        return file.slug
    name = slugify(fold(file.city or file.acronym or file.title))
    return "-".join(part for part in (str(file.year or ""), name) if part)[:60].strip("-") or "edition"


def _made(file: EditionFile, slug: str | None) -> Edition:
    if not file.title:
        raise EditionFileError(_("The file does not say which edition it is about. Choose one with --slug."))
    title = LazyI18nString({"en": file.title})
    return Edition.objects.create(slug=slug or _slug(file), title=title)


def _check_slug(slug: str) -> None:
    try:
        Edition._meta.get_field("slug").clean(slug, None)
    except ValidationError as error:
        raise EditionFileError(" ".join(dict.fromkeys(error.messages)), "--slug") from None


def _zone(edition: Edition, file: EditionFile, timezone: str, report: Report) -> str:
    """The zone to take; empty where the edition's own stands or none is known."""
    if file.timezone or timezone:
        if file.timezone and timezone not in ("", file.timezone):
            sentence = _("The file names its zone; --timezone is for files that name none, and was left out.")
            report.remarks.append(Remark("edition.timezone", sentence))
        return file.timezone or timezone
    if edition.timezone or file.slug:
        return ""
    if zone := zone_of(file.city or edition.city, file.country or edition.country):
        sentence = _("No time zone; taken as %(zone)s, from the city.") % {"zone": zone}
        report.remarks.append(Remark("edition.timezone", sentence))
        return zone
    sentence = _("No time zone, and none is known for the city. Times are kept as UTC; give --timezone.")
    report.remarks.append(Remark("edition.timezone", sentence))
    return ""


def _facts_of(file: EditionFile) -> dict[str, Any]:
    return {
        "title": file.title,
        "city": file.city,
        "country": file.country,
        "venue": file.venue,
        "timezone": file.timezone,
        "days": [day.isoformat() for day in (file.first_day, file.last_day) if day],
    }


def _take_facts(edition: Edition, file: EditionFile, told: EditionFile, zone: str, report: Report) -> None:
    """Write what the file knows of the edition, but for what staff have edited since the last load."""
    before = edition.loaded or {}
    loaded = dict(before)
    same = _facts_of(told)
    for name, new in (_facts_of(file) | {"timezone": zone}).items():
        now = _fact(edition, name)
        if new == same[name]:
            continue
        if not new or now == new:
            loaded |= {name: new} if new else {}
        elif not now or report.is_new or (name in before and now == before[name]):
            _write_fact(edition, name, new)
            loaded[name] = new
            report.fields.append(name)
        else:
            sentence = _("The edition has %(now)s, which is kept; the file says %(new)s.")
            values = {key: ", ".join(v) if isinstance(v, list) else v for key, v in (("now", now), ("new", new))}
            report.remarks.append(Remark(f"edition.{name}", sentence % values))
    if file.source and file.source not in edition.sources:
        edition.sources = [*edition.sources, file.source]
        report.fields.append("sources")
    if not report.fields and (edition.loaded or {}) == loaded:
        return
    edition.loaded = loaded
    try:
        edition.validate_constraints()
    except ValidationError as error:
        raise EditionFileError(" ".join(error.messages), "edition") from None
    edition.save(
        update_fields=[
            "title", "city", "country", "venue", "timezone", "first_day", "last_day", "sources", "loaded", "changed_at"
        ]
    )  # fmt: skip


def _fact(edition: Edition, name: str) -> Any:
    if name == "title":
        return english(edition.title)
    if name == "days":
        return [day.isoformat() for day in (edition.first_day, edition.last_day) if day]
    return getattr(edition, name)


def _write_fact(edition: Edition, name: str, new: Any) -> None:
    if name == "title":
        edition.title = with_english(edition.title, new)
    elif name == "days":
        edition.first_day, edition.last_day = (dt.date.fromisoformat(day) for day in new)
    else:
        setattr(edition, name, new)
