"""The rule used-after-leaving."""
