"""Papers: links and files, who may open them, and what speakers handed in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import formats
from django.utils import timezone as clock
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from i18nfield.forms import I18nModelForm

from events.admin.scope import ScopedAdmin
from events.documents import put
from events.models import Document, Edition, Session
from events.uploads.field import Upload


class DocumentForm(I18nModelForm):
    """A paper with its file, judged by content, or its link."""

    new_file = Upload(
        label=_("File"),
        required=False,
        help_text=_(
            "PDF, Office or OpenDocument without macros, JPEG, PNG, WebP or plain text, at most 25 MB. Pictures lose"
            " what the camera wrote into them. A new file takes the place of the old one."
        ),
    )

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Document
        fields: tuple[str, ...] = ()  # those of the admin below, which knows how each is drawn

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = self.instance.changed_at.isoformat()

    def _refuse_stale(self, seen: str) -> None:
        """A speaker may have handed in another file meanwhile, without leave to publish it."""
        if not self.instance.pk:
            return
        Edition.objects.select_for_update(of=("self",), no_key=True).get(pk=self.instance.edition_id)
        now = Document.objects.filter(pk=self.instance.pk).first()
        if now is None or now.changed_at.isoformat() != seen:
            told = gettext("This document was changed or deleted while you wrote. Open it again and compare.")
            raise ValidationError(told)

    def clean(self) -> dict[str, Any]:
        """A file or a link: the one that is new, or the one that is there."""
        answers = super().clean() or {}
        self._refuse_stale(answers.get("seen", ""))
        has_file = bool(answers.get("new_file") or self.instance.file)
        if has_file == bool(answers.get("url")) and "new_file" not in self.errors:
            self.add_error("new_file", gettext("Give a file or a link, not both."))
        is_public = answers.get("access") == Document.Access.PUBLIC
        if is_public and self.instance.handed_in_at and not answers.get("may_publish"):
            self.add_error("access", gettext("Who handed this file in has not agreed that everybody may open it."))
        return answers


class HandedIn(admin.SimpleListFilter):
    """What speakers sent."""

    title = _("handed in")
    parameter_name = "handed_in"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """By what is to be done."""
        return [("waiting", gettext("to publish")), ("all", gettext("all that speakers handed in"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Document]) -> QuerySet[Document]:
        """All of them for a word that is not offered."""
        if self.value() == "waiting":
            return queryset.filter(handed_in_at__isnull=False, access=Document.Access.SECRETARIAT)
        return queryset.filter(handed_in_at__isnull=False) if self.value() == "all" else queryset


@admin.register(Document)
class DocumentAdmin(ScopedAdmin):
    """Papers of editions, sessions, talks and visits."""

    form = DocumentForm
    fieldsets = (
        (None, {"fields": ("edition", "title", "new_file", "the_file", "url", "language", "access", "order", "seen")}),
        (_("Belongs to (empty: the edition)"), {"fields": ("session", "talk", "visit")}),
        (_("Handed in"), {"fields": ("speaker", "handed_in_at", "may_publish")}),
    )
    readonly_fields = ("the_file", "speaker", "handed_in_at")
    list_display = ("title", "edition", "access", "language", "what", "downloads", "came")
    list_filter = ("edition", HandedIn, "access", "language")
    list_select_related = ("edition", "speaker")
    folded_fields = ("title", "file_name")
    also_saved = ("file", "file_name", "kind", "size")

    @admin.display(description=_("file"), ordering="size")
    def what(self, document: Document) -> str:
        """Type and size in words."""
        return (
            f"{document.get_kind_display()}, {filesizeformat(document.size)}" if document.file else gettext("web page")
        )

    @admin.display(description=_("handed in"), ordering="handed_in_at")
    def came(self, document: Document) -> str:
        """By whom and when."""
        if document.handed_in_at is None:
            return "–"
        moment = formats.date_format(clock.localtime(document.handed_in_at), "SHORT_DATETIME_FORMAT")
        return f"{document.speaker}, {moment}" if document.speaker else moment

    @admin.display(description=_("the file now"))
    def the_file(self, document: Document) -> str:
        """Its name, with the way to it, and how often it was downloaded."""
        if not document.file:
            return "–"
        link = reverse("participants:document", args=[document.edition.slug, document.pk, document.file_name])
        told = gettext("%(kind)s, %(size)s, %(number)s downloads") % {
            "kind": document.get_kind_display(),
            "size": filesizeformat(document.size),
            "number": document.downloads,
        }
        return format_html('<a href="{}"><bdi>{}</bdi></a> ({})', link, document.file_name, told)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A paper stays in its edition."""
        return (*self.readonly_fields, "edition") if obj else self.readonly_fields

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """What speakers handed in says so."""
        return self.fieldsets if obj and obj.handed_in_at else self.fieldsets[:2]

    def save_model(self, request: HttpRequest, obj: Document, form: Any, change: bool) -> None:
        """With the new file, if there is one."""
        if taken := form.cleaned_data.get("new_file"):
            put(obj, taken)
        super().save_model(request, obj, form, change)


def papers_of(session: Session) -> str:
    """The papers of a session as links, with the ways to add one and to ask its speakers for theirs."""
    if session.pk is None:
        return "–"
    papers = Document.objects.filter(Q(session=session) | Q(talk__session=session) | Q(visit__session=session))
    rows = [(reverse("admin:events_document_change", args=[paper.pk]), str(paper)) for paper in papers]
    add = reverse("admin:events_document_add")
    rows += [(f"{add}?edition={session.edition_id}&session={session.pk}", gettext("Add a document"))]
    rows += [(reverse("admin:participants_hand_in", args=[session.pk]), gettext("Ask speakers for presentations"))]
    return format_html_join(" · ", '<a href="{}">{}</a>', rows)
