"""Reads LDIF (RFC 2849), as ldifde, ldapsearch and ldbsearch export a directory. Knows no attribute's meaning."""
