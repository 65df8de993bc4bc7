"""The rule declaration-unsigned."""
