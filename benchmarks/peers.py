"""Other tools on the same text, in one process: `python -m benchmarks.peers SEEDS` prints a line of JSON.

Each does a part of what a build does, the way one would write it first: spaCy's tokeniser; spaCy's name finder, where a
model is installed; rapidfuzz for the distinct names against the authority; a pandas script with one regular expression,
a dictionary of exact names, and Parquet out; reading, decoding and one pass of a regular expression as the bare cost.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import regex
from rapidfuzz import fuzz, process

from benchmarks.measure import ROOT

RUN = regex.compile(r"\p{Lu}[\p{L}\p{M}'’.-]*(?: \p{Lu}[\p{L}\p{M}'’.-]*)*")
QUERIES = 3000
SLOW_CHARACTERS = 1_000_000  # spaCy sees no more, and its rate is told


def texts(seeds: Path) -> Iterator[str]:
    for file in sorted(seeds.glob("*.jsonl")):
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)["text"]


def authority() -> list[str]:
    files = sorted((ROOT / "seeds" / "reference" / "authority").glob("*.csv"))
    return pd.concat([pd.read_csv(file, dtype=str) for file in files])["name"].dropna().tolist()


def some(all_texts: list[str]) -> list[str]:
    chosen, size = [], 0
    for text in all_texts:
        if size > SLOW_CHARACTERS:
            break
        chosen.append(text)
        size += len(text)
    return chosen


def bare(seeds: Path) -> int:
    """Reading, decoding, one regular expression."""
    return sum(len(text.encode()) for text in texts(seeds) for _ in [sum(1 for _ in RUN.finditer(text))])


def spacy_tokeniser(seeds: Path) -> int:
    import spacy

    tokeniser: Any = spacy.blank("en").tokenizer
    chosen = some(list(texts(seeds)))
    for _ in tokeniser.pipe(chosen):
        pass
    return sum(len(text.encode()) for text in chosen)


def spacy_names(seeds: Path) -> int:
    import spacy

    model = spacy.load("en_core_web_sm")
    chosen = some(list(texts(seeds)))[:40]
    for _ in model.pipe(chosen):
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
    names = sorted({name for text in some(list(texts(seeds))) for name in RUN.findall(text)})[:QUERIES]
    process.cdist(names, authority(), scorer=fuzz.WRatio, score_cutoff=85, workers=1)
    return len(names)


def measured(work: Callable[[Path], int], seeds: Path) -> dict[str, Any]:
    started = time.process_time()
    try:
        amount = work(seeds)
    except (ImportError, OSError) as error:  # spaCy raises OSError for a model that is not installed
        return {"missing": str(error).splitlines()[0]}
    return {"amount": amount, "cpu": time.process_time() - started}


PEERS: dict[str, Callable[[Path], int]] = {
    "reading, decoding, one regular expression": bare,
    "pandas script": pandas_script,
    "spaCy tokeniser": spacy_tokeniser,
    "spaCy names (en_core_web_sm)": spacy_names,
    "rapidfuzz WRatio, every name with every name": rapidfuzz_resolving,
}

if __name__ == "__main__":
    print(json.dumps({name: measured(work, Path(sys.argv[1])) for name, work in PEERS.items()}))
