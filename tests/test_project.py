"""What is promised of the project as a whole: its lock, its driver, its templates, its words."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.template import Engine
from django.template.base import Node, TextNode

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted(path.relative_to(ROOT / "templates") for path in (ROOT / "templates").rglob("*.html"))


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


def test_the_lock_names_one_registry():
    hosts = set(re.findall(r"https?://[^/\"]+", (ROOT / "uv.lock").read_text()))
    assert hosts == {"https://pypi.org", "https://files.pythonhosted.org"}


def test_the_driver_is_the_one_that_was_chosen():
    assert connection.Database.__name__ == "psycopg2"  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", TEMPLATES, ids=str)
def test_templates_hold_no_script_or_style_of_their_own(name):
    text = (ROOT / "templates" / name).read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=\"|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("name", TEMPLATES, ids=str)
def test_every_text_of_a_template_is_marked_for_translation(name):
    source = (ROOT / "templates" / name).read_text()
    source = re.sub(r"{% block body_class %}.*?{% endblock[^%]*%}", "", source)
    template = Engine.get_default().from_string(source)
    text = "".join(
        node.s if isinstance(node, TextNode) else "\x00" for node in template.nodelist.get_nodes_by_type(Node)
    )
    text = re.sub(r"(?s)<!--.*?-->|<[^>]*>|&\w+;", " ", text)
    left = re.findall(r"[A-Za-z]{3,}", text)
    own_names = {"RASR", "JSON", "XML", "ics", "xlsx", "UTC", "doctype", "html"}
    assert not [word for word in left if word not in own_names], left


def test_every_label_of_a_model_can_be_translated():
    for app in ("events", "participants"):
        for model in apps.get_app_config(app).get_models():
            assert not isinstance(model._meta.verbose_name, str), model


def test_every_language_of_the_menu_has_a_place_for_its_catalogue():
    assert [code for code, _name in settings.LANGUAGES] == ["en", "bs", "ro", "sq", "sl", "bg", "mk"]
    assert settings.LOCALE_PATHS == [ROOT / "rasr" / "locale"]


def test_the_repository_holds_nothing_but_what_its_readme_maps():
    top = {path.relative_to(ROOT).parts[0] for path in tracked()}
    known = {"README.md", "CHANGELOG.md", "LICENSE", "Makefile", "pyproject.toml", "uv.lock", "manage.py", ".gitignore"}
    assert top <= known | {".ci", "docs", "rasr", "events", "participants", "templates", "tests"}


def test_no_leftovers():
    mark = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    for path in tracked("*.py", "*.html", "*.css", "*.js", "*.md", "Makefile"):
        assert not mark.search(path.read_text()), path
