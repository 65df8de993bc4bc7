"""The rule closed-school-account."""
