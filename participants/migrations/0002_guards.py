"""Rules that Django's constraints cannot say: what belongs together has one parent; a scan stays as it was."""

from django.db import migrations

SAME_PARENT = """
ALTER TABLE participants_delegation ADD CONSTRAINT delegation_with_edition UNIQUE (id, edition_id);
ALTER TABLE participants_participant ADD CONSTRAINT participant_delegation_same_edition
    FOREIGN KEY (delegation_id, edition_id) REFERENCES participants_delegation (id, edition_id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE participants_nomination ADD CONSTRAINT nomination_with_delegation UNIQUE (id, delegation_id);
ALTER TABLE participants_participant ADD CONSTRAINT participant_nomination_same_delegation
    FOREIGN KEY (nomination_id, delegation_id) REFERENCES participants_nomination (id, delegation_id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE participants_nominationletter ADD CONSTRAINT letter_with_delegation UNIQUE (id, delegation_id);
ALTER TABLE participants_nomination ADD CONSTRAINT nomination_letter_same_delegation
    FOREIGN KEY (letter_id, delegation_id) REFERENCES participants_nominationletter (id, delegation_id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE participants_vehicle ADD CONSTRAINT vehicle_with_visit UNIQUE (id, visit_id);
ALTER TABLE participants_visitbooking ADD CONSTRAINT booking_vehicle_same_visit
    FOREIGN KEY (vehicle_id, visit_id) REFERENCES participants_vehicle (id, visit_id) DEFERRABLE INITIALLY DEFERRED;
"""
SAME_PARENT_BACK = """
ALTER TABLE participants_visitbooking DROP CONSTRAINT booking_vehicle_same_visit;
ALTER TABLE participants_vehicle DROP CONSTRAINT vehicle_with_visit;
ALTER TABLE participants_nomination DROP CONSTRAINT nomination_letter_same_delegation;
ALTER TABLE participants_nominationletter DROP CONSTRAINT letter_with_delegation;
ALTER TABLE participants_participant DROP CONSTRAINT participant_nomination_same_delegation;
ALTER TABLE participants_nomination DROP CONSTRAINT nomination_with_delegation;
ALTER TABLE participants_participant DROP CONSTRAINT participant_delegation_same_edition;
ALTER TABLE participants_delegation DROP CONSTRAINT delegation_with_edition;
"""

# Only the two columns of the void mark may change on a scan, and an attendance mark keeps what it said.
FINAL = """
CREATE FUNCTION rasr_refuse_scan_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.void_at IS NOT NULL
        OR (to_jsonb(NEW) - 'void_at' - 'void_by') <> (to_jsonb(OLD) - 'void_at' - 'void_by') THEN
        RAISE EXCEPTION 'a scan is append-only' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER scan_is_final BEFORE UPDATE ON participants_scan
    FOR EACH ROW EXECUTE FUNCTION rasr_refuse_scan_update();
CREATE TRIGGER look_is_final BEFORE UPDATE OF at, actor, action, records, reason ON participants_recordlook
    FOR EACH ROW EXECUTE FUNCTION rasr_refuse_update();
"""
# The columns are encrypted, so Django offers no look-up on them; empty text is stored as empty.
EMPTY_WHEN_SENT = """
ALTER TABLE participants_message ADD CONSTRAINT message_sent_is_empty
    CHECK (state <> 'sent' OR (text = '' AND html = '' AND calendar = '' AND sent_at IS NOT NULL));
"""
EMPTY_WHEN_SENT_BACK = "ALTER TABLE participants_message DROP CONSTRAINT message_sent_is_empty;"
FINAL_BACK = """
DROP TRIGGER look_is_final ON participants_recordlook;
DROP TRIGGER scan_is_final ON participants_scan;
DROP FUNCTION rasr_refuse_scan_update();
"""


class Migration(migrations.Migration):
    """Foreign keys over two columns, and triggers."""

    dependencies = [("participants", "0001_initial"), ("events", "0002_guards")]
    operations = [
        migrations.RunSQL(SAME_PARENT, SAME_PARENT_BACK),
        migrations.RunSQL(FINAL, FINAL_BACK),
        migrations.RunSQL(EMPTY_WHEN_SENT, EMPTY_WHEN_SENT_BACK),
    ]
