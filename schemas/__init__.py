"""One pandera model a published table; Arrow schema, Dagster columns and data dictionary are derived from them."""
