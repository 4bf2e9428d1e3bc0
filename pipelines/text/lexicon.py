"""The English lexicon: which words there are, how common they are, how Britain and America spell them.

It is data (`data/english.txt.gz`, made from SCOWL and symspellpy's counts; see `data/README.md`), loaded once a
process. Judging words that are not in it belongs to `spelling`.
"""

import csv
import gzip
from collections.abc import Callable
from functools import cache
from importlib import resources

_NO_LEVEL = 999
_RAREST_KNOWN = 80
_RAREST_TARGET = 60
_RAREST_COMMON = 50
_RAREST_BASIC = 10
# What a word of a level of SCOWL counts for where its count is not known, on the scale of the counts (log10).
_COUNT_OF_LEVEL = {10: 7.5, 20: 7.0, 35: 6.3, 40: 6.0, 50: 5.7, 55: 5.5, 60: 5.2}
_SHARED_WORDS = (
    "a al am an as chef con cum de del den der des die dis do du e el en es est et ex gens hat he i il in is la"
    " las le les lo los mal man me mi my no non nun o on or os para per plus por pro qua que sans se si son sous"
    " sub sur tu un us van via von war was"
)
SHARED = frozenset(_SHARED_WORDS.split())
"""Words that are as common in other languages: they show nothing about the language of a passage."""

_FOREIGN_WORDS = (
    "con cum de del den der des du e el en es est et il la las le les lo los mal mi nun para que sans sous sur tu"
    " und van von"
)
FOREIGN = frozenset(_FOREIGN_WORDS.split())
"""Small words of other languages that English prose borrows only with what follows them: `arroz con pollo`."""


@cache
def known() -> frozenset[str]:
    """Every lower-case word that is never changed: all but the rarest, and names written without their capital."""
    sections = _sections()
    words = [word for key, listed in sections.items() if _level(key) <= _RAREST_KNOWN for word in listed]
    return frozenset((*words, *sections["names"], *"ai"))


@cache
def common() -> frozenset[str]:
    """The words whose company shows that a passage is English."""
    return frozenset(w for key, listed in _sections().items() if _level(key) <= _RAREST_COMMON for w in listed) - SHARED


@cache
def basic() -> frozenset[str]:
    """The few thousand most common words, which show English prose even at the start of a sentence."""
    return frozenset(w for key, listed in _sections().items() if _level(key) <= _RAREST_BASIC for w in listed) - SHARED


@cache
def rare() -> frozenset[str]:
    """Words of the largest lists only, where rare words stand among slips that were taken for words."""
    return (
        frozenset(w for key, listed in _sections().items() if _RAREST_KNOWN < _level(key) < _NO_LEVEL for w in listed)
        - known()
    )


@cache
def stems() -> frozenset[str]:
    """The words that others are made from by prefixes, suffixes and joining."""
    return frozenset(w for key, listed in _sections().items() if _level(key) <= _RAREST_TARGET for w in listed)


@cache
def bases() -> frozenset[str]:
    """The words and names that `-ise`, `-ist` and `-ism` are joined to."""
    return stems() | frozenset(_sections()["names"])


@cache
def targets() -> dict[str, float]:
    """The words that a slip may stand for → how common they are (log10 of a count in a large corpus)."""
    sections = _sections()
    found = {
        word: _COUNT_OF_LEVEL[_level(key)]
        for key, listed in sections.items()
        if key.startswith("standard") and _level(key) <= _RAREST_TARGET
        for word in listed
    }
    for key, listed in sections.items():
        if key.startswith("count"):
            count = float(key.partition(" ")[2])
            found.update((word, count) for word in listed if word in found)
    return found


@cache
def regional() -> dict[str, str]:
    """British spellings → American ones."""
    path = resources.files(__package__) / "data" / "british_american.csv"
    rows = csv.DictReader(path.read_text(encoding="ascii").splitlines())
    return {row["british"]: row["american"] for row in rows}


def _level(key: str) -> int:
    kind, _, level = key.partition(" ")
    return int(level) if kind in {"standard", "variant"} else _NO_LEVEL


@cache
def _sections() -> dict[str, list[str]]:
    path = resources.files(__package__) / "data" / "english.txt.gz"
    text = gzip.decompress(path.read_bytes()).decode("ascii")
    parts = (section.split("\n", 1) for section in text.removeprefix("= ").split("\n= "))
    return {name: listed.split() for name, listed in parts}


def let_go() -> None:
    """Forget the file that the lists are made from; what asks for another list reads it again."""
    _sections.cache_clear()


LOADERS: tuple[Callable[[], object], ...] = (known, common, basic, rare, stems, targets)
"""What a process that judges words will load."""
