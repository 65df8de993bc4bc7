"""The rule duplicate-account."""
