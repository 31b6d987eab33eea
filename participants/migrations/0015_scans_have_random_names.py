"""Scans of letters are kept under random names. Nothing in the database changes."""

from django.db import migrations, models

import participants.models.nomination


class Migration(migrations.Migration):
    dependencies = [("participants", "0004_who_comes")]

    operations = [
        migrations.AlterField(
            model_name="nominationletter",
            name="scan",
            field=models.FileField(
                blank=True, max_length=300, upload_to=participants.models.nomination.scan_path, verbose_name="scan"
            ),
        ),
    ]
