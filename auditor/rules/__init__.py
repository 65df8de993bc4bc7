"""The catalogue of findings: one folder per rule, `rule.py` (what fires) beside `rule.toml` (everything else)."""
