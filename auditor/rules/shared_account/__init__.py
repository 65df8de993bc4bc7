"""The rule shared-account."""
