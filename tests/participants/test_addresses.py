"""When two addresses are one mailbox."""

import pytest

from participants.addresses import address_key


@pytest.mark.parametrize("same", ["A@Example.ORG", " a@example.org ", "a@example.org.", "ａ@example.org"])
def test_the_same_mailbox(same):
    assert address_key(same) == address_key("a@example.org")


@pytest.mark.parametrize("other", ["a.b@example.org", "ab@example.com", "a+x@example.org", "mıke@example.org"])
def test_another_mailbox(other):
    assert address_key(other) != address_key("ab@example.org")
    assert address_key(other) != address_key("mike@example.org")


def test_a_domain_in_its_own_script_is_its_idna_form():
    assert address_key("x@münchen.example") == address_key("x@xn--mnchen-3ya.example")


@pytest.mark.parametrize("odd", ["", "@", "no domain", "a@", "a@" + "x" * 300, "a@\u200b.org", "a@b@c"])
def test_text_that_is_no_address_never_fails(odd):
    assert isinstance(address_key(odd), str)
