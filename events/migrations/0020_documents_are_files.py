"""Documents are files as well as links. No file was taken before, so that there is none to describe."""

import django.db.models.deletion
from django.db import migrations, models

import events.models.document
import events.models.fields

# What a list of papers says; a download changes nothing that is read.
TELL = """
CREATE TRIGGER document_is_told AFTER INSERT OR DELETE
    OR UPDATE OF session_id, talk_id, visit_id, title, url, file_name, kind, size, language, access, "order"
    ON events_document FOR EACH STATEMENT EXECUTE FUNCTION rasr_tell_agenda();
"""
TELL_BACK = """
DROP TRIGGER document_is_told ON events_document;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0015_agenda_changes_are_told"),
    ]

    operations = [
        migrations.AddField(
            model_name="document",
            name="changed_at",
            field=models.DateTimeField(auto_now=True),
        ),
        migrations.AddField(
            model_name="document",
            name="downloads",
            field=models.PositiveIntegerField(default=0, verbose_name="downloads"),
        ),
        migrations.AddField(
            model_name="document",
            name="file_name",
            field=events.models.fields.LineField(blank=True, max_length=200, verbose_name="name of the file"),
        ),
        migrations.AddField(
            model_name="document",
            name="handed_in_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="handed in at"),
        ),
        migrations.AddField(
            model_name="document",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("pdf", "PDF"),
                    ("docx", "DOCX"),
                    ("xlsx", "XLSX"),
                    ("pptx", "PPTX"),
                    ("odt", "ODT"),
                    ("ods", "ODS"),
                    ("odp", "ODP"),
                    ("jpg", "JPG"),
                    ("png", "PNG"),
                    ("webp", "WEBP"),
                    ("txt", "TXT"),
                ],
                max_length=4,
                verbose_name="type",
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="may_publish",
            field=models.BooleanField(
                default=False,
                verbose_name="who handed it in agrees that it is published",
            ),
        ),
        migrations.AddField(
            model_name="document",
            name="size",
            field=models.PositiveIntegerField(default=0, help_text="Bytes.", verbose_name="size"),
        ),
        migrations.AddField(
            model_name="document",
            name="speaker",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="documents",
                to="events.speaker",
                verbose_name="handed in by",
            ),
        ),
        migrations.AlterField(
            model_name="document",
            name="file",
            field=models.FileField(
                blank=True, max_length=300, upload_to=events.models.document.random_path, verbose_name="file"
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("file", ""), ("file_name", ""), ("kind", ""), ("size", 0)),
                    models.Q(
                        models.Q(("file", ""), _negated=True),
                        models.Q(("file_name", ""), _negated=True),
                        ("kind__in", ["pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "jpg", "png", "webp", "txt"]),
                        ("size__gt", 0),
                    ),
                    _connector="OR",
                ),
                name="document_file_described",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("access", "public"), _negated=True),
                    ("handed_in_at", None),
                    ("may_publish", True),
                    _connector="OR",
                ),
                name="document_published_by_consent",
                violation_error_message="Who handed this file in has not agreed that everybody may open it.",
            ),
        ),
        migrations.RunSQL(TELL, TELL_BACK),
    ]
