"""Splits names into their parts and tells what each part can be: word, initial, abbreviation, particle, title, suffix.

Works on many names at once: the parts of all names stand in one table, each distinct part once. How parts of two names
compare is `match`'s business; which runs of capitals are names at all is `find`'s.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.names import lexicon
from pipelines.names.romanise import fold

WORD, INITIAL, SHORT, PARTICLE, TITLE, SUFFIX = range(6)
"""What a part is. SHORT is a given name cut short (`Mikh.`, `Yu.`), which stands for any name that starts so."""
_TOKEN = re.compile(r"\n|[^\s\-‐‑.,;:()\[\]\"“”„«»/]+\.?")
_PATRONYMIC = re.compile(r"(?:[oeyi]v[iy]t?[ckszšćčhj]{1,5}|[oeyi]vna|[oe]vn[ay]|i[ck]hna|i[ck]na|[ієио]вич|[ое]вна|ична|ич)\Z")
_DIGRAPHS = frozenset("yu iu ju ya ia ja ye ie je yo jo zh ch sh kh ts tz th ph st dz cs sz gy cz al ed wm jas jos geo chas thos".split())


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of many names.

    Attributes:
        tokens: The distinct parts in order of first appearance, as written, without full stops.
        folded: The same in lower case without accents.
        role: What each distinct part is (WORD, INITIAL ...).
        first: Number of each name's first row in `token`, and one more at the end.
        token: For each part of each name, in order, its position in `tokens`.
    """

    tokens: list[str]
    folded: list[str]
    role: npt.NDArray[np.int8]
    first: npt.NDArray[np.int64]
    token: npt.NDArray[np.int32]

    def name_of_row(self) -> npt.NDArray[np.int32]:
        """The number of the name each row of `token` belongs to."""
        return np.repeat(np.arange(len(self.first) - 1, dtype=np.int32), np.diff(self.first))


def split(names: Sequence[str]) -> Parts:
    """The parts of each name, titles and all."""
    found = _TOKEN.findall("\n".join(names))
    codes, distinct = pd.factorize(np.array(found, dtype=object)) if found else (np.zeros(0, np.int64), [])
    written = [str(one) for one in distinct]
    is_break = np.array([one == "\n" for one in written], dtype=bool)
    breaks = np.flatnonzero(is_break[codes]) if len(written) else np.zeros(0, np.int64)
    first = np.zeros(len(names) + 1, dtype=np.int64)
    if names:
        first[1:-1] = breaks - np.arange(len(breaks))
        first[-1] = len(codes) - len(breaks)
    rows = codes[~is_break[codes]] if len(written) else codes
    renumber = np.cumsum(~is_break) - 1 if len(written) else np.zeros(0, np.int64)
    written = [one for one in written if one != "\n"]
    bare = [one.rstrip(".") for one in written]
    folded = fold(bare)
    return Parts(bare, folded, _roles(written, folded), first, renumber[rows].astype(np.int32))


def spans(name: str) -> list[tuple[int, int]]:
    """Where each part stands in the name, as `split` counts them; the full stop of an initial is left out."""
    return [(m.start(), m.end() - m.group().endswith(".")) for m in _TOKEN.finditer(name.replace("\n", " "))]


def is_patronymic(folded: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which parts end as East Slavic patronymics do (`Sergeevich`, `Sergejewitsch`, `Sergeevna`)."""
    return np.fromiter((len(one) > 5 and bool(_PATRONYMIC.search(one)) for one in folded), bool, len(folded))


def _roles(written: list[str], folded: list[str]) -> npt.NDArray[np.int8]:
    classes = lexicon.words()
    titles, suffixes = classes["titles"] - classes["suffixes"] - _DIGRAPHS, classes["suffixes"]
    particles = _table()["particles"]
    roles = np.zeros(len(written), dtype=np.int8)
    for number, (one, bare) in enumerate(zip(written, folded, strict=True)):
        length, dotted = len(bare), one.endswith(".")
        if length > 12:
            continue
        if length <= 1:
            roles[number] = INITIAL if bare.isalpha() else SUFFIX
        elif bare in suffixes:
            roles[number] = SUFFIX
        elif bare in particles:
            roles[number] = PARTICLE
        elif bare in titles:
            roles[number] = TITLE
        elif dotted and length <= 5 or length == 2 and bare in _DIGRAPHS and one[:1].isupper():
            roles[number] = INITIAL if length == 2 and bare in _DIGRAPHS and dotted else SHORT
    return roles


@cache
def _table() -> dict[str, frozenset[str]]:
    text = files("pipelines.names").joinpath("parts.toml").read_text("utf-8")
    return {name: frozenset(words.split()) for name, words in tomllib.loads(text).items()}
