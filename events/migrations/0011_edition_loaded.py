"""What the last load of an edition file wrote, so that a later one can tell what staff have edited since."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column more."""

    dependencies = [("events", "0002_guards")]
    operations = [
        migrations.AddField(
            model_name="edition", name="loaded", field=models.JSONField(blank=True, editable=False, null=True)
        )
    ]
