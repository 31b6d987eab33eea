"""The vehicle in which somebody comes back; it is one of the visit that was booked."""

import django.db.models.deletion
from django.db import migrations, models

SAME_VISIT = """
ALTER TABLE participants_visitbooking ADD CONSTRAINT booking_back_vehicle_same_visit
    FOREIGN KEY (back_vehicle_id, visit_id) REFERENCES participants_vehicle (id, visit_id)
    DEFERRABLE INITIALLY DEFERRED;
"""
SAME_VISIT_BACK = "ALTER TABLE participants_visitbooking DROP CONSTRAINT booking_back_vehicle_same_visit;"


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0013_edition_invitation"),
        ("participants", "0015_scans_have_random_names"),
    ]

    operations = [
        migrations.AddField(
            model_name="visitbooking",
            name="back_vehicle",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.RESTRICT,
                related_name="bookings_back",
                to="participants.vehicle",
                verbose_name="vehicle on the way back",
            ),
        ),
        migrations.AddConstraint(
            model_name="visitbooking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("back_vehicle", None), ("boarded_back_at", None)),
                    models.Q(("back_vehicle__isnull", False), ("boarded_back_at__isnull", False)),
                    _connector="OR",
                ),
                name="booking_back_in_a_vehicle",
            ),
        ),
        migrations.RunSQL(SAME_VISIT, SAME_VISIT_BACK),
    ]
