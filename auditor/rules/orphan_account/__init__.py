"""The rule orphan-account."""
