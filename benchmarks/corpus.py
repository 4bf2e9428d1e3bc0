"""Corpora of any size: real prose where it lies beside the repository, else prose made from the sample seeds.

What is made keeps the one property that decides the speed of resolving: how the number of distinct names grows with
the text (Heaps' law, V = k · n^b). The samples are far too small to be drawn on as they are: names in them are
replaced, at a rate that falls as text grows, by new ones made of syllables of the names there are.
"""

import gzip
import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "corpus" / "encyclopaedia.jsonl.gz"
SAMPLES = ROOT / "seeds" / "raw"
FILE_CHARACTERS = 4_000_000
CAPITALISED = re.compile(r"\b[A-Z][a-zà-ž]{2,}\b")
PARTS = re.compile(r"[^aeiouy]*[aeiouy]+(?:[^aeiouy]+$)?")
HEAPS_EXPONENT = 0.756  # of distinct capitalised words in 36 MB of the encyclopaedia, by `heaps`
HEAPS_FACTOR = 0.192


@dataclass(frozen=True)
class Corpus:
    """A folder of seeds: its size in bytes of text, and what it was made from."""

    folder: Path
    text_bytes: int
    origin: str


def corpus(folder: Path, megabytes: int) -> Corpus:
    """Seeds of that much text in JSON lines, the same at every call."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted, written, number = megabytes * 1_000_000, 0, 0
    texts = prose()
    while written < wanted:
        posts: list[str] = []
        size = 0
        while size < FILE_CHARACTERS and written < wanted:
            text = next(texts)
            posts.append(json.dumps({"id": str(number), "text": text}, ensure_ascii=False))
            number += 1
            size += len(text)
            written += len(text.encode())
        (folder / f"part-{number:07d}.jsonl").write_text("\n".join(posts) + "\n", encoding="utf-8")
    return Corpus(folder, written, origin(megabytes))


def origin(megabytes: int) -> str:
    """What a corpus of that size is made from."""
    if not REAL.exists():
        return "made from the sample seeds"
    return "encyclopaedia" if megabytes <= 35 else "encyclopaedia, then again with further names"


def prose() -> Iterator[str]:
    """Texts without end: the real ones first, then all again with names that no text had before."""
    sources = list(_real() if REAL.exists() else _samples())
    rng = random.Random(1956)
    coiner = Coiner(name for text in sources[:2000] for name in CAPITALISED.findall(text))
    if REAL.exists():
        for text in sources:
            coiner.count(len(text))
            yield text
    while True:
        for text in rng.sample(sources, len(sources)):
            yield coiner.renamed(text, rng)


def _real() -> Iterator[str]:
    with gzip.open(REAL, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)["text"]


def _samples() -> Iterator[str]:
    for path in sorted(SAMPLES.rglob("*.txt")):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if len(text) > 500:
            yield text


class Coiner:
    """Makes new names as often as Heaps' law says that a growing text has new ones."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = list(dict.fromkeys(names))
        self._heads = sorted({PARTS.match(name)[0] for name in self._names if PARTS.match(name)})  # type: ignore[index]
        self._tails = sorted({name[len(name) // 2 :] for name in self._names})
        self._characters = 100_000
        self._again: dict[str, str] = {}

    def count(self, characters: int) -> None:
        """Take note of text that is used as it is."""
        self._characters += characters

    def renamed(self, text: str, rng: random.Random) -> str:
        """The text with some names replaced, each by one other name wherever it stands in it."""
        self.count(len(text))
        found = CAPITALISED.findall(text)
        slope = HEAPS_FACTOR * HEAPS_EXPONENT * self._characters ** (HEAPS_EXPONENT - 1)
        share = min(slope * len(text) / max(len(set(found)), 1), 0.9)
        new = {name: self._coin(rng) for name in dict.fromkeys(found) if rng.random() < share}
        return CAPITALISED.sub(lambda match: new.get(match[0], match[0]), text) if new else text

    def _coin(self, rng: random.Random) -> str:
        return rng.choice(self._heads) + rng.choice(self._tails) + rng.choice(("", "", "ov", "sky", "son", "a", "in"))


def heaps(texts: Iterable[str]) -> tuple[float, float]:
    """Factor and exponent of Heaps' law for distinct capitalised tokens by characters, fitted on a doubling scale."""
    seen: set[str] = set()
    characters, mark = 0, 100_000
    lengths: list[int] = []
    numbers: list[int] = []
    for text in texts:
        seen.update(CAPITALISED.findall(text))
        characters += len(text)
        if characters >= mark:
            lengths.append(characters)
            numbers.append(len(seen))
            mark = characters * 2
    exponent, factor = np.polyfit(np.log(np.array(lengths)), np.log(np.array(numbers)), 1)
    return float(np.exp(factor)), float(exponent)
