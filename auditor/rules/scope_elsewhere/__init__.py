"""The rule scope-elsewhere."""
