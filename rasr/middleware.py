"""What every request passes: odd bytes are refused, the language comes from the address alone, faults are explained."""

from __future__ import annotations

import json
import logging
import re
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth import middleware as auth
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils import translation
from django.utils.translation import get_language_from_path

from events.views import errors

Answer = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger("rasr.requests")

LOCK_NOT_AVAILABLE, DEADLOCK, QUERY_CANCELED = "55P03", "40P01", "57014"
BUSY = {LOCK_NOT_AVAILABLE, DEADLOCK, QUERY_CANCELED}  # others hold what is needed, or it took too long
ODD = re.compile("[\x00\ud800-\udfff\ufffd-\uffff]")
COOKIE_VALUE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*\Z")  # RFC 6265, cookie-octet


def _is_odd(text: str) -> bool:
    """NUL, half a surrogate pair, no code point at all, or U+FFFD, which Django puts for bytes that are no UTF-8."""
    return bool(ODD.search(text))


def _strings(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(key)
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


NUMBER_HEADER = "X-Request-ID"


def new_number() -> str:
    """The number of one request."""
    return uuid.uuid4().hex[:12]


class RequestNumberMiddleware:
    """Give each request a number, which answer, error page and log show; log it without its private parts."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the number as X-Request-ID."""
        request.number = new_number()  # type: ignore[attr-defined]
        response = self.get_response(request)
        response[NUMBER_HEADER] = request.number  # type: ignore[attr-defined]
        response.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
        match = request.resolver_match
        # The route, never the path: paths hold tokens.
        log.info(
            "request",
            extra={
                "number": request.number,  # type: ignore[attr-defined]
                "method": request.method if request.method in _METHODS else "?",
                "route": match.route if match else "",
                "status": response.status_code,
            },
        )
        return response


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class OddBytesMiddleware:
    """Answer 400 to bytes that no form field, address or cookie of ours can hold, before anything reads them."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The ordinary answer, or the page that says what was wrong with the request."""
        if request.method not in _METHODS:
            return HttpResponse(status=405, headers={"Allow": ", ".join(sorted(_METHODS))})
        # Odd cookies are dropped, not refused: a person could not get rid of them.
        for name in [name for name, value in request.COOKIES.items() if not COOKIE_VALUE.match(value)]:
            del request.COOKIES[name]
        try:
            # Any page reads the whole body here, so the limit is for all.
            if int(request.META.get("CONTENT_LENGTH") or 0) > settings.LARGEST_REQUEST:
                return errors.too_large(request)
            odd = self._is_odd_request(request)
        except RequestDataTooBig:
            return errors.too_large(request)
        except (
            MultiPartParserError,
            TooManyFieldsSent,
            TooManyFilesSent,
            UnreadablePostError,
            SuspiciousOperation,
            UnicodeError,
            LookupError,  # an encoding that does not exist
            ValueError,  # JSON that is none, or nested too deep
            RecursionError,
        ):
            odd = True
        return errors.bad_request(request) if odd else self.get_response(request)

    def _is_odd_request(self, request: HttpRequest) -> bool:
        if (request.content_params or {}).get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
            return True
        texts = [request.path, request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:1000]]
        texts += [text for key, values in request.GET.lists() for text in (key, *values)]
        if request.method in {"POST", "PUT", "PATCH"}:
            texts += self._body(request)
        return any(map(_is_odd, texts))

    def _body(self, request: HttpRequest) -> list[str]:
        if request.content_type == "application/json":
            # Numbers such as NaN have no place in JSON; json accepts them unless told.
            return list(_strings(json.loads(request.body or b"null", parse_constant=_refuse)))
        texts = [text for key, values in request.POST.lists() for text in (key, *values)]
        for key, files in request.FILES.lists():
            texts += [key, *(file.name or "" for file in files)]  # type: ignore[union-attr]
        return texts


def _refuse(word: str) -> None:
    raise ValueError(word)


class LanguageFromPathMiddleware:
    """The language is the prefix of the address, English without one: no cookie, no header, nothing to vary on."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language of the address."""
        language = get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
            response = self.get_response(request)
            response.setdefault("Content-Language", language)
            return response


class LoginRequiredMiddleware(auth.LoginRequiredMiddleware):
    """Django's own, but pages open to everybody never touch the session, so that shared caches may keep them."""

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], view_args: Any, view_kwargs: Any
    ) -> Any:
        """None where the page is open; else Django's answer."""
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)


class DatabaseFaultMiddleware:
    """A database that is away or busy is no error of the person: say "not saved, try again" with 503."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The ordinary answer."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for a fault of the database; None leaves other errors to Django."""
        if not isinstance(error, OperationalError | InterfaceError):
            return None
        code = getattr(error.__cause__, "pgcode", None)
        log.warning("database fault", extra={"number": getattr(request, "number", ""), "code": code or "no connection"})
        return errors.unavailable(request, busy=code in BUSY)
