"""The rule missing-right."""
