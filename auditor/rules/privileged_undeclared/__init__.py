"""The rule privileged-undeclared."""
