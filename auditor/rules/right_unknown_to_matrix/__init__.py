"""The rule right-unknown-to-matrix."""
