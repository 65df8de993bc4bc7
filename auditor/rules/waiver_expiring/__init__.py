"""The rule waiver-expiring."""
