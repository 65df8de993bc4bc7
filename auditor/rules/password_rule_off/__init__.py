"""The rule password-rule-off."""
