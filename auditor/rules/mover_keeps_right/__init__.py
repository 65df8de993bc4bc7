"""The rule mover-keeps-right."""
