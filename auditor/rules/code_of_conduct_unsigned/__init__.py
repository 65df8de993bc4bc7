"""The rule code-of-conduct-unsigned."""
