"""The rule data-quality."""
