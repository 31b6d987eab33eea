"""Papers of an edition."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.edition import Edition
from events.models.field_visit import FieldVisit
from events.models.fields import TranslatedLineField
from events.models.session import Session, Talk


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
    file = models.FileField(_("file"), upload_to="documents/%Y/", max_length=300, blank=True)
    url = models.URLField(_("link"), max_length=500, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    access = models.CharField(_("who may open it"), max_length=12, choices=Access, default=Access.PUBLIC)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    added_at = models.DateTimeField(auto_now_add=True)

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
        ]

    def __str__(self) -> str:
        return str(self.title)
