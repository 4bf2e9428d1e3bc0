"""`make bench`: how fast, how large, how much memory, measured side by side in one run."""
