"""The rule temporary-right-unauthorised."""
