"""Variorum: from raw historical texts to a cleaned, citable dataset."""
