"""A private PostgreSQL for development and tests, and the database engine that starts it. Never for production."""
