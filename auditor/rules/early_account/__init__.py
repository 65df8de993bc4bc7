"""The rule early-account."""
