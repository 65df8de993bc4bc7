"""The rule password-too-old."""
