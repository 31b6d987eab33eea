"""What is read by participants exists in every language of the menu, with the same placeholders, and is compiled."""

from __future__ import annotations

import ast
import datetime as dt
import gettext
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation.template import templatize

ROOT = Path(__file__).parent.parent.parent
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
FUNCTIONS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
# English is enough for those who run the site.
OFFICE = ("/admin/", "/management/", "rasr/development", "rasr/settings", "rasr/embedded", "/demonstration/")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}|</?\w+")


def catalogue(language: str) -> Any:
    with (Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file)


def in_python(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and name in FUNCTIONS and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def in_template(path: Path) -> Iterator[str]:
    marked = templatize(path.read_text())
    for call in re.finditer(r"""\b(?:_|gettext|ngettext)\(\s*(u?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))""", marked):
        yield ast.literal_eval(call.group(1).removeprefix("u"))


def texts() -> set[str]:
    """Every marked text outside the back office."""
    found: set[str] = set()
    for path in (*ROOT.glob("rasr/**/*.py"), *ROOT.glob("events/**/*.py"), *ROOT.glob("participants/**/*.py")):
        if not any(part in path.as_posix() for part in (*OFFICE, "/migrations/")):
            found |= set(in_python(path))
    for path in (*ROOT.glob("templates/**/*.html"), *ROOT.glob("templates/**/*.txt")):
        if not any(part in path.as_posix() for part in OFFICE):
            found |= set(in_template(path))
    return found


def strings(message: Any) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_that_participants_read_is_translated(language):
    messages = [message for message in catalogue(language) if message.id]
    known = {message.id if isinstance(message.id, str) else message.id[0] for message in messages}
    assert len(texts()) > 400
    assert not sorted(texts() - known), "make messages"
    places = {message.id: [name for name, _line in message.locations] for message in messages}
    open_ones = [message.id for message in messages if message.fuzzy or not all(strings(message))]
    assert not [one for one in open_ones if not all(any(part in name for part in OFFICE) for name in places[one])]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_placeholders_and_marks(language):
    for message in catalogue(language):
        if not message.id or not message.string:
            continue
        plural = not isinstance(message.id, str)
        source = sorted(PLACEHOLDER.findall(message.id[-1] if plural else message.id))
        for string in strings(message):
            if string:
                found = sorted(PLACEHOLDER.findall(string))
                # The form for one may say it without the number.
                assert found == source or (plural and set(found) < set(source)), (message.id, string)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language):
    folder = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES"
    with (folder / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in catalogue(language):
        if message.id and message.string and not message.fuzzy and not message.context:
            if isinstance(message.id, str):
                assert compiled.gettext(message.id) == message.string
            elif all(message.string):
                one, other = message.id
                read = {compiled.ngettext(one, other, number) for number in range(1, 120)}
                assert read == set(message.string)


@pytest.mark.parametrize(
    ("language", "said"),
    [("bs", "9. decembra 2026"), ("bg", "9 декември 2026"), ("ro", "9 decembrie 2026"), ("sq", "9 dhjetor 2026")],
)
def test_a_month_after_a_day_is_written_as_its_language_does(language, said):
    with translation.override(language):
        assert date_format(dt.date(2026, 12, 9)) == said
