"""The rule folder-open-link."""
