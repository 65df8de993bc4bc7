"""The rule toxic-combination."""
