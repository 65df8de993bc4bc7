"""The rule scope-too-wide."""
