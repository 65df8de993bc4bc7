"""The rule mfa-missing."""
