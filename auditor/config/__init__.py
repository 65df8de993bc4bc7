"""The configuration: its schema, and reading it with every error at once."""
