"""Active Directory: what its attributes mean, and the live directory over LDAP. Exports (csvde, ldifde) and the live directory share the meanings."""
