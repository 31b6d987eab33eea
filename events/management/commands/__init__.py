"""Commands about editions and agendas."""
