"""Asking a WSGI application as a server does, without a browser or Django's test client between."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.test import RequestFactory


class Told(NamedTuple):
    """One answer. Headers are in order, without the number that every request has of its own."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        """The value of a header; empty where it is not there."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), "")


def ask(application: Any, path: str, method: str = "GET", **headers: str) -> Told:
    """What the application answers to a request for `testserver`."""
    said: list[Any] = []
    request = RequestFactory().generic(method, path, headers={"host": "testserver"} | headers)
    answer = application(request.environ, lambda *s: said.append(s))
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    status, given = said[-1][:2]
    assert any(name == "X-Request-ID" and len(value) == 12 for name, value in given)
    return Told(status, [one for one in given if one[0] != "X-Request-ID"], body)
