"""One person at one edition."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from events.models import Edition
from events.models.fields import LineField, ParagraphField
from events.text import fold
from participants.addresses import address_key
from participants.models.delegation import Delegation
from participants.models.nomination import Nomination

# No 0/O, 1/I/L or vowels: read aloud at a desk, and no words appear by chance.
CODE_LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"

# Officers by falling grade, then other ranks by falling grade: the order of a list in protocol.
RANK_CODES = [f"OF-{n}" for n in range(10, 0, -1)] + [f"OR-{n}" for n in range(9, 0, -1)]


def new_code() -> str:
    """Eight random characters for a badge: found by the desk, useless to others."""
    return "".join(secrets.choice(CODE_LETTERS) for _n in range(8))


class ParticipantQuerySet(models.QuerySet["Participant"]):
    """Participants, in the office's words."""

    def live(self) -> ParticipantQuerySet:
        """Registrations that stand: pending, confirmed or on the waiting list."""
        return self.filter(status__in=Participant.LIVE)

    def confirmed(self) -> ParticipantQuerySet:
        """Those who have a place."""
        return self.filter(status=Participant.Status.CONFIRMED)

    def holding_places(self) -> ParticipantQuerySet:
        """The confirmed who count against the capacity."""
        return self.confirmed().exclude(role__in=Participant.UNCOUNTED_ROLES)

    def matching(self, words: str) -> ParticipantQuerySet:
        """Those in whose name, organisation or delegation every word occurs, in any script, accents ignored."""
        found = self
        for word in fold(words)[:200].split():
            found = found.filter(search__contains=word)
        return found

    def in_protocol_order(self) -> ParticipantQuerySet:
        """By delegation; in each the head first, then by rank code, then by family name."""
        return self.order_by(
            "delegation__kind_rank",
            F("delegation__position").asc(nulls_last=True),
            "delegation__sort_folded",
            models.Case(models.When(role=Participant.Role.HEAD, then=0), default=1),
            F("rank_order").asc(nulls_last=True),
            "sort_name",
            "id",
        )


class Participant(models.Model):
    """A registration: who the person is, what was asked and agreed, and in which state it stands."""

    class Status(models.TextChoices):
        """See registration.py for the transitions."""

        PENDING = "pending", _("pending")
        CONFIRMED = "confirmed", _("confirmed")
        WAITLISTED = "waitlisted", _("waiting list")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Gender(models.TextChoices):
        """As the statistics count it."""

        FEMALE = "f", _("female")
        MALE = "m", _("male")
        OTHER = "x", _("other or not said")

    class Service(models.TextChoices):
        """Military people give a rank."""

        CIVIL = "civil", _("civil")
        MILITARY = "military", _("military")

    class Role(models.TextChoices):
        """What the badge says."""

        HEAD = "head", _("head of delegation")
        DELEGATE = "delegate", _("delegate")
        SPEAKER = "speaker", _("speaker")
        OBSERVER = "observer", _("observer")
        DONOR = "donor", _("donor")
        INTERPRETER = "interpreter", _("interpreter")
        MEDIA = "media", _("media")
        SECRETARIAT = "secretariat", _("secretariat")

    LIVE = (Status.PENDING, Status.CONFIRMED, Status.WAITLISTED)
    UNCOUNTED_ROLES = (Role.INTERPRETER, Role.MEDIA, Role.SECRETARIAT)

    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, related_name="participants", verbose_name=_("edition")
    )
    delegation = models.ForeignKey(
        Delegation, on_delete=models.RESTRICT, related_name="participants", verbose_name=_("delegation")
    )
    nomination = models.OneToOneField(
        Nomination,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="participant",
        verbose_name=_("nomination"),
    )
    replaces = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PENDING)
    reference = models.CharField(_("reference"), max_length=20, unique=True, editable=False)
    code = models.CharField(_("badge code"), max_length=8, unique=True, default=new_code, editable=False)
    submission = models.UUIDField(_("form sent"), default=uuid.uuid4, unique=True, editable=False)

    title = LineField(_("title"), max_length=60, blank=True)
    given_name = LineField(_("given names"), max_length=150, blank=True)
    family_name = LineField(_("family name"), max_length=150)
    printed_name = LineField(_("name on the badge"), max_length=200, blank=True)
    gender = models.CharField(_("gender"), max_length=1, choices=Gender)
    service = models.CharField(_("civil or military"), max_length=8, choices=Service)
    rank = LineField(_("rank"), max_length=80, blank=True)
    rank_code = models.CharField(
        _("NATO rank code"), max_length=5, choices=[(code, code) for code in RANK_CODES], blank=True
    )
    function = LineField(_("function"), max_length=200)
    organisation = LineField(_("organisation or unit"), max_length=200)
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.DELEGATE)
    email = models.EmailField(_("e-mail address"))
    email_key = models.CharField(max_length=320, editable=False)
    email_proven_at = models.DateTimeField(_("address proven at"), null=True, blank=True, editable=False)
    shares_mailbox = models.BooleanField(_("entered by the delegation contact with a shared mailbox"), default=False)
    phone = PhoneNumberField(_("telephone"), blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    dietary = ParagraphField(_("food"), max_length=500, blank=True)
    access_needs = ParagraphField(_("access needs"), max_length=500, blank=True)
    consent_version = models.CharField(_("version of the privacy notice"), max_length=20, editable=False)
    consent_privacy_at = models.DateTimeField(_("privacy notice accepted at"), null=True, blank=True, editable=False)
    consent_photo_at = models.DateTimeField(_("agreed to photos at"), null=True, blank=True, editable=False)
    consent_list_at = models.DateTimeField(_("agreed to contact in the list at"), null=True, blank=True, editable=False)
    staff_note = ParagraphField(_("note of the secretariat"), max_length=1000, blank=True)

    registered_at = models.DateTimeField(_("registered at"), editable=False)
    status_changed_at = models.DateTimeField(_("status since"), editable=False)
    erasure_asked_at = models.DateTimeField(_("asked to be erased at"), null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    sort_name = models.CharField(max_length=310, editable=False)
    search = models.TextField(editable=False)
    rank_order = models.PositiveSmallIntegerField(null=True, editable=False)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        ordering = ("sort_name", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "email_key"],
                condition=Q(status__in=["pending", "confirmed", "waitlisted"], shares_mailbox=False),
                name="participant_address_once_while_live",
            ),
            models.CheckConstraint(
                name="participant_military_has_rank_code",
                condition=Q(service="civil") | Q(rank_code__in=RANK_CODES) | Q(erased_at__isnull=False),
                violation_error_message=_("Choose the rank code."),
            ),
            models.CheckConstraint(
                name="participant_has_name", condition=~Q(family_name="") | Q(erased_at__isnull=False)
            ),
            models.CheckConstraint(
                name="participant_status_known",
                condition=Q(status__in=["pending", "confirmed", "waitlisted", "declined", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="participant_role_known",
                condition=Q(
                    role__in=["head", "delegate", "speaker", "observer", "donor", "interpreter", "media", "secretariat"]
                ),
            ),
            models.CheckConstraint(name="participant_gender_known", condition=Q(gender__in=["f", "m", "x"])),
            models.CheckConstraint(name="participant_service_known", condition=Q(service__in=["civil", "military"])),
        ]
        indexes = [
            models.Index(fields=["edition", "status", "registered_at"], name="participant_queue"),
            models.Index(fields=["delegation", "status"], name="participant_delegation"),
            models.Index(fields=["edition", "sort_name"], name="participant_by_name"),
            GinIndex(OpClass(F("search"), name="gin_trgm_ops"), name="participant_search"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Keep the columns that search, sorting and comparison read; update_fields takes them along."""
        self.email_key = address_key(self.email)
        self.sort_name = fold(f"{self.family_name} {self.given_name}")[:310]
        words = (self.name, self.family_name, self.given_name, self.organisation, self.delegation.name, self.reference)
        self.search = fold(" ".join(words))
        self.rank_order = RANK_CODES.index(self.rank_code) if self.rank_code else None
        if update_fields is not None:
            update_fields = {*update_fields, "email_key", "sort_name", "search", "rank_order"}
        super().save(*args, update_fields=update_fields, **kwargs)

    @property
    def name(self) -> str:
        """The name as printed on badge and certificate; of somebody erased, that it is gone."""
        return self.printed_name or f"{self.given_name} {self.family_name}".strip() or str(_("(erased)"))

    @property
    def counts_against_capacity(self) -> bool:
        """Whether the role takes one of the edition's places."""
        return self.role not in self.UNCOUNTED_ROLES
