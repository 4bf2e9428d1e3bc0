"""Other tools on the same text, in one process: `python -m benchmarks.peers SEEDS` prints a line of JSON.

Each does a part of what a build does, the way one would write it first: spaCy's tokeniser; spaCy's name finder, where a
model is installed; rapidfuzz for the distinct names against the authority; a pandas script with one regular expression,
a dictionary of exact names, and Parquet out; reading, decoding and one pass of a regular expression as the bare cost.
Imports and the loading of models are left out.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import regex
from rapidfuzz import fuzz, process

from benchmarks.measure import ROOT

RUN = regex.compile(r"\p{Lu}[\p{L}\p{M}'’.-]*(?: \p{Lu}[\p{L}\p{M}'’.-]*)*")
QUERIES = 3000
SLOW_CHARACTERS, SLOWEST_CHARACTERS = 8_000_000, 400_000  # spaCy sees no more, and its rate is told
Work = Callable[[Path], int]


def texts(seeds: Path) -> Iterator[str]:
    for file in sorted(seeds.glob("*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)["text"]


def authority() -> list[str]:
    files = sorted((ROOT / "seeds" / "reference" / "authority").glob("*.csv"))
    return pd.concat([pd.read_csv(file, dtype=str) for file in files])["name"].dropna().tolist()


def some(seeds: Path, characters: int) -> list[str]:
    chosen, size = [], 0
    for text in texts(seeds):
        if size > characters:
            break
        chosen.append(text)
        size += len(text)
    return chosen


def bare(seeds: Path) -> int:
    """Reading, decoding, one regular expression."""
    return sum(len(text.encode()) for text in texts(seeds) for _ in [sum(1 for _ in RUN.finditer(text))])


def spacy_tokeniser() -> Work:
    import spacy

    return partial(_piped, spacy.blank("en").tokenizer, SLOW_CHARACTERS)


def spacy_names() -> Work:
    import spacy

    return partial(_piped, spacy.load("en_core_web_sm"), SLOWEST_CHARACTERS)


def _piped(tool: Any, characters: int, seeds: Path) -> int:
    chosen = some(seeds, characters)
    for _ in tool.pipe(chosen):
        pass
    return sum(len(text.encode()) for text in chosen)


def pandas_script(seeds: Path) -> int:
    """Names by one pattern, exact ones linked, all written: no spelling, no variants, no edits, no checks."""
    posts = pd.DataFrame({"text": list(texts(seeds))})
    posts["text"] = posts["text"].str.replace(r"\s+", " ", regex=True).str.strip()
    mentions = posts["text"].map(RUN.findall).explode().dropna().rename("surface").reset_index()
    known = {name: number for number, name in enumerate(authority())}
    mentions["entity"] = mentions["surface"].map(known)
    counts = mentions.groupby("surface").size().rename("n").reset_index()
    with tempfile.TemporaryDirectory() as folder:
        for name, table in (("posts", posts), ("mentions", mentions), ("counts", counts)):
            table.to_parquet(Path(folder) / f"{name}.parquet")
    return int(posts["text"].str.len().sum())


def rapidfuzz_resolving(seeds: Path) -> int:
    """Distinct names against every name of the authority; the rate is names, not bytes."""
    names = sorted({name for text in some(seeds, SLOW_CHARACTERS) for name in RUN.findall(text)})[:QUERIES]
    process.cdist(names, authority(), scorer=fuzz.WRatio, score_cutoff=85, workers=1)
    return len(names)


def measured(tool: Callable[[], Work], seeds: Path) -> dict[str, Any]:
    try:
        work = tool()
    except (ImportError, OSError) as error:  # spaCy raises OSError for a model that is not installed
        return {"missing": str(error).splitlines()[0]}
    started = time.process_time()
    amount = work(seeds)
    return {"amount": amount, "cpu": time.process_time() - started}


PEERS: dict[str, Callable[[], Work]] = {
    "reading, decoding, one regular expression": lambda: bare,
    "pandas script": lambda: pandas_script,
    "spaCy tokeniser": spacy_tokeniser,
    "spaCy names (en_core_web_sm)": spacy_names,
    "rapidfuzz WRatio, every name with every name": lambda: rapidfuzz_resolving,
}

if __name__ == "__main__":
    print(json.dumps({name: measured(tool, Path(sys.argv[1])) for name, tool in PEERS.items()}))
