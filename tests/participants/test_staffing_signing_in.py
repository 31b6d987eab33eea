"""How staff sign in and out."""

import pytest
from django.test import Client

from participants.models import User
from participants.staffing import set_active
from tests import make

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
PASSWORD = "a long password"


@pytest.fixture
def user():
    return make.staff("secretariat", make.edition())


def sign_in(client, user, password=PASSWORD, **more):
    """What the form answers."""
    name = user if isinstance(user, str) else user.username
    return client.post(LOGIN, {"login": name, "password": password} | more)


def test_the_right_password_leads_to_the_back_office(client, user):
    answer = sign_in(client, user)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    cookie = answer.cookies["session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["max-age"] or int(cookie["max-age"]) <= 12 * 3600


def test_a_wrong_password_says_the_same_for_somebody_unknown(client, user):
    known, unknown = sign_in(client, user, "wrong password"), sign_in(client, "nobody", "wrong password")
    assert known.context["form"].errors == unknown.context["form"].errors
    assert known.context["form"].errors


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/admin/events/session/", "/admin/events/session/"),
        ("https://evil.example/", "/admin/"),
        ("//evil.example/", "/admin/"),
        ("/\\evil.example/", "/admin/"),
        ("javascript:alert(1)", "/admin/"),
    ],
)
def test_the_way_on_stays_on_this_site(client, user, wanted, led):
    assert sign_in(client, user, next=wanted)["Location"] == led


def test_the_page_that_was_wanted_is_reached_after_signing_in(client, user):
    page = client.get("/admin/events/session/", follow=True)
    assert page.redirect_chain[-1][0].startswith(LOGIN)
    assert 'name="next"' in page.content.decode()


def test_guessing_at_one_account_is_told_to_wait(client, user):
    for number in range(6):
        answer = sign_in(client, user, f"guess {number}")
    assert "Too many failed" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    sign_in(client, user)
    assert "_auth_user_id" not in client.session, "the right password waits too"


def test_guessing_from_one_network_ends_at_our_page(client):
    answers = [sign_in(client, f"nobody{number}", "guess") for number in range(40)]
    assert answers[-1].status_code == 429
    assert "Too many tries" in answers[-1].content.decode()
    assert "rasr/site" in answers[-1].content.decode()


def test_a_closed_account_does_not_get_in(client, user):
    set_active(user=user, is_active=False, by="test")
    answer = sign_in(client, user)
    assert answer.status_code == 200 or answer["Location"] == "/accounts/inactive/"
    assert client.get("/admin/").status_code == 302


def test_signing_out_needs_a_post(client, user):
    client.force_login(user)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/logout/").status_code == 405
    assert client.get("/admin/").status_code == 200
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/admin/").status_code == 302


def test_the_button_of_the_back_office_signs_out(client, user):
    client.force_login(user)
    client.post("/admin/logout/")
    assert client.get("/admin/").status_code == 302


def test_a_changed_password_ends_the_other_sessions(user):
    here, elsewhere = Client(), Client()
    here.force_login(user)
    elsewhere.force_login(user)
    typed = {"oldpassword": PASSWORD, "password1": "another long password", "password2": "another long password"}
    here.post("/accounts/password/change/", typed)
    assert User.objects.get(pk=user.pk).check_password("another long password")
    assert elsewhere.get("/admin/").status_code == 302


@pytest.mark.parametrize("name", ["\u200b", "x" * 10_000, "%s", "mira' OR 1=1 --"])
def test_odd_names_are_answered_like_wrong_ones(client, user, name):
    assert sign_in(client, name).status_code == 200


def test_nobody_signs_up(client):
    assert client.get("/accounts/signup/").status_code == 404
    assert client.get("/accounts/password/reset/").status_code == 404
