"""Text: reversible edits, clean-up, sentences, language and spelling. Names, files and Dagster do not belong here."""
