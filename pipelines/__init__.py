"""Variorum: from raw historical texts to a cleaned, citable dataset."""

import os

# Arrow's own way to hold memory keeps what was freed from all that is not Arrow's: a seventh more for a build.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
