"""Measures how the writing conventions agree with how name tokens are romanised in the wild; part of `make evaluate`.

The file has `latin`, `cyrillic` and `count`, a pair a line, some of them misaligned. Measured is `names.romanise`
alone; whole names are measured in `evaluate`.
"""

import gzip
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from rapidfuzz.distance import OSA

from pipelines.names import given, index, romanise

_SHOWN = 4
_DOUBLED = re.compile(r"(.)\1+")


def measure(file: Path) -> None:
    """Prints how often two Latin spellings of one Cyrillic token sound alike, and in what the others differ."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        table = pd.read_csv(lines, sep="\t", keep_default_na=False)
    table = table[(table["count"] >= 2) & (table["latin"].str.len() > 2)].drop_duplicates(["latin", "cyrillic"])
    several = table[table["cyrillic"].duplicated(keep=False)].sort_values(
        ["cyrillic", "count"], ascending=[True, False]
    )
    first = several.drop_duplicates("cyrillic").set_index("cyrillic")["latin"]
    other = several[several["cyrillic"].duplicated()]
    left, right = other["latin"].tolist(), first[other["cyrillic"]].tolist()
    original = other["cyrillic"].tolist()
    print(f"romanised tokens: {len(other):,} pairs of Latin spellings of one Cyrillic token")
    for name, a, b in (("two Latin ones", left, right), ("Latin and Cyrillic", left, original)):
        equal, near = romanise.agree(a, b).mean(), _near(a, b)
        print(f"  {name:20} sound alike {equal:.3f}, alike or but for one sign {near:.3f}")
    _print_differences(left, right)


def _print_differences(left: Sequence[str], right: Sequence[str]) -> None:
    """Prints in what those pairs differ that do not sound alike, with examples."""
    heard = romanise.agree(left, right)
    apart = [pair for pair, alike in zip(zip(left, right, strict=True), heard, strict=True) if not alike]
    forms = _forms_of_one([a for a, _ in apart], [b for _, b in apart])
    classes: dict[str, list[str]] = {}
    for (a, b), form in zip(apart, forms, strict=True):
        name = "known as forms of one given name" if form else _difference(*romanise.fold([a, b]))
        classes.setdefault(name, []).append(f"{a} {b}")
    print(f"  the {len(apart):,} pairs of Latin ones that do not sound alike:")
    for name, pairs in sorted(classes.items(), key=lambda one: -len(one[1])):
        shown = "; ".join(pairs[:: max(1, len(pairs) // _SHOWN)][:_SHOWN])
        print(f"    {len(pairs) / len(apart):.2f} {name} ({shown})")


def _forms_of_one(left: Sequence[str], right: Sequence[str]) -> list[bool]:
    tokens = list(dict.fromkeys([*left, *right]))
    groups = given.groups(romanise.fold(tokens), romanise.sounds(tokens))
    of = {token: {one for one in row if one >= 0} for token, row in zip(tokens, groups.tolist(), strict=True)}
    return [bool(of[a] & of[b]) for a, b in zip(left, right, strict=True)]


def _difference(left: str, right: str) -> str:
    """In what two folded spellings differ."""
    if left == right:
        return "accents, which matching letter by letter leaves out"
    if left.startswith(right) or right.startswith(left):
        return "letters at the end"
    one, other = (_DOUBLED.sub(r"\1", re.sub("[aeiouy]", "", word)) for word in (left, right))
    if one == other:
        return "vowels, or a letter doubled"
    if one.replace("h", "") == other.replace("h", ""):
        return "an h"
    if OSA.distance(one, other) == 1:
        return "one consonant"
    return "several consonants: another language's form, or misaligned"


def _near(left: Sequence[str], right: Sequence[str]) -> float:
    """The share of pairs that sound alike but for one sign at most."""
    tokens = list(dict.fromkeys([*left, *right]))
    heard = index.hear(tokens)
    found: dict[str, set[int]] = {token: set() for token in tokens}
    for row, one in zip(heard.row.tolist(), heard.number.tolist(), strict=True):
        found[tokens[heard.sounds.token[row]]].add(one)
    return float(np.mean([not found[a].isdisjoint(found[b]) for a, b in zip(left, right, strict=True)]))
