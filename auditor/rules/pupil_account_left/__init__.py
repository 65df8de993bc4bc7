"""The rule pupil-account-left."""
