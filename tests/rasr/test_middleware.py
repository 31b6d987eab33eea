"""Odd bytes anywhere are refused in words, faults of the database explained, and every answer carries its headers."""

import json
import logging
import sys

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError
from django.test import Client

from rasr import middleware
from rasr.logs import JsonLines
from tests import make

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


def client():
    return Client(raise_request_exception=False)


def send(path="/my/lost/", body="", kind=FORM, **more):
    return client().generic("POST", path, body, content_type=kind, **more)


@pytest.mark.parametrize(
    "path",
    [
        "/a%00b/",
        "/?x=%00",
        "/?x=%FF",
        "/?%ED%A0%80=x",
        "/editions/%FF/",
        "/?%00=x",
        "/editions/%00/",
        "/editions/a/agenda/?day=%00",
        "/my/%00/",
    ],
)
def test_odd_bytes_in_an_address_are_refused(path):
    assert client().get(path).status_code in {400, 404}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("email=a%00b", FORM),
        ("%00=a", FORM),
        ("email=%EF%BF%BF", FORM),
        ("email=%FF", FORM),
        ("%C3%28=a", FORM),
        (b"--b\r\nContent-Disposition: form-data; name=x\r\n\r\n\xff\r\n--b--\r\n", "multipart/form-data; boundary=b"),
        (b'{"a": "\xff"}', "application/json"),
        ('{"a": "\\u0000"}', "application/json"),
        ('{"a": "\\ud800"}', "application/json"),
        ('{"\\ud800": 1}', "application/json"),
        ('{"a": [{"b": "\\u0000"}]}', "application/json"),
        ("{", "application/json"),
        ("NaN", "application/json"),
        ("[" * 100_000, "application/json"),
        ("x", "multipart/form-data; boundary=\x01"),
        ("x", "multipart/form-data"),
        ("--b\r\nContent-Disposition: form-data; name=x\r\n\r\na\x00b\r\n--b--\r\n", "multipart/form-data; boundary=b"),
        (
            '--b\r\nContent-Disposition: form-data; name=f; filename="a\x00.pdf"\r\n\r\nx\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
        ("email=x", FORM + "; charset=utf-7"),
        ("email=x", FORM + "; charset=no-such"),
        ("&".join(f"a{n}=1" for n in range(5001)), FORM),
    ],
)
def test_odd_bytes_in_a_body_are_refused_in_words(body, kind):
    answer = send(body=body, kind=kind)
    assert answer.status_code in {400, 403, 422}
    assert b"<h1>" in answer.content


def test_a_body_over_the_limit_is_refused_with_its_own_status(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert send(body="email=" + "x" * 2000).status_code == 413


def test_a_file_over_the_limit_is_refused_before_it_is_read(settings, monkeypatch):
    def read(*args):
        raise AssertionError("the body was read")

    monkeypatch.setattr("django.http.multipartparser.MultiPartParser.parse", read)
    settings.LARGEST_REQUEST = 1000
    assert send(body="x" * 1001, kind="multipart/form-data; boundary=b").status_code == 413


@pytest.mark.parametrize("length", ["-1", "x", "1e3"])
def test_a_length_that_is_none_is_no_fault_of_ours(length):
    assert send(body="email=x", CONTENT_LENGTH=length).status_code in {400, 422}


@pytest.mark.parametrize("cookie", ["a\x00b", '"', "\u20ac".encode().decode("latin-1"), "a b", "\x7f"])
def test_an_odd_cookie_is_as_good_as_none(cookie):
    answer = client().get("/my/lost/", headers={"cookie": f"session={cookie}; csrf={cookie}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("value", ["x" * 10_000, "../../", "zz", "ar", "\x00"])
def test_the_language_is_that_of_the_address_whatever_the_browser_asks(value):
    answer = client().get("/", headers={"accept-language": value})
    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        assert answer["Content-Language"] == "en"
    assert client().get("/sq/", headers={"accept-language": "bg"})["Content-Language"] == "sq"


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "FOO"])
def test_a_method_that_no_page_knows_is_refused(method):
    assert client().generic(method, "/").status_code == 405


@pytest.mark.parametrize("path", ["/", "/nothing/", "/?x=%00", "/my/x/", "/accounts/login/", "/healthz", "/admin/"])
def test_every_answer_carries_the_headers_that_protect_it(path):
    answer = client().get(path)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert "camera=()" in answer["Permissions-Policy"]
    assert len(answer["X-Request-ID"]) == 12


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_a_database_that_is_away_is_told_with_503_and_when_to_try_again(monkeypatch, kind):
    def away(*args, **kwargs):
        raise kind("connection to server failed: person@example.org")

    monkeypatch.setattr("events.views.editions.render", away)
    answer = client().get("/editions/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert b"Nothing was changed" in answer.content
    assert b"person@example.org" not in answer.content


@pytest.mark.parametrize("code", [middleware.LOCK_NOT_AVAILABLE, middleware.DEADLOCK, middleware.QUERY_CANCELED])
def test_a_lock_that_others_hold_is_told_as_busy(monkeypatch, code):
    class Busy(Exception):
        pgcode = code

    def busy(*args, **kwargs):
        raise OperationalError("lock") from Busy()

    monkeypatch.setattr("events.views.editions.render", busy)
    answer = client().get("/privacy/")
    assert answer.status_code == 503
    assert b"Many people are saving" in answer.content


def test_another_fault_is_a_plain_page_without_a_trace(monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise DatabaseError("row of Boris")

    monkeypatch.setattr("events.views.editions.render", broken)
    answer = client().get("/privacy/")
    assert answer.status_code == 500
    assert b"Something went wrong on our side" in answer.content
    for secret in (b"Boris", b"Traceback", b"/site-packages/"):
        assert secret not in answer.content


def test_the_log_names_the_route_and_never_what_stands_in_the_address(settings):
    person = make.participant(make.edition())
    lines = []

    class Keep(logging.Handler):
        def emit(self, record):
            lines.append(JsonLines().format(record))

    keep = Keep()
    logger = logging.getLogger("rasr.requests")
    before = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(keep)
    try:
        client().get(f"/my/{person.reference}/?email=a@example.org")
    finally:
        logger.removeHandler(keep)
        logger.setLevel(before)
    (line,) = [json.loads(line) for line in lines]
    assert line["route"].startswith("my/<reference:")
    assert line["status"] == 404
    assert person.reference not in str(line)
    assert "example.org" not in str(line)


def test_the_log_holds_no_words_of_an_error_and_no_line_breaks():
    try:
        raise ValueError("passport PPT-1\n\x1b[31m")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "p", 1, "failed\nhere", (), sys.exc_info())
    line = JsonLines().format(record)
    assert "\n" not in line
    assert "PPT-1" not in line
    assert json.loads(line)["error"] == "ValueError"
