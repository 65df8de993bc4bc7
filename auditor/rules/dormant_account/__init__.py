"""The rule dormant-account."""
