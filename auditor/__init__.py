"""Compares the access rights people hold (IST) with those their board declared (SOLL), read-only, every night."""

__version__ = "0.1.0"
