"""What happens: editions, their agenda, their visits and what is published of them. Knows nothing of who comes."""
