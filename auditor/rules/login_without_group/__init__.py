"""The rule login-without-group."""
