"""What lets a phone keep the agenda."""

import json
import re

import pytest
from django.conf import settings
from django.test import Client

from events.views import offline


def test_the_worker_answers_for_the_whole_site_and_is_asked_for_each_time():
    answer = Client().get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert answer["Service-Worker-Allowed"] == "/"
    assert not answer.cookies
    assert Client().post("/sw.js").status_code == 405


def test_the_worker_knows_every_language_of_the_addresses():
    head = Client().get("/sw.js").content.decode().splitlines()[0]
    found = re.search(r"LANGUAGES = (\[.*\])", head)
    assert found
    assert json.loads(found[1]) == [code for code, _name in settings.LANGUAGES[1:]]


def test_another_file_of_the_pages_is_another_version_of_the_worker(monkeypatch):
    first = Client().get("/sw.js").content
    assert Client().get("/sw.js").content == first
    monkeypatch.setattr(offline, "static", lambda name: f"/static/{name}.0123456789ab")
    assert Client().get("/sw.js").content != first


@pytest.mark.parametrize("language", ["", "/sq", "/mk"])
def test_the_page_for_what_was_not_kept_is_there_in_each_language(language):
    answer = Client().get(f"{language}/offline/")
    assert answer.status_code == 200
    assert f'<html lang="{language[1:] or "en"}">' in answer.content.decode()


def test_the_manifest_names_the_site_in_the_language_of_the_page():
    answer = Client().get("/sq/site.webmanifest")
    facts = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert (facts["lang"], facts["start_url"], facts["scope"]) == ("sq", "/sq/", "/")
    assert facts["icons"][0]["src"].endswith("icon.svg")
