"""How well names are found: people in news articles, known surfaces in seeds, speed on prose.

    python -m pipelines.evaluate_find FOLDER --errors FILE

FOLDER holds `eval/` and `corpus/`. Called by `make evaluate`.
"""

import argparse
import csv
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipelines.evaluate import rates
from pipelines.names import plausible
from pipelines.names.beside import COUNTED
from pipelines.names.candidates import Candidate
from pipelines.names.find import find
from pipelines.text.sentences import split


def starts(text: str) -> list[int]:
    """Offsets of the sentence beginnings of an English text."""
    return [start for start, _ in split(text, "en")]


def surfaces_of(texts: Sequence[str]) -> tuple[list[list[Candidate]], pd.DataFrame]:
    """Candidates a text, and the table of distinct surfaces that `plausible` judges."""
    found = []
    counts: dict[str, Counter[str]] = {}
    lower: Counter[str] = Counter()
    for text in texts:
        opening = starts(text)
        candidates = find(text, opening)
        found.append(candidates)
        lower.update(re.findall(r"\b[^\W\d_A-Z]\w+", text))
        begins = set(opening)
        for surface in {text[c.start : c.end] for c in candidates}:
            counts.setdefault(surface, Counter())["n_posts"] += 1
        for c in candidates:
            row = counts[text[c.start : c.end]]
            row["n_mentions"] += 1
            row["n_initial"] += c.start in begins
            if c.hint:
                row[f"n_{COUNTED.get(c.hint, c.hint)}"] += 1
    columns = ["n_mentions", "n_posts", "n_initial", *(f"n_{kind}" for kind in plausible.KINDS)]
    table = pd.DataFrame.from_dict(counts, orient="index", columns=columns).fillna(0).astype(int)
    table = table.rename_axis("surface").reset_index()
    table["n_lower"] = [lower[surface.lower()] if surface != surface.lower() else 0 for surface in table["surface"]]
    return found, table


def people(text: str, candidates: Iterable[Candidate], kinds: dict[str, str]) -> list[tuple[int, int]]:
    """Spans of one text that are persons, lone surnames of those fully named in it included."""
    spans = [(c.start, c.end) for c in candidates if text[c.start : c.end] in kinds]
    names = pd.Series([text[start:end] for start, end in spans], dtype=object)
    kind = plausible.propagate(names, names.map(kinds))
    return [span for span, name in zip(spans, kind, strict=True) if name == "person"]


@dataclass(frozen=True, slots=True)
class Found:
    """How many people were found in each news article, found wrongly and missed; the errors with their surroundings."""

    right: list[int]
    wrong: list[int]
    missed: list[int]
    errors: list[tuple[str, str, str]]

    def rates(self, articles: Sequence[int]) -> tuple[float, float, float]:
        """Precision, recall and F1 over these articles (numbers; an article may be drawn more than once)."""
        return rates(*(sum(counts[one] for one in articles) for counts in (self.right, self.wrong, self.missed)))

    def told(self, rounds: int = 300) -> str:
        """The rates with their 95 % intervals, by drawing articles again and again."""
        count = len(self.right)
        draw = np.random.default_rng(0)
        drawn = [self.rates(draw.integers(0, count, count).tolist()) for _ in range(rounds)]
        low, high = np.percentile(np.array(drawn), [2.5, 97.5], axis=0)
        found = zip(("P", "R", "F1"), self.rates(range(count)), low, high, strict=True)
        return "  ".join(f"{name} {value:.3f} [{a:.3f}, {b:.3f}]" for name, value, a, b in found)


def read_news(path: Path) -> list[dict[str, Any]]:
    """The annotated articles of a gzipped JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def news(articles: Sequence[dict[str, Any]]) -> Found:
    """The people that Variorum finds in news articles."""
    texts = [article["text"] for article in articles]
    found, table = surfaces_of(texts)
    is_name = plausible.judge(table)
    kinds = dict(zip(table["surface"][is_name], plausible.kind(table)[is_name], strict=True))
    return judged(articles, [people(*one, kinds) for one in zip(texts, found, strict=True)])


def spacy_news(articles: Sequence[dict[str, Any]]) -> Found:
    """The people that spaCy's small English model finds in news articles.

    Raises:
        ImportError: spaCy is not installed.
        OSError: its model is not.
    """
    import spacy

    model = spacy.load("en_core_web_sm")
    texts = [article["text"] for article in articles]
    return judged(articles, [[(e.start_char, e.end_char) for e in text.ents if e.label_ == "PERSON"]
                             for text in model.pipe(texts)])  # fmt: skip


def judged(articles: Sequence[dict[str, Any]], found: Sequence[Sequence[tuple[int, int]]]) -> Found:
    """The spans found in each article against its annotations: any overlap counts, what lies in `ignore` does not."""
    result = Found([], [], [], [])
    for article, spans in zip(articles, found, strict=True):
        text, (low, high) = article["text"], article["judged"]
        gold = [(p["start"], p["end"]) if isinstance(p, dict) else tuple(p[:2]) for p in article["people"]]
        skip = [tuple(p[:2]) for p in article["ignore"]]
        spans = [one for one in spans if one[0] >= low and one[1] <= high]
        missed = [one for one in gold if not _meets(one, spans)]
        wrong = [one for one in spans if not _meets(one, [*gold, *skip])]
        result.right.append(len(gold) - len(missed))
        result.wrong.append(len(wrong))
        result.missed.append(len(missed))
        for said, ones in (("missed", missed), ("wrong", wrong)):
            result.errors.extend((said, text[a:b], text[max(0, a - 40) : b + 30]) for a, b in ones)
    return result


def _meets(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def exact_spans(folder: Path) -> tuple[float, list[str]]:
    """Fraction of the expected surfaces found with exactly their span (or without their title), and the others."""
    texts = [
        re.sub(r"(?m)^Upvote:.*\n?", "", p.read_text(encoding="utf-8"))
        for p in sorted((folder / "seeds").glob("*.txt"))
    ]
    found = Counter(text[c.start : c.end] for text in texts for c in find(text, starts(text)))
    with (folder / "expected.csv").open(encoding="utf-8") as file:
        expected = [row["surface"] for row in csv.DictReader(file)]
    lost = [name for name in expected if not found[name] and not found[_untitled(name)]]
    return 1 - len(lost) / len(expected), lost


def _untitled(name: str) -> str:
    """The expected surface as `find` cuts it where it stands inside a sentence."""
    cut = find(f"then {name} spoke", [0])
    return f"then {name} spoke"[cut[-1].start : cut[-1].end] if cut and cut[-1].end == 5 + len(name) else name


def speed(path: Path, megabytes: int = 8) -> float:
    """Megabytes of text a CPU second, sentence splitting left out."""
    texts: list[str] = []
    size = 0
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            texts.append(json.loads(line)["text"])
            size += len(texts[-1].encode())
            if size > megabytes * 1_000_000:
                break
    opening = [starts(text) for text in texts]
    find("Then he met Boris Yeltsin of the Warsaw Pact.", [0])
    began = time.process_time()
    for text, begins in zip(texts, opening, strict=True):
        find(text, begins)
    return size / (time.process_time() - began) / 1e6


def main(arguments: Sequence[str]) -> int:
    """Prints all figures and writes the errors behind them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--errors", type=Path, required=True, help="where to write the errors (CSV)")
    given = parser.parse_args(arguments)
    articles = read_news(given.shared / "eval/news_people.jsonl.gz")
    ours = news(articles)
    print(f"people in {len(articles)} news articles, any overlap")
    print(f"  {'variorum':16} {ours.told()}")
    try:
        print(f"  {'spaCy':16} {spacy_news(articles).told()}")
    except (ImportError, OSError) as error:
        print(f"  {'spaCy':16} not measured: {str(error).splitlines()[0]}")
    errors = ours.errors
    for folder in sorted((given.shared / "eval").glob("names_*")):
        share, lost = exact_spans(folder)
        print(f"{folder.name}: {share:.4f} of the surfaces found with exactly their span")
        errors = errors + [("not exactly", surface, folder.name) for surface in lost]
    print(f"finding: {speed(given.shared / 'corpus/encyclopaedia.jsonl.gz'):.1f} MB a CPU second")
    given.errors.parent.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(errors, columns=["error", "surface", "where"]).to_csv(given.errors, index=False, lineterminator="\n")
    print(f"{len(errors):,} names missed or found wrongly: {given.errors}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
