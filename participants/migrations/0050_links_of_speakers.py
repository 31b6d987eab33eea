"""Speakers get links of their own, by which they hand in presentations."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0020_documents_are_files"),
        ("participants", "0040_starred_sessions"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="link",
            name="link_subject_fits_purpose",
        ),
        migrations.AddField(
            model_name="link",
            name="session",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="events.session",
                verbose_name="session",
            ),
        ),
        migrations.AddField(
            model_name="link",
            name="speaker",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="events.speaker",
                verbose_name="speaker",
            ),
        ),
        migrations.AlterField(
            model_name="link",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("my", "manage a registration"),
                    ("nominee", "register as nominated"),
                    ("delegation", "manage a delegation"),
                    ("calendar", "read a personal calendar"),
                    ("address", "confirm a changed address"),
                    ("hand_in", "hand in a presentation"),
                ],
                max_length=12,
                verbose_name="purpose",
            ),
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("session", None), ("speaker", None)),
                        ("delegation", None),
                        ("nomination", None),
                        ("participant__isnull", False),
                        ("purpose__in", ["my", "calendar", "address"]),
                    ),
                    models.Q(
                        models.Q(("session", None), ("speaker", None)),
                        ("delegation", None),
                        ("nomination__isnull", False),
                        ("participant", None),
                        ("purpose", "nominee"),
                    ),
                    models.Q(
                        models.Q(("session", None), ("speaker", None)),
                        ("delegation__isnull", False),
                        ("nomination", None),
                        ("participant", None),
                        ("purpose", "delegation"),
                    ),
                    models.Q(
                        ("delegation", None),
                        ("nomination", None),
                        ("participant", None),
                        ("purpose", "hand_in"),
                        ("session__isnull", False),
                        ("speaker__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="link_subject_fits_purpose",
            ),
        ),
    ]
