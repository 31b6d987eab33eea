"""Rules that Django's constraints cannot say: a room is of the session's edition; what was released is final."""

from django.db import migrations

SAME_EDITION = """
ALTER TABLE events_room ADD CONSTRAINT room_with_edition UNIQUE (id, edition_id);
ALTER TABLE events_session ADD CONSTRAINT session_room_same_edition
    FOREIGN KEY (room_id, edition_id) REFERENCES events_room (id, edition_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE events_talk ADD CONSTRAINT talk_with_session UNIQUE (id, session_id);
ALTER TABLE events_appearance ADD CONSTRAINT appearance_talk_same_session
    FOREIGN KEY (talk_id, session_id) REFERENCES events_talk (id, session_id) DEFERRABLE INITIALLY DEFERRED;
"""
SAME_EDITION_BACK = """
ALTER TABLE events_appearance DROP CONSTRAINT appearance_talk_same_session;
ALTER TABLE events_talk DROP CONSTRAINT talk_with_session;
ALTER TABLE events_session DROP CONSTRAINT session_room_same_edition;
ALTER TABLE events_room DROP CONSTRAINT room_with_edition;
"""

FINAL = """
CREATE FUNCTION rasr_refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER release_is_final BEFORE UPDATE ON events_agendarelease
    FOR EACH ROW EXECUTE FUNCTION rasr_refuse_update();
CREATE TRIGGER history_is_final BEFORE UPDATE ON events_historyline
    FOR EACH ROW EXECUTE FUNCTION rasr_refuse_update();
"""
FINAL_BACK = """
DROP TRIGGER history_is_final ON events_historyline;
DROP TRIGGER release_is_final ON events_agendarelease;
DROP FUNCTION rasr_refuse_update();
"""


class Migration(migrations.Migration):
    """Foreign keys over two columns, and triggers that refuse an update."""

    dependencies = [("events", "0001_initial")]
    operations = [migrations.RunSQL(SAME_EDITION, SAME_EDITION_BACK), migrations.RunSQL(FINAL, FINAL_BACK)]
