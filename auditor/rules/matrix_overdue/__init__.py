"""The rule matrix-overdue."""
