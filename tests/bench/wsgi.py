"""The application of the site; beside it, in the same process, Django without any middleware for the trivial view."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
from rasr.wsgi import application as site

with override_settings(MIDDLEWARE=[]):
    bare = WSGIHandler()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Whoever asks for the trivial view gets bare Django."""
    chosen = bare if environ["PATH_INFO"].startswith("/trivial/") else site
    return chosen(environ, start_response)  # type: ignore[no-any-return]
