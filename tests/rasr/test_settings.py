"""A wrong or missing setting stops the start with one sentence that names it."""

import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from django.conf import settings

GOOD = {
    "SECRET_KEY": "s" * 60,
    "PRIVATE_DATA_KEYS": Fernet.generate_key().decode(),
    "SITE_URL": "https://rasr.example",
    "DATABASE_URL": "postgres://rasr:secret@127.0.0.1:1/rasr",
}
SHOW = "from django.conf import settings; print(settings.%s)"


def start(code="import django; django.setup()", **more):
    """Start Python with these settings; exit code and what was said."""
    environment = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "rasr.settings"} | GOOD | more
    environment = {name: value for name, value in environment.items() if value is not None}
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "-c", code]
    done = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SECRET_KEY", None, "SECRET_KEY is not set"),
        ("SECRET_KEY", "short", "at least 50"),
        ("PRIVATE_DATA_KEYS", None, "PRIVATE_DATA_KEYS is not set"),
        ("PRIVATE_DATA_KEYS", "abc", "PRIVATE_DATA_KEYS holds a key"),
        ("PRIVATE_DATA_KEYS", " , ", "PRIVATE_DATA_KEYS holds no key"),
        ("SITE_URL", None, "SITE_URL is not set"),
        ("SITE_URL", "rasr.example", "write an address like https://"),
        ("SITE_URL", "https://rasr.example/path", "write an address like https://"),
        ("DATABASE_URL", None, "DATABASE_URL is not set"),
        ("DATABASE_URL", "mysql://x/y", "DATABASE_URL is wrong"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL is wrong"),
        ("DEBUG", "perhaps", "DEBUG is 'perhaps': write 1 or 0"),
        ("TRUSTED_PROXIES", "-1", "TRUSTED_PROXIES is '-1'"),
        ("CACHE_URL", "memcached://x", "CACHE_URL is wrong"),
        ("EMAIL_URL", "http://x", "EMAIL_URL is wrong"),
    ],
)
def test_a_wrong_value_stops_the_start_with_a_sentence(name, value, words):
    code, said = start(**{name: value})
    assert code != 0
    assert words in said
    assert "Traceback" not in said
    assert said.count("\n") == 1


def test_with_all_that_is_needed_the_site_starts_and_shows_no_debugging():
    code, said = start(SHOW % "DEBUG")
    assert (code, said.strip()) == (0, "False")


def test_cookies_of_a_site_on_https_keep_to_their_host():
    code, said = start(
        "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_SECURE, s.ALLOWED_HOSTS)"
    )
    assert (code, said.strip()) == (0, "__Host-session True ['rasr.example']")


def test_the_mail_server_and_the_cache_come_from_their_addresses():
    code, said = start(
        "from django.conf import settings as s; print(s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_USE_TLS, s.CACHES)",
        EMAIL_URL="smtp+tls://user:pass@mail.example:587",
        CACHE_URL="redis://127.0.0.1:6379/0",
    )
    assert code == 0, said
    assert said.startswith("mail.example 587 True")
    assert "RedisCache" in said
