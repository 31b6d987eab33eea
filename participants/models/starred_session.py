"""What a participant wants to see in their own agenda."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from participants.models.participant import Participant


class StarredSession(models.Model):
    """A session, or the working group, that one participant chose.

    It is named by the UID that it has in every release and no key: who starred a session that is taken away is told.
    """

    participant = models.ForeignKey(
        Participant, on_delete=models.CASCADE, related_name="starred", verbose_name=_("participant")
    )
    uid = models.UUIDField(_("UID of the session"))
    starred_at = models.DateTimeField(_("starred at"))

    class Meta:
        verbose_name = _("starred session")
        verbose_name_plural = _("starred sessions")
        ordering = ("starred_at", "id")
        constraints = [models.UniqueConstraint(fields=["participant", "uid"], name="starred_once")]
        indexes = [models.Index(fields=["uid"], name="starred_by_session")]

    def __str__(self) -> str:
        return f"{self.participant}: {self.uid}"
