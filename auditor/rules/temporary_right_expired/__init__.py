"""The rule temporary-right-expired."""
