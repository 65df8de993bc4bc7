"""Entra ID over Microsoft Graph v1.0, read with an application of its own: msal signs in, GET is the only verb after that."""
