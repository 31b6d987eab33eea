"""Who comes: delegations, registrations, visit places, attendance and the mails about them. Builds on events."""
