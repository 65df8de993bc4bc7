"""The rule vanished-from-hr."""
