"""Declared authorisation matrices (SOLL): reading, checking and describing them; the boards' matrices as templates."""
