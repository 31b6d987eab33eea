"""E-mail addresses: when two of them are the same mailbox."""

import contextlib
import unicodedata

import idna


def address_key(address: str) -> str:
    """The form in which addresses are compared: trimmed, NFKC, casefolded, domain in IDNA; dots count.

    Takes any text and never raises: an address whose domain IDNA refuses is compared as it is written.
    """
    local, _, domain = unicodedata.normalize("NFKC", address).strip().casefold().rpartition("@")
    with contextlib.suppress(idna.IDNAError):
        domain = idna.encode(domain.rstrip("."), uts46=True).decode()
    return f"{local}@{domain}"
