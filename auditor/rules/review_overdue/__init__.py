"""The rule review-overdue."""
