"""Ways out for mail: an SMTP server, Microsoft Graph, a folder, and a webhook for a channel. Each takes one mail and says whether it was accepted."""
