"""The rule replacement-too-short."""
