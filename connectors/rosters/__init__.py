"""Rosters of several files that belong together (OneRoster, School Data Sync): found, read, and turned into tables."""
