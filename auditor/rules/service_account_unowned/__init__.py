"""The rule service-account-unowned."""
