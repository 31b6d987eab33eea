"""Public pages of what is announced."""
