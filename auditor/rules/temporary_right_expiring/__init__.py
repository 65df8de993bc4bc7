"""The rule temporary-right-expiring."""
