"""Nationalities as travel documents say them. Delegations have names of their own and never come from here."""

from __future__ import annotations

from django_countries import Countries

# The mark leads to the footnote of the edition, as it does with the delegation of that name.
MARK = "*"
_MARKED = {"XK": f"Kosovo{MARK}"}


class _Nationalities(Countries):
    """The list of ISO 3166, and whose passports it does not know."""

    override = _MARKED


def choices() -> list[tuple[str, str]]:
    """(code, name in the language in force), by name."""
    return [(code, str(name)) for code, name in _Nationalities()]


def name_of(code: str) -> str:
    """The name in the language in force; a code that is not known stays as it is."""
    return str(_Nationalities().name(code)) or code
