"""The rule level-too-high."""
