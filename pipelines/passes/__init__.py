"""The passes over the documents: pure functions from files to files that any executor may run.

`read` makes records of seed files, `clean` prepares groups of records, `judge` and `ask` look at words and surfaces,
`apply` writes the published parts.
"""
