"""The rule former-domain-account."""
