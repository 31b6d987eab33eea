"""What happened: one line for every change of state, in both apps."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.edition import Edition
from events.models.fields import LineField


class HistoryLine(models.Model):
    """Who did what to which row, from which state to which. Append-only: the database refuses an update.

    It holds states and numbers, never names, addresses or other private text of participants.
    """

    at = models.DateTimeField(_("at"), auto_now_add=True)
    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, null=True, blank=True, related_name="history", verbose_name=_("edition")
    )
    subject = LineField(_("subject"), max_length=60, help_text=_("Model and key, for example participant 12."))
    subject_id = models.BigIntegerField(_("key"))
    verb = LineField(_("verb"), max_length=60)
    before = LineField(_("from"), max_length=200, blank=True)
    after = LineField(_("to"), max_length=200, blank=True)
    actor = LineField(_("by"), max_length=200)

    class Meta:
        verbose_name = _("history line")
        verbose_name_plural = _("history")
        ordering = ("-at", "-id")
        indexes = [
            models.Index(fields=["subject", "subject_id", "at"], name="history_subject"),
            models.Index(fields=["edition", "-at"], name="history_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.subject_id}: {self.verb}"


def record(
    subject: models.Model, verb: str, *, by: str, edition: Edition | None, before: object = "", after: object = ""
) -> HistoryLine:
    """Write one line about a saved row; `by` is the actor as text. Call it inside the transaction of the change."""
    return HistoryLine.objects.create(
        edition=edition,
        subject=str(subject._meta.model_name),
        subject_id=subject.pk,
        verb=verb,
        before=str(before),
        after=str(after),
        actor=by,
    )
