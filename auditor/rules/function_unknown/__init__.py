"""The rule function-unknown."""
