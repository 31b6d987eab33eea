"""Template tags about those who come, for pages of both apps."""
