"""The rule forbidden-right."""
