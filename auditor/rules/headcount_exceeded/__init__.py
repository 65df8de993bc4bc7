"""The rule headcount-exceeded."""
