"""Corpora of any size: real prose where it lies beside the repository, else prose made from the sample seeds.

What is made keeps the one property that decides the speed of resolving: how the number of distinct names grows with
the text (Heaps' law, V = k · n^b), of words with a capital and of names of several such words, which grow faster. Prose
that stands there again is given new words, made of syllables of those there are, and other first words of its names.
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
SEVERAL = re.compile(r"\b([A-Z][a-zà-ž]{2,})((?: [A-Z][a-zà-ž]{2,})+)")
PARTS = re.compile(r"[^aeiouy]*[aeiouy]+(?:[^aeiouy]+$)?")
REAL_MEGABYTES = 35
"""Up to so much text a corpus is the encyclopaedia alone."""
WORDS_LAW, NAMES_LAW = (0.192, 0.756), (0.00392, 0.990)
"""Factor and exponent of Heaps' law by characters: of CAPITALISED and of SEVERAL in 36 MB of the encyclopaedia."""


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
    return "encyclopaedia" if megabytes <= REAL_MEGABYTES else "encyclopaedia, then again with further names"


def prose() -> Iterator[str]:
    """Texts without end: the real ones first, then all again with names that no text had before."""
    sources = list(_real() if REAL.exists() else _samples())
    rng = random.Random(1956)
    coiner = Coiner(name for text in sources[:2000] for name in CAPITALISED.findall(text))
    if REAL.exists():
        for text in sources:
            yield coiner.count(text)
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
        self._words: set[str] = set()
        self._several: set[str] = set()

    def count(self, text: str) -> str:
        """The text as it is, taken note of."""
        self._characters += len(text)
        self._words.update(CAPITALISED.findall(text))
        self._several.update(match[0] for match in SEVERAL.finditer(text))
        return text

    def renamed(self, text: str, rng: random.Random) -> str:
        """The text with as many new words and names as are missing, a word replaced by one other wherever it stands."""
        characters = self._characters + len(text)
        found = list(dict.fromkeys(CAPITALISED.findall(text)))
        missing = max(int(_law(WORDS_LAW, characters)) - len(self._words), 0)
        new = {name: self._coin(rng) for name in rng.sample(found, min(missing, len(found)))}
        text = CAPITALISED.sub(lambda match: new.get(match[0], match[0]), text) if new else text
        missing = int(_law(NAMES_LAW, characters)) - len(self._several)
        paired: dict[str, str] = {}
        for name in dict.fromkeys(SEVERAL.findall(text)):
            missing -= "".join(name) not in self._several
            if missing > 0 and "".join(name) in self._several:
                paired["".join(name)] = rng.choice(self._names) + name[1]
                missing -= 1
        return self.count(SEVERAL.sub(lambda match: paired.get(match[0], match[0]), text) if paired else text)

    def _coin(self, rng: random.Random) -> str:
        return rng.choice(self._heads) + rng.choice(self._tails) + rng.choice(("", "", "ov", "sky", "son", "a", "in"))


def _law(law: tuple[float, float], characters: int) -> float:
    factor, exponent = law
    return factor * characters**exponent


def heaps(texts: Iterable[str], names: re.Pattern[str] = CAPITALISED) -> tuple[float, float]:
    """Factor and exponent of Heaps' law for distinct names by characters, fitted on a doubling scale."""
    seen: set[str] = set()
    characters, mark = 0, 100_000
    lengths: list[int] = []
    numbers: list[int] = []
    for text in texts:
        seen.update(match[0] for match in names.finditer(text))
        characters += len(text)
        if characters >= mark:
            lengths.append(characters)
            numbers.append(len(seen))
            mark = characters * 2
    exponent, factor = np.polyfit(np.log(np.array(lengths)), np.log(np.array(numbers)), 1)
    return float(np.exp(factor)), float(exponent)
