"""Template tags of the pages of events."""
