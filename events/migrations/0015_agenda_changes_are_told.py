"""Every process hears at once that what the public sees of an agenda has changed, whoever changed it."""

from django.db import migrations

TELL = """
CREATE FUNCTION rasr_tell_agenda() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NOTIFY rasr_agenda;
    RETURN NULL;
END $$;
CREATE TRIGGER release_is_told AFTER INSERT OR DELETE ON events_agendarelease
    FOR EACH STATEMENT EXECUTE FUNCTION rasr_tell_agenda();
CREATE TRIGGER edition_is_told AFTER DELETE OR UPDATE OF slug, status ON events_edition
    FOR EACH STATEMENT EXECUTE FUNCTION rasr_tell_agenda();
"""
TELL_BACK = """
DROP TRIGGER edition_is_told ON events_edition;
DROP TRIGGER release_is_told ON events_agendarelease;
DROP FUNCTION rasr_tell_agenda();
"""


class Migration(migrations.Migration):
    """Triggers that notify, as a transaction commits, who listens to the channel of the agenda."""

    dependencies = [("events", "0014_keep_times_are_bounded")]
    operations = [migrations.RunSQL(TELL, TELL_BACK)]
