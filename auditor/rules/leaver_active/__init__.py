"""The rule leaver-active."""
