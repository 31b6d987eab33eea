"""What every page needs: icons, the language menu, dates with the name of their zone."""

from __future__ import annotations

import datetime as dt
import json
import zoneinfo
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django import template
from django.conf import settings
from django.urls import translate_url
from django.utils import formats
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from events import text
from events.agenda import Agenda, Person

register = template.Library()
_IN_A_PAGE = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&"}


@register.simple_tag
@lru_cache(maxsize=200)
def icon(name: str) -> SafeString:
    """One icon of the sprite in parts/icons.html, hidden from screen readers: words stand beside it."""
    return format_html('<svg class="i" aria-hidden="true" focusable="false"><use href="#{}"/></svg>', name)


@register.simple_tag(takes_context=True)
def language_links(context: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(code, autonym, address of this page in that language) of each language."""
    request = context.get("request")
    path = request.path if request else "/"
    if request and request.resolver_match is None:  # an error page has no twin
        path = "/"
    return [(code, name, translate_url(path, code)) for code, name in settings.LANGUAGES]


@register.simple_tag(takes_context=True)
def address_of_page(context: dict[str, Any]) -> str:
    """The whole address of this page, as others link to it: without what the reader asks of it."""
    request = context.get("request")
    return f"{settings.SITE_URL}{quote(request.path)}" if request else settings.SITE_URL


@register.simple_tag
def linked_data(facts: dict[str, Any]) -> SafeString:
    """Facts for other programs, in a block that no browser runs; no text in it can end the block."""
    written = json.dumps(facts, ensure_ascii=False).translate(_IN_A_PAGE)
    return format_html('<script type="application/ld+json">{}</script>', SafeString(written))


@register.simple_tag
def described_once(words: Any) -> str:
    """A text of any length as one line that fits into a preview."""
    return Truncator(text.clean_line(str(words or ""))).chars(300)


@register.filter
def in_zone(moment: dt.datetime | None, zone: zoneinfo.ZoneInfo) -> dt.datetime | None:
    """The moment at the place of the edition, without its zone: a filter after this one would turn it to UTC again."""
    return moment.astimezone(zone).replace(tzinfo=None) if moment else None


@register.simple_tag
def deadline(moment: dt.datetime | None, edition: Any) -> str:
    """A moment in words, with the place whose time it is: "28 September 2018, 18:00 (Tirana time)"."""
    if moment is None:
        return ""
    local = moment.astimezone(edition.zone)
    where = edition.city or edition.zone.key
    return _("%(day)s, %(time)s (%(place)s time)") % {
        "day": formats.date_format(local.date(), "DATE_FORMAT"),
        "time": f"{local:%H:%M}",
        "place": where,
    }


@register.simple_tag
def place_time(edition: Any, moment: dt.datetime | None = None) -> str:
    """Whose time it is, in full: "Tirana time (CEST, UTC+2; Europe/Tirane)". Takes an edition or an agenda.

    Without a moment it is that of the first day; where the clocks change during the edition only the zone is named.
    """
    where = _("%(place)s time") % {"place": edition.city or edition.country or edition.timezone}
    noons = [
        dt.datetime.combine(day, dt.time(12), edition.zone) for day in (edition.first_day, edition.last_day) if day
    ]
    names = {_offset(one.astimezone(edition.zone)) for one in ([moment] if moment else noons)}
    return f"{where} ({'; '.join([*names, edition.timezone] if len(names) == 1 else [edition.timezone])})"


def _offset(moment: dt.datetime) -> str:
    """ "CEST, UTC+2"; without letters where the zone has none."""
    sign, rest = f"{moment:%z}"[0], f"{moment:%z}"[1:]
    offset = f"UTC{sign}{int(rest[:2])}" + (f":{rest[2:]}" if rest[2:] != "00" else "")
    return f"{moment:%Z}, {offset}" if f"{moment:%Z}".isalpha() else offset


@register.filter
def link_of_day(day: Any, question: Any) -> str:
    """The address of the same agenda with this day only."""
    return str(question.link(day=day.date))


@register.simple_tag
def days_in_words(edition: Any) -> str:
    """ "9 to 11 October 2018"; empty where the days are not known."""
    known = edition.first_day and edition.last_day
    return text.days_in_words(edition.first_day, edition.last_day) if known else ""


@register.filter
def facts_in_a_line(edition: Any) -> str:
    """Days and place of an edition, as far as they are known."""
    return ". ".join(part for part in (days_in_words(edition), edition.place) if part)


@register.filter
def agenda_in_a_line(agenda: Agenda) -> str:
    """Days and city of an agenda, and what it holds."""
    facts = [days_in_words(agenda), agenda.city, _("Sessions, times, rooms and speakers.")]
    return ". ".join(part for part in facts if part)


@register.filter
def paragraphs(value: LazyI18nString | str) -> list[str]:
    """The paragraphs of a longer text."""
    return [part.strip() for part in str(value).split("\n") if part.strip()]


@register.filter
def speaker(person: Person) -> str:
    """Honorific and name."""
    return f"{person.honorific} {person.name}".strip()
