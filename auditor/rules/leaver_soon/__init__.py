"""The rule leaver-soon."""
