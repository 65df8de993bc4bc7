"""The rule unmanaged-mail-address."""
