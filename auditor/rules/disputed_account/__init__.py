"""The rule disputed-account."""
