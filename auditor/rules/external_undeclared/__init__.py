"""The rule external-undeclared."""
