"""The passes over the documents: pure functions from files to files that any executor may run.

`read` makes records of seed files, `clean` prepares groups of records, `apply` writes the published parts.
"""
