"""Who was there, by day or by session."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Session
from participants.models.participant import Participant


class AttendanceQuerySet(models.QuerySet["Attendance"]):
    """Attendance, in the office's words."""

    def standing(self) -> AttendanceQuerySet:
        """Rows that were not made void."""
        return self.filter(void_at=None)


class Attendance(models.Model):
    """One mark for one person and one day or session. A correction makes it void and writes another."""

    class Mark(models.TextChoices):
        """A day is attended when any of its rows is present."""

        PRESENT = "present", _("present")
        ABSENT = "absent", _("absent")
        EXCUSED = "excused", _("excused")
        REPRESENTED = "represented", _("represented by another")

    class Source(models.TextChoices):
        """How the mark came to be."""

        SCAN = "scan", _("scan")
        LIST = "list", _("list")
        IMPORT = "import", _("import")
        OFFLINE = "offline", _("scan without network")

    participant = models.ForeignKey(
        Participant, on_delete=models.CASCADE, related_name="attendance", verbose_name=_("participant")
    )
    day = models.DateField(_("day"))
    session = models.ForeignKey(
        Session, on_delete=models.RESTRICT, null=True, blank=True, related_name="attendance", verbose_name=_("session")
    )
    mark = models.CharField(_("mark"), max_length=12, choices=Mark, default=Mark.PRESENT)
    source = models.CharField(_("how"), max_length=8, choices=Source, default=Source.LIST)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.CharField(_("recorded by"), max_length=200)
    void_at = models.DateTimeField(_("void since"), null=True, blank=True)
    void_by = models.CharField(_("made void by"), max_length=200, blank=True)
    void_reason = models.CharField(_("reason of the correction"), max_length=200, blank=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        ordering = ("day", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "day", "session"],
                condition=Q(void_at=None),
                nulls_distinct=False,
                name="attendance_one_standing_mark",
            ),
            models.CheckConstraint(
                name="attendance_mark_known", condition=Q(mark__in=["present", "absent", "excused", "represented"])
            ),
            models.CheckConstraint(
                name="attendance_void_whole",
                condition=Q(void_at=None, void_by="") | (Q(void_at__isnull=False) & ~Q(void_by="")),
            ),
        ]
        indexes = [models.Index(fields=["session", "day"], name="attendance_session_day")]

    def __str__(self) -> str:
        return f"{self.participant}: {self.get_mark_display()}"
