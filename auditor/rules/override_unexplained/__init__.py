"""The rule override-unexplained."""
