"""Text that the database holds as a Fernet token only (AES-128-CBC with HMAC-SHA256)."""

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models

PREFIX = "f1:"  # names the scheme, so that a later one can live beside it


class DecryptionFailed(Exception):
    """A stored token fits none of PRIVATE_DATA_KEYS, or the value was never encrypted."""


@lru_cache(maxsize=4)
def _keyring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def keyring() -> MultiFernet:
    """The keys in force: the first encrypts, all decrypt."""
    return _keyring(tuple(settings.PRIVATE_DATA_KEYS))


class EncryptedTextField(models.TextField):
    """A text field that can be stored and read but not looked up."""

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """The token that is stored; empty text stays empty."""
        if isinstance(value, str) and value:
            return PREFIX + keyring().encrypt(value.encode()).decode()
        return super().get_db_prep_save(value, connection)

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """The text again; raises DecryptionFailed when no key fits."""
        if not value:
            return value
        if not value.startswith(PREFIX):
            raise DecryptionFailed(f"{self.model._meta.label}.{self.name} holds a value that is not encrypted")
        try:
            return keyring().decrypt(value[len(PREFIX) :].encode()).decode()
        except InvalidToken:
            raise DecryptionFailed(f"{self.model._meta.label}.{self.name}: no key fits") from None

    def get_lookup(self, lookup_name: str) -> Any:
        """Only isnull makes sense on a token."""
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted: only isnull can be looked up")
        return super().get_lookup(lookup_name)
