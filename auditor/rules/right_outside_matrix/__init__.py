"""The rule right-outside-matrix."""
