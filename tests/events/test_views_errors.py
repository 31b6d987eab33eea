"""Pages that say what went wrong, and what is said where even they cannot be drawn."""

import pytest
from django.db import OperationalError
from django.template import TemplateSyntaxError
from django.test import Client, RequestFactory

from events.views import errors


def failed(error=None):
    """The answer to a request that ended in `error`."""
    try:
        raise error or ValueError
    except Exception:
        return errors.server_error(RequestFactory().get("/"))


def test_a_fault_of_ours_is_told_without_asking_the_database():
    answer = failed()  # a query would fail: this test has no database
    assert answer.status_code == 500
    assert b"Something went wrong on our side" in answer.content
    assert b"Go to the first page" in answer.content


def test_a_database_that_went_away_is_told_as_that_and_worth_another_try():
    answer = failed(OperationalError())
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert b"The database does not answer" in answer.content


def test_where_no_page_can_be_drawn_a_sentence_is_said(monkeypatch, caplog):
    def broken(*args, **more):
        raise TemplateSyntaxError

    monkeypatch.setattr(errors, "render", broken)
    answer = failed()
    assert (answer.status_code, answer["Content-Type"]) == (500, "text/plain; charset=utf-8")
    assert answer.content.startswith(b"Something went wrong on our side.")
    assert "cannot be drawn" in caplog.text


@pytest.mark.django_db
def test_a_form_that_was_open_too_long_says_that_nothing_is_lost():
    answer = Client(enforce_csrf_checks=True).post("/my/lost/", {"email": "mira@example.org"})
    assert answer.status_code == 403
    assert b"Send the form once more" in answer.content
    assert b"Go back and copy what you wrote" in answer.content
