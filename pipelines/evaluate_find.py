"""How well names are found: people in news articles, known surfaces in seeds, speed on prose.

Run as `python -m pipelines.evaluate_find FOLDER` with the folder that holds `eval/` and `corpus/`.
"""

import csv
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.names import plausible
from pipelines.names.find import Candidate, find
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
                row[f"n_{c.hint}"] += 1
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


def news(path: Path, half: str = "") -> dict[str, Any]:
    """Recall, precision and F1 of people found in news articles (any overlap; what lies in `ignore` left out)."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        articles = [json.loads(line) for line in file]
    found, table = surfaces_of([article["text"] for article in articles])
    is_name = plausible.judge(table)
    kinds = dict(zip(table["surface"][is_name], plausible.kind(table)[is_name], strict=True))
    right = wrong = missed = 0
    errors: list[tuple[str, str, str]] = []
    for number, (article, candidates) in enumerate(zip(articles, found, strict=True)):
        if half and (number % 2 == 0) != (half == "A"):
            continue
        text, (low, high) = article["text"], article["judged"]
        gold = [(p["start"], p["end"]) if isinstance(p, dict) else tuple(p[:2]) for p in article["people"]]
        skip = [tuple(p[:2]) for p in article["ignore"]]
        spans = [s for s in people(text, candidates, kinds) if s[0] >= low and s[1] <= high]
        for start, end in gold:
            hit = any(s < end and start < e for s, e in spans)
            right, missed = right + hit, missed + (not hit)
            if not hit:
                errors.append(("missed", text[start:end], text[max(0, start - 40) : end + 30]))
        for s, e in spans:
            if not any(s < end and start < e for start, end in (*gold, *skip)):
                wrong += 1
                errors.append(("wrong", text[s:e], text[max(0, s - 40) : e + 30]))
    recall, precision = right / (right + missed), right / (right + wrong)
    f1 = 2 * recall * precision / (recall + precision)
    return {"recall": recall, "precision": precision, "f1": f1, "n": right + missed, "errors": errors}


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


def speed(path: Path, megabytes: int = 8) -> dict[str, float]:
    """Megabytes of text a CPU second, sentence splitting left out."""
    texts: list[str] = []
    size = 0
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            texts.append(json.loads(line)["text"])
            size += len(texts[-1].encode())
            if size > megabytes * 1_000_000:
                break
    opening = [[m.end() for m in re.finditer(r"^|[.?!]\s+|\n\n+", text)] for text in texts]
    find("Then he met Boris Yeltsin of the Warsaw Pact.", [0])
    began = time.process_time()
    n = sum(len(find(text, begins)) for text, begins in zip(texts, opening, strict=True))
    seconds = time.process_time() - began
    return {"MB/s": size / seconds / 1e6, "candidates": n, "seconds": seconds}


def main(folder: Path) -> None:
    """Print all figures; the errors behind them to standard output after them."""
    for half in ("A", "B", ""):
        result = news(folder / "eval/news_people.jsonl.gz", half)
        print("news people", half or "all", {k: round(v, 3) for k, v in result.items() if k != "errors"})
    for kind, surface, context in result["errors"]:
        print(f"  {kind:7}{surface!r:40}{context!r}")
    for name in ("names_chess", "names_diplomacy"):
        share, lost = exact_spans(folder / "eval" / name)
        print(name, round(share, 4), lost)
    print(speed(folder / "corpus/encyclopaedia.jsonl.gz"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
