"""Commands about those who come."""
