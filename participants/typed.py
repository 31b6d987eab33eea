"""Form fields for what people type: cleaned, never corrected, refused with a sentence that says what to do."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

import idna
import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from events.text import clean_line, clean_text, has_visible

TIMES_CLEANED = 4  # what is longer than so many times its limit is not even cleaned
LONGEST_PHONE = 200
LONGEST_ADDRESS = 254  # RFC 5321

_one_address = EmailValidator(allowlist=[])


class Line(forms.CharField):
    """One line of text. Without `ask`, the sentence that asks for it, it may stay empty."""

    clean_typed: Callable[[str], str] = staticmethod(clean_line)

    def __init__(self, *, limit: int, ask: Any = "", **kwargs: Any) -> None:
        super().__init__(required=bool(ask), strip=False, **kwargs)
        self.limit = limit
        self.error_messages["required"] = ask

    def to_python(self, value: Any) -> str:
        """The cleaned text; refused when it is too long or nothing of it can be seen."""
        typed = str(value or "")
        if len(typed) > TIMES_CLEANED * self.limit:
            raise self._too_long(typed)
        text = self.clean_typed(typed)
        if text and not has_visible(text):
            raise ValidationError(self.error_messages["required"] or _("Write letters, or leave this empty"))
        if len(text) > self.limit:
            raise self._too_long(text)
        return text

    def _too_long(self, text: str) -> ValidationError:
        values = {"limit": self.limit, "count": len(text)}
        return ValidationError(_("Write at most %(limit)s characters. Now there are %(count)s"), params=values)


class Paragraph(Line):
    """Several lines of text."""

    widget = forms.Textarea
    clean_typed = staticmethod(clean_text)


class Address(forms.CharField):
    """Exactly one e-mail address that mail can be sent to."""

    widget = forms.EmailInput
    default_error_messages = {"invalid": _("Write one e-mail address, like name@example.org")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.error_messages["required"] = _("Write your e-mail address")

    def to_python(self, value: Any) -> str:
        """The address as typed, without white space around it."""
        typed = str(value or "").strip()
        if not typed:
            return ""
        if len(typed) > LONGEST_ADDRESS:
            raise ValidationError(_("Write an e-mail address of at most 254 characters"))
        if not self._is_one(typed):
            raise ValidationError(self.error_messages["invalid"])
        return typed

    def _is_one(self, typed: str) -> bool:
        # A first hyphen could be read as an option by a mail program; formatting characters hide in a domain.
        if re.search(r"[\s,;:\"'<>()\[\]\\]", typed) or typed.startswith("-") or typed.count("@") != 1:
            return False
        if any(unicodedata.category(char)[0] == "C" for char in typed):
            return False
        local, _at, domain = typed.partition("@")
        try:
            _one_address(typed)
            return len(local) + 1 + len(idna.encode(domain, uts46=True)) <= LONGEST_ADDRESS
        except (ValidationError, idna.IDNAError):
            return False


class Phone(forms.CharField):
    """A telephone number with its international code, kept in one form (E.164)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.TextInput(attrs={"type": "tel"}), **kwargs)

    def to_python(self, value: Any) -> str:
        """The number as +355672123456; empty when nothing was typed."""
        typed = clean_line(str(value or "")[:LONGEST_PHONE])
        if not typed:
            return ""
        try:
            number = phonenumbers.parse(re.sub(r"\A00", "+", typed))
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_valid_number(number):
            raise ValidationError(_("Write the number with its international code, like +355 67 212 3456"))
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
