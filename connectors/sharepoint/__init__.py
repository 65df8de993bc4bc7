"""Members and links of the declared SharePoint folders (OPOR), over Microsoft Graph. No file in them is ever opened or listed."""
