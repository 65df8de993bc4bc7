"""The rule temporary-right-incomplete."""
