"""Answers given from memory are those of the site, byte for byte, and never old."""

import itertools
import subprocess
import sys
import threading
from typing import Any

import pytest
import time_machine
from django.conf import settings as real_settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from events.caching import bodies
from events.models import Document, Edition
from events.scheduling import release_agenda
from events.telling import wait_until_heard
from rasr import remembered
from rasr.listening import Listening
from rasr.remembered import Remembered
from tests import make
from tests.rasr.plain_requests import ask

pytestmark = pytest.mark.django_db(transaction=True)
BELOW = ["agenda/", "agenda.ics", "agenda.json", "agenda.xml", "agenda/changes.atom", "SESSION/", "SESSION/session.ics"]
LANGUAGES = ["", *(f"/{code}" for code, _name in real_settings.LANGUAGES if code != "en")]


class Site:
    """The site as Django answers, which counts how often it was asked, and the same with a memory before it."""

    def __init__(self):
        self.plain = get_wsgi_application()
        self.listening = Listening()
        self.asked = 0
        self.remembering = Remembered(self._counted, self.listening)
        self.edition = make.edition()
        session = make.session(self.edition, {"en": "Opening", "sq": "Hapja"}, abstract="Ammunition. " * 100)
        self.release()
        self.session = f"sessions/{session.pk}"

    def _counted(self, environ, start_response):
        self.asked += 1
        return self.plain(environ, start_response)

    def release(self):
        return release_agenda(edition=self.edition, by="test")

    def path(self, below="agenda/", prefix=""):
        return f"{prefix}/editions/{self.edition.slug}/{below.replace('SESSION', self.session)}"

    def ask(self, below="agenda/", *more, prefix="", **headers):
        return ask(self.remembering, self.path(below, prefix), *more, **headers)

    def asks_again(self, *question, **headers):
        """Whether the site itself is asked the second time."""
        self.ask(*question, **headers)
        before = self.asked
        self.ask(*question, **headers)
        return self.asked > before


@pytest.fixture
def site():
    bodies.clear()
    remembered._is_ours.cache_clear()
    made = Site()
    yield made
    made.listening.end()
    remembered._is_ours.cache_clear()


@pytest.mark.parametrize("below", BELOW)
def test_what_is_remembered_is_what_the_site_answers(site, below):
    for prefix, method, encoding in itertools.product(LANGUAGES, ["GET", "HEAD"], ["", "gzip", "br", "gzip;q=0, br"]):
        question = {"prefix": prefix, "accept-encoding": encoding}
        first = ask(site.plain, site.path(below, prefix), method, **{"accept-encoding": encoding})
        for more in ({}, {"if-none-match": first.header("ETag")}, {"if-modified-since": first.header("Last-Modified")}):
            said = ask(site.plain, site.path(below, prefix), method, **{"accept-encoding": encoding}, **more)
            assert not site.asks_again(below, method, **question, **more)
            assert site.ask(below, method, **question, **more) == said
            assert said.status == ("304 Not Modified" if more else "200 OK")
            assert not said.header("Set-Cookie")
            assert said.header("Vary") == "Accept-Encoding"


@pytest.mark.parametrize("below", BELOW)
def test_a_remembered_answer_costs_no_query(site, below):
    site.ask(below)
    with CaptureQueriesContext(connection) as queries:
        assert site.ask(below, cookie="session=abc").status == "200 OK"
    assert len(queries) == 0
    assert site.asked == 1


@pytest.mark.parametrize("below", BELOW)
def test_the_site_itself_needs_one_small_query(site, below):
    site.ask(below)
    with CaptureQueriesContext(connection) as queries:
        ask(site.plain, site.path(below))
    assert len(queries) == (2 if below == "SESSION/" else 1)  # the documents of a session are as they are now


def test_two_forms_and_two_languages_are_told_apart(site):
    told = [
        site.ask(prefix=prefix, **{"accept-encoding": form}) for prefix in ("", "/sq") for form in ("", "br", "gzip")
    ]
    assert len({one.header("ETag") for one in told}) == 6
    assert [site.ask(prefix=p, **{"accept-encoding": f}) for p in ("", "/sq") for f in ("", "br", "gzip")] == told


def test_a_release_is_seen_by_the_next_request(site):
    first = site.ask()
    for _time in range(3):
        site.release()
        again = site.ask(**{"if-none-match": first.header("ETag"), "if-modified-since": first.header("Last-Modified")})
        assert again.status == "200 OK"
        first = again


def change(edition, **facts):
    """Change what the public sees, and wait until that is heard, as who releases does."""
    with transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(**facts)
        wait_until_heard()


def test_what_is_taken_back_is_gone_for_the_next_request(site):
    site.ask()
    change(site.edition, status="draft")
    assert site.ask().status == "404 Not Found"
    change(site.edition, status="published")
    assert site.ask().status == "200 OK"
    change(site.edition, slug="elsewhere")
    assert site.ask().status == "404 Not Found"


def test_a_document_is_on_the_page_of_its_session_at_once(site):
    site.ask("SESSION/")
    with transaction.atomic():
        paper = Document.objects.create(
            edition=site.edition, session=site.edition.sessions.get(), title="Slides", url="https://example.org/"
        )
        wait_until_heard()
    assert b"Slides" in site.ask("SESSION/").body
    with transaction.atomic():
        paper.delete()
        wait_until_heard()
    assert b"Slides" not in site.ask("SESSION/").body


def test_nothing_is_remembered_of_an_answer_that_was_drawn_while_something_changed(site):
    drawn = site.plain

    def slow(environ, start_response):
        answer = drawn(environ, start_response)
        site.release()
        return answer

    site.plain = slow
    first = site.ask()
    site.plain = drawn
    assert site.ask().header("ETag") != first.header("ETag")


def test_a_page_changes_with_the_clock(site):
    start, end = make.local(site.edition, 9), make.local(site.edition, 10)
    moments = [start.replace(hour=0), start, end, start.replace(hour=23), make.local(site.edition, 0, day=1)]
    tags = []
    for moment in moments:
        with time_machine.travel(moment.timestamp() - 1, tick=False):
            before = site.ask().header("ETag")
        with time_machine.travel(moment, tick=False):
            tags.append(site.ask().header("ETag"))
            assert (tags[-1] == before) == (moment.hour == 23)
    assert len(set(tags)) == 4


def test_after_a_while_the_site_is_asked_again_should_a_word_be_lost(site):
    with time_machine.travel(make.local(site.edition, 9, 30), tick=False) as clock:
        site.ask()
        clock.shift(remembered.FRESH)
        site.ask()
    assert site.asked == 2


@pytest.mark.parametrize(
    ("below", "more"),
    [
        ("agenda/?day=2030-10-08", {}),
        ("agenda/?utm_source=mail", {}),
        ("agenda/changes/", {}),
        ("", {}),
        ("agenda/", {"accept-language": "sq\udcff".encode("utf-8", "surrogateescape").decode("latin-1")}),
        ("agenda/", {"x-forwarded-proto": "https, http"}),
        ("agenda/", {"transfer-encoding": "chunked"}),
    ],
)
def test_everything_else_is_left_to_the_site(site, below, more):
    assert site.asks_again(below, **more)


@pytest.mark.parametrize("method", ["POST", "PUT", "OPTIONS", "TRACE", "FROB"])
def test_other_methods_are_left_to_the_site(site, method):
    site.ask()
    assert site.ask("agenda/", method).status[:3] in {"403", "405"}


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "", "testserver:80:80", "a b"])
def test_a_foreign_name_of_the_host_is_refused_also_for_what_is_remembered(site, settings, host):
    settings.ALLOWED_HOSTS = ["testserver"]
    site.ask()
    assert site.ask(host=host).status == "400 Bad Request"


def test_a_plain_request_is_still_sent_to_https(settings):
    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 3600
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    site = Site()
    try:
        safe = [site.ask(**{"x-forwarded-proto": "https"}) for _time in range(2)]
        assert safe[0] == safe[1]
        assert safe[0].header("Strict-Transport-Security")
        assert site.asked == 1
        for more in ({}, {"x-forwarded-proto": "http"}):
            assert site.ask(**more).status == "301 Moved Permanently"
    finally:
        site.listening.end()


def test_only_so_many_bytes_are_kept(site, monkeypatch):
    monkeypatch.setattr(remembered, "ROOM", 1)
    for below in BELOW * 2:
        site.ask(below)
    assert site.asked == 2 * len(BELOW)
    assert len(site.remembering._kept) == 1


def test_threads_that_ask_around_a_release_get_the_old_or_the_new_and_never_the_old_again(site):
    wrong: list[Any] = []
    ready, stop = threading.Barrier(4, timeout=10), threading.Event()
    tags = [site.ask().header("ETag")]

    def read():
        seen = [site.ask().header("ETag")]
        ready.wait()
        while not stop.is_set():
            tag = site.ask().header("ETag")
            if tag != seen[-1]:
                seen.append(tag)
        wrong.extend(tag for tag in seen if seen.count(tag) > 1)
        connection.close()

    threads = [threading.Thread(target=read) for _n in range(3)]
    for thread in threads:
        thread.start()
    ready.wait()
    for _time in range(3):
        site.release()
        tags.append(site.ask().header("ETag"))
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(set(tags)) == 4


@pytest.fixture
def processes():
    command = [sys.executable, "-m", "tests.rasr.another_site", connection.settings_dict["NAME"]]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as one,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other,
    ):
        for process in (one, other):
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
        yield one, other
        for process in (one, other):
            assert process.stdin
            process.stdin.close()


def told(process, words):
    """What the process answers."""
    process.stdin.write(f"{words}\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def test_a_release_in_one_process_is_seen_at_once_by_another(site, processes):
    one, other = processes
    seen = set()
    for number in range(2, 7):
        answers = {told(process, f"ask {site.path()}") for process in processes for _time in range(2)}
        assert len(answers) == 1
        seen |= answers
        assert told(one, f"release {site.edition.slug}") == str(number)
        answers = {told(process, f"ask {site.path()}") for process in (other, one)}
        assert len(answers) == 1
        assert not answers & seen
    change(site.edition, status="draft")
    assert told(other, f"ask {site.path()}").startswith("404")
