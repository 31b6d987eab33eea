"""Change of the keys of private data: every encrypted column under the first of PRIVATE_DATA_KEYS.

Then a key that is no longer needed can be taken away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import TextField, Value
from django.db.models.functions import Cast

from participants.models.encrypted import PREFIX, EncryptedTextField, keyring

BATCH = 500


@dataclass
class Found:
    """What the columns of one model hold, in values: under the first key, under an older one, under none of them."""

    model: str
    new: int = 0
    old: int = 0
    busy: int = 0
    unreadable: list[str] = field(default_factory=list)

    def count(self, token: str, where: str) -> bool:
        """Count one value; whether an older key is needed for it."""
        if not token.startswith(PREFIX):
            self.unreadable.append(where)
            return False
        sealed = token.removeprefix(PREFIX).encode()
        try:
            Fernet(settings.PRIVATE_DATA_KEYS[0]).decrypt(sealed)
            self.new += 1
            return False
        except InvalidToken:
            pass
        try:
            keyring().decrypt(sealed)
        except InvalidToken:
            self.unreadable.append(where)
            return False
        self.old += 1
        return True


def encrypted_columns() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Every model that has encrypted columns, with their names."""
    for model in apps.get_models():
        names = [one.name for one in model._meta.concrete_fields if isinstance(one, EncryptedTextField)]
        if names:
            yield model, names


def examine() -> list[Found]:
    """What is stored now; nothing is changed."""
    return [_walk(model, names, anew=False) for model, names in encrypted_columns()]


def rotate() -> list[Found]:
    """Encrypt anew what an older key encrypted, in small transactions: stopped at any moment, it can be run again.

    `old` counts what was encrypted anew. A row that somebody else holds at the moment is left and counted as busy.
    """
    return [_walk(model, names, anew=True) for model, names in encrypted_columns()]


def _walk(model: type[models.Model], names: list[str], *, anew: bool) -> Found:
    found, last = Found(model._meta.label), 0
    keys = model._base_manager.order_by("pk").values_list("pk", flat=True)
    while batch := list(keys.filter(pk__gt=last)[:BATCH]):
        last = batch[-1]
        with transaction.atomic():
            rows = _stored(model, names).filter(pk__in=batch)
            if anew:
                rows = rows.select_for_update(of=("self",), no_key=True, skip_locked=True)
            taken = list(rows)
            found.busy += len(batch) - len(taken)
            for pk, *tokens in taken:
                stored = {name: token for name, token in zip(names, tokens, strict=True) if token}
                olds = [name for name, token in stored.items() if found.count(token, f"{name} of {pk}")]
                if anew and olds:
                    _encrypt(model, pk, {name: stored[name] for name in olds})
    return found


def _stored(model: type[models.Model], names: list[str]) -> Any:
    """The tokens themselves: as plain text they are not decrypted on the way."""
    raw = {f"stored_{name}": Cast(name, TextField()) for name in names}
    return model._base_manager.annotate(**raw).order_by("pk").values_list("pk", *raw)


def _encrypt(model: type[models.Model], pk: int, tokens: dict[str, str]) -> None:
    anew = {name: PREFIX + keyring().rotate(token.removeprefix(PREFIX)).decode() for name, token in tokens.items()}
    model._base_manager.filter(pk=pk).update(
        **{name: Value(token, output_field=TextField()) for name, token in anew.items()}
    )
