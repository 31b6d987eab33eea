"""Papers of an edition."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from events.models.edition import Edition
from events.models.field_visit import FieldVisit
from events.models.fields import LineField, TranslatedLineField
from events.models.session import Session, Talk
from events.models.speaker import Speaker
from events.uploads import KINDS

FOLDER = "documents"


def random_path(document: Document, filename: str) -> str:
    """Where a file is kept: a name of ours that nobody guesses. The name for readers is a column."""
    return f"{FOLDER}/{secrets.token_hex(16)}.{document.kind}"


class Document(models.Model):
    """A file or a link that belongs to an edition or to one session, talk or visit of it."""

    class Access(models.TextChoices):
        """Who may open it."""

        PUBLIC = "public", _("everybody")
        PARTICIPANTS = "participants", _("confirmed participants")
        SECRETARIAT = "secretariat", _("secretariat")

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="documents", verbose_name=_("edition"))
    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, null=True, blank=True, related_name="documents", verbose_name=_("session")
    )
    talk = models.ForeignKey(
        Talk, on_delete=models.CASCADE, null=True, blank=True, related_name="documents", verbose_name=_("talk")
    )
    visit = models.ForeignKey(
        FieldVisit, on_delete=models.CASCADE, null=True, blank=True, related_name="documents", verbose_name=_("visit")
    )
    title = TranslatedLineField(_("title"), max_length=300)
    file = models.FileField(_("file"), upload_to=random_path, max_length=300, blank=True)
    file_name = LineField(_("name of the file"), max_length=200, blank=True)
    kind = models.CharField(_("type"), max_length=4, choices=[(kind, kind.upper()) for kind in KINDS], blank=True)
    size = models.PositiveIntegerField(_("size"), default=0, help_text=_("Bytes."))
    url = models.URLField(_("link"), max_length=500, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    access = models.CharField(_("who may open it"), max_length=12, choices=Access, default=Access.PUBLIC)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    added_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True, editable=False)
    downloads = models.PositiveIntegerField(_("downloads"), default=0)
    handed_in_at = models.DateTimeField(_("handed in at"), null=True, blank=True)
    speaker = models.ForeignKey(
        Speaker,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name=_("handed in by"),
    )
    may_publish = models.BooleanField(_("who handed it in agrees that it is published"), default=False)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("order", "id")
        constraints = [
            models.CheckConstraint(
                name="document_file_or_link",
                condition=(Q(file="") & ~Q(url="")) | (~Q(file="") & Q(url="")),
                violation_error_message=_("Give a file or a link, not both."),
            ),
            models.CheckConstraint(
                name="document_one_place",
                condition=Q(session=None, talk=None) | Q(session=None, visit=None) | Q(talk=None, visit=None),
                violation_error_message=_("Choose one of session, talk and visit."),
            ),
            models.CheckConstraint(
                name="document_file_described",
                condition=Q(file="", file_name="", kind="", size=0)
                | (~Q(file="") & ~Q(file_name="") & Q(kind__in=list(KINDS)) & Q(size__gt=0)),
            ),
            models.CheckConstraint(
                name="document_published_by_consent",
                condition=~Q(access="public") | Q(handed_in_at=None) | Q(may_publish=True),
                violation_error_message=_("Who handed this file in has not agreed that everybody may open it."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.title)

    def clean(self) -> None:
        """What it belongs to is of its edition."""
        for name, of in self._places():
            if of != self.edition_id:
                raise ValidationError({name: _("Choose one of the same edition.")})

    def _places(self) -> list[tuple[str, int]]:
        places = [("session", self.session.edition_id)] if self.session else []
        places += [("talk", self.talk.session.edition_id)] if self.talk else []
        return places + ([("visit", self.visit.session.edition_id)] if self.visit else [])

    @property
    def address_name(self) -> str:
        """What stands at the end of its address."""
        return self.file_name or "link"


@receiver(post_delete, sender=Document)
def delete_file(instance: Document, **_more: Any) -> None:
    """The file goes with its row, also where that goes with its edition; it stays when that change is undone."""
    forget(instance)


def forget(document: Document) -> None:
    """Delete the file that the row names now, once the change around is kept."""
    if name := document.file.name:
        storage = document.file.storage
        transaction.on_commit(lambda: storage.delete(name))
