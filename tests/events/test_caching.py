"""Answers that caches may keep: when they are the same, when they are compressed, how many are kept."""

import datetime as dt
import gzip
import itertools
import threading

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from events.caching import Bodies, bodies, cached_answer

MOMENT = dt.datetime(2030, 10, 8, 9, 0, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _nothing_kept():
    bodies.clear()
    yield
    bodies.clear()


def answer(key="agenda 1", body=b"body " * 100, modified=MOMENT, method="get", **headers) -> HttpResponse:
    request: HttpRequest = getattr(RequestFactory(), method)("/", headers=headers)
    return cached_answer(request, key=key, modified=modified, content_type="text/plain", make=lambda: body)


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
    ("offer", "is_zipped"),
    [
        ("", False),
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("GZIP", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("deflate, br", False),
        ("x-gzip-not", False),
    ],
)
def test_an_answer_is_compressed_only_for_who_says_so(offer, is_zipped):
    told = answer(accept_encoding=offer)
    assert (told.get("Content-Encoding") == "gzip") == is_zipped
    assert (gzip.decompress(told.content) if is_zipped else told.content) == b"body " * 100
    assert told["Vary"] == "Accept-Encoding"


def test_compressed_and_plain_are_told_apart():
    plain, zipped = answer(), answer(accept_encoding="gzip")
    assert plain["ETag"] != zipped["ETag"]
    assert answer(if_none_match=plain["ETag"], accept_encoding="gzip").status_code == 200


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
    kept = Bodies(room=300)
    for key in ("one", "two", "three"):
        kept.get(key, lambda: b"x" * 100)
        kept.get("one", lambda: b"asked for all the time" + b"x" * 80)
    assert kept.get("one", lambda: b"drawn again").plain != b"drawn again"
    assert kept.get("two", lambda: b"drawn again").plain == b"drawn again"


def test_a_body_larger_than_the_room_is_answered_all_the_same():
    kept = Bodies(room=10)
    assert kept.get("large", lambda: b"x" * 1000).plain == b"x" * 1000


def test_threads_that_ask_at_once_get_the_same():
    barrier, told = threading.Barrier(8), []

    def ask():
        barrier.wait()
        told.append(answer()["ETag"])

    threads = [threading.Thread(target=ask) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 8
    assert len(set(told)) == 1
