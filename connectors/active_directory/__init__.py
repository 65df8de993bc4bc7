"""Active Directory: what its attributes mean. Exports (csvde, ldifde) and the live directory are read with the same conversions."""
