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
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.names import lexicon
from pipelines.names.romanise import fold
from pipelines.names.surfaces import true

WORD, INITIAL, SHORT, PARTICLE, TITLE, SUFFIX = range(6)
"""What a part is. SHORT is a given name cut short (`Mikh.`, `Yu.`), which stands for any name that starts so."""
# Persian -zade, son of, is written onto the name before it, with a hyphen or without.
_SON = r"(?i:zad(?:eh?|a))(?!\w)"
_TOKEN = re.compile(rf"\n|(?<=\w)[-‐‑–—](?=\w)(?!{_SON})|[^\s\-‐‑–—.,;:()\[\]\"“”„«»/]+(?:[-‐‑](?={_SON})\w+)?\.?")
_AT_ONCE = 1 << 17
"""Names that are split at a time: each word of theirs is a Python text then."""
_HYPHENS = tuple("-‐‑–—")
_FIRST = 1 + len(_HYPHENS)
"""The number of the first part, behind those of a name's end and of hyphens."""
_PATRONYMIC = (
    r"(?:[oeyi][vw][iy]t?[ckszšćčhj]{1,5}|[oeyi][vw]na|[oe][vw]n[ay]|i[ck]hna|i[ck]na|[ієио]вич|[ое]вна|ична|ич)\z"
)
# Son and daughter of the one named before, in Azerbaijani, Turkmen, Uzbek, Kazakh and Kyrgyz names.
CHILD = frozenset("oglu oglou ogly ogli ogl oghlu oghli ughli ugli uly uulu kyzy kizi qizi gizi qyzy kyz qiz".split())  # noqa: SIM905
_DIGRAPHS = frozenset(
    "yu iu ju ya ia ja ye ie je yo jo zh ch sh kh ts tz th ph st dz cs sz gy cz al ed wm jas jos geo chas thos".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of many names.

    Attributes:
        tokens: The distinct parts in order of first appearance, as written, without full stops.
        folded: The same in lower case without accents.
        role: What each distinct part is (WORD, INITIAL ...).
        first: Number of each name's first row in `token`, and one more at the end.
        token: For each part of each name, in order, its position in `tokens`.
        joined: For each of them whether a hyphen joins it to the one before.
    """

    tokens: list[str]
    folded: list[str]
    role: npt.NDArray[np.int8]
    first: npt.NDArray[np.int64]
    token: npt.NDArray[np.int32]
    joined: npt.NDArray[np.bool_]

    def some(self, start: int, stop: int) -> "Parts":
        """The parts of some of the names, by the numbers that they have here."""
        first = self.first[start : stop + 1]
        rows = slice(int(first[0]), int(first[-1]))
        return Parts(self.tokens, self.folded, self.role, first - first[0], self.token[rows], self.joined[rows])

    def name_of_row(self) -> npt.NDArray[np.int32]:
        """The number of the name each row of `token` belongs to."""
        return np.repeat(np.arange(len(self.first) - 1, dtype=np.int32), np.diff(self.first))


def split(names: Sequence[str]) -> Parts:
    """The parts of each name, titles and all."""
    numbers = {sign: number for number, sign in enumerate(["\n", *_HYPHENS])}
    sizes, tokens, joined = [np.zeros(1, np.int64)], [np.zeros(0, np.int32)], [np.zeros(0, bool)]
    for start in range(0, len(names), _AT_ONCE):
        size, token, is_joined = _split(names[start : start + _AT_ONCE], numbers)
        sizes.append(size)
        tokens.append(token)
        joined.append(is_joined)
    written = list(numbers)[_FIRST:]
    bare = [one.rstrip(".") for one in written]
    folded = fold(bare)
    first = np.cumsum(np.concatenate(sizes))
    return Parts(bare, folded, _roles(written, folded), first, np.concatenate(tokens), np.concatenate(joined))


def _split(
    names: Sequence[str], numbers: dict[str, int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    """How many parts each name has, and `token` and `joined` of `Parts`: each distinct word is split once."""
    lists = pc.split_pattern(pa.array(names, pa.string()), " ")
    words = lists.flatten().dictionary_encode()
    first, token, joined = _parts_of(words.dictionary.to_pylist(), numbers)
    word = words.indices.to_numpy()
    count = np.diff(first)[word]
    before = np.concatenate([[0], np.cumsum(count)])
    at = np.repeat(first[word] - before[:-1], count) + np.arange(before[-1])
    return np.diff(before[lists.offsets]), token[at], joined[at]


def _parts_of(
    words: Sequence[str], numbers: dict[str, int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    """The parts of what stands between spaces, as `first`, `token` and `joined` of `Parts`; new parts are numbered."""
    found = _TOKEN.findall("\n".join([word.replace("\n", " ") for word in words]) + "\n")
    place, distinct = pd.factorize(np.array(found, dtype=object))
    code = np.array([numbers.setdefault(one, len(numbers)) for one in distinct], np.int32)[place]
    is_part, is_end = code >= _FIRST, code == 0
    first = np.concatenate([[0], np.cumsum(is_part)[is_end]])
    joined = np.concatenate([[False], ~(is_part | is_end)[:-1]])
    return first, code[is_part] - np.int32(_FIRST), joined[is_part]


def spans(name: str) -> list[tuple[int, int]]:
    """Where each part stands in the name, as `split` counts them; the full stop of an initial is left out."""
    found = [m for m in _TOKEN.finditer(name.replace("\n", " ")) if m.group() not in _HYPHENS]
    return [(m.start(), m.end() - m.group().endswith(".")) for m in found]


def is_patronymic(folded: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which parts end as East Slavic patronymics do (`Sergeevich`, `Sergejewitsch`, `Sergeevna`)."""
    texts = pa.array(folded, pa.string())
    found = pc.and_(pc.match_substring_regex(texts, _PATRONYMIC), pc.greater(pc.utf8_length(texts), 5))
    return true(found)


def _roles(written: list[str], folded: list[str]) -> npt.NDArray[np.int8]:
    classes = lexicon.words()
    titles, suffixes = classes["titles"] - classes["suffixes"] - _DIGRAPHS, classes["suffixes"]
    particles = _table()["particles"] | CHILD
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
        elif (dotted and length <= 5) or (length == 2 and bare in _DIGRAPHS and one[:1].isupper()):
            roles[number] = INITIAL if length == 2 and bare in _DIGRAPHS and dotted else SHORT
    return roles


@cache
def _table() -> dict[str, frozenset[str]]:
    text = files("pipelines.names").joinpath("parts.toml").read_text("utf-8")
    return {name: frozenset(words.split()) for name, words in tomllib.loads(text).items()}
