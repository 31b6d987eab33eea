"""Pages of those who come, and of the staff who receive them."""
