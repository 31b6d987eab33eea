"""What other programs read of an agenda: calendar, schedule files, the list of changes."""
