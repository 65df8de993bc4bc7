"""Compares the access rights people hold (IST) with those their board declared (SOLL), read-only, every night."""

import os

__version__ = "0.1.0"

# Arrow's own allocator keeps what a scan let go of: a third of its peak. Set before anything imports Arrow; a choice from outside stands.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
