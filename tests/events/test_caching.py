"""Answers that caches may keep: when they are the same, when they are compressed, how many are kept."""

import datetime as dt
import gzip
import itertools
import threading

import brotli
import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from events import caching
from events.caching import COMPRESS, Bodies, bodies, cached_answer
from events.negotiating import PLAIN

MOMENT = dt.datetime(2030, 10, 8, 9, 0, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _nothing_kept():
    bodies.clear()
    yield
    bodies.clear()


def answer(key="agenda 1", body=b"body " * 100, modified=MOMENT, method="get", keep=True, **headers) -> HttpResponse:
    request: HttpRequest = getattr(RequestFactory(), method)("/", headers=headers)
    more = {"key": key, "modified": modified, "content_type": "text/plain", "keep": keep}
    return cached_answer(request, make=lambda: body, **more)


def plain(kept: Bodies, key: str, body: bytes) -> bytes:
    return kept.get(key, PLAIN, lambda: body).forms[PLAIN]


def test_a_body_is_drawn_once_for_its_key():
    numbers = itertools.count(1)
    request = RequestFactory().get("/")
    for key in ("one", "one", "two"):
        cached_answer(
            request, key=key, modified=MOMENT, content_type="text/plain", make=lambda: str(next(numbers)).encode()
        )
    assert next(numbers) == 3


def test_the_tag_covers_the_key_and_what_came_out():
    first = answer()["ETag"]
    bodies.clear()
    assert answer()["ETag"] == first
    bodies.clear()
    assert answer(body=b"drawn by a newer version")["ETag"] != first
    assert answer(key="agenda 2")["ETag"] != first


@pytest.mark.parametrize(
    ("offer", "encoding", "opened"),
    [("", None, bytes), ("gzip", "gzip", gzip.decompress), ("gzip, br", "br", brotli.decompress)],
)
def test_an_answer_is_compressed_for_who_takes_it(offer, encoding, opened):
    told = answer(accept_encoding=offer)
    assert told.get("Content-Encoding") == encoding
    assert opened(told.content) == b"body " * 100
    assert told["Vary"] == "Accept-Encoding"


def test_each_form_is_compressed_once(monkeypatch):
    compressed = []

    def compress(plain):
        compressed.append(plain)
        return gzip.compress(plain)

    monkeypatch.setitem(COMPRESS, "gzip", compress)
    for _time in range(3):
        answer(accept_encoding="gzip")
    assert len(compressed) == 1


def test_compressed_and_plain_are_told_apart():
    forms = [answer(accept_encoding=offer) for offer in ("", "gzip", "br")]
    assert len({form["ETag"] for form in forms}) == 3
    assert answer(if_none_match=forms[0]["ETag"], accept_encoding="gzip").status_code == 200


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_who_has_it_gets_304_with_all_that_a_cache_needs(form):
    first = answer()
    again = answer(if_none_match=form.format(first["ETag"]))
    assert (again.status_code, again.content) == (304, b"")
    assert "Content-Type" not in again
    for name in ("ETag", "Last-Modified", "Cache-Control", "Vary"):
        assert again[name] == first[name]


def test_the_tag_is_asked_before_the_date():
    since = answer()["Last-Modified"]
    assert answer(if_modified_since=since).status_code == 304
    assert answer(if_modified_since=since, if_none_match='"other"').status_code == 200
    assert answer(if_modified_since=since, modified=MOMENT + dt.timedelta(seconds=1)).status_code == 200


@pytest.mark.parametrize("odd", ["yesterday", "Sun, 99 Nov 9999 99:99:99 GMT", "\x7f", '"', "W/", "9" * 5000])
def test_conditions_that_cannot_be_read_are_no_conditions(odd):
    assert answer(if_modified_since=odd).status_code == 200
    assert answer(if_none_match=odd).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_there_is_nothing_to_write(method):
    told = answer(method=method)
    assert (told.status_code, told["Allow"]) == (405, "GET, HEAD")


def test_only_so_many_bytes_are_kept_the_oldest_go_first():
    kept = Bodies(room=250)
    for key in ("one", "two", "three"):
        plain(kept, key, b"x" * 100)
        plain(kept, "one", b"asked for all the time" + b"x" * 80)
    assert plain(kept, "one", b"drawn again") != b"drawn again"
    assert plain(kept, "two", b"drawn again") == b"drawn again"


def test_a_body_larger_than_the_room_is_answered_all_the_same():
    assert plain(Bodies(room=10), "large", b"x" * 1000) == b"x" * 1000


def test_no_number_of_questions_displaces_what_many_ask_for(monkeypatch):
    monkeypatch.setattr(caching, "questions", Bodies(room=1000))
    first = answer()
    for number in range(50):
        answer(key=f"question {number}", body=b"x" * 100, keep=False)
    assert answer(body=b"drawn again")["ETag"] == first["ETag"]


def test_threads_that_ask_at_once_wait_for_the_one_that_draws():
    kept, drawn, told = Bodies(room=1000), [], []
    waiting, barrier = threading.Event(), threading.Barrier(8)

    def make():
        waiting.wait(5)
        drawn.append(1)
        return b"body"

    def ask():
        barrier.wait()
        told.append(kept.get("key", "gzip", make))

    threads = [threading.Thread(target=ask) for _n in range(8)]
    for thread in threads:
        thread.start()
    waiting.set()
    for thread in threads:
        thread.join()
    assert len(drawn) == 1
    assert [id(body) for body in told] == [id(told[0])] * 8


def test_other_keys_do_not_wait():
    kept = Bodies(room=1000)
    assert kept.get("slow", PLAIN, lambda: plain(kept, "quick", b"in between")).forms[PLAIN] == b"in between"


def test_a_drawing_that_fails_holds_up_nobody():
    kept = Bodies(room=1000)
    with pytest.raises(ZeroDivisionError):
        kept.get("key", PLAIN, lambda: bytes(1 // 0))
    assert plain(kept, "key", b"body") == b"body"
