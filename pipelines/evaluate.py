"""Measures how well names are matched, on gold data, with other tools side by side; called by `make evaluate`.

    python -m pipelines.evaluate GOLD [--errors FILE] [--large]

GOLD holds folders `names_*`, each with `expected.csv` (`surface`, `entity_id`, `hard`) and `reference/authority`, and
`romanised_tokens.tsv.gz`. Measured are the pure functions of `pipelines.names`.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz, process, utils

from pipelines import evaluate_tokens
from pipelines.names import find, index, known, romanise
from pipelines.names.authority import Authority, Decisions, load
from pipelines.names.resolve import resolve
from pipelines.names.settings import NameSettings

COUNTS = ("n_initial", "n_lower", "n_place", "n_organisation", "n_event")
PEERS: dict[str, Callable[..., float]] = {"WRatio": fuzz.WRatio, "token_set_ratio": fuzz.token_set_ratio}


def as_surfaces(names: Sequence[str]) -> pd.DataFrame:
    """Names as `resolve` takes them, each found once, inside a sentence, and taken for a person's."""
    return pd.DataFrame({"surface": names, "n_mentions": 1, "n_posts": 1, "n_person": 1}).assign(
        **dict.fromkeys(COUNTS, 0)
    )


def as_found(name: str) -> str:
    """The name as a build finds it inside a sentence: without titles, but whole where it would be cut in two."""
    text = f"then {name} spoke"
    found = find.find(text, [0])
    return text[found[0].start : found[0].end] if len(found) == 1 else name


def links(names: Sequence[str], authority: Authority) -> pd.DataFrame:
    """The default reading of each name: `entity_id` (empty where not accepted), `review`, `score`, `explanation`."""
    names = [as_found(name) for name in names]
    distinct = list(dict.fromkeys(names))
    readings = resolve(as_surfaces(distinct), authority, Decisions(), NameSettings()).readings
    default = readings[readings["is_default"]].drop_duplicates("run").set_index("run")
    default = default.assign(known=default["entity_id"].isin(authority.entities["entity_id"]))
    of = default.reindex(pd.Index(list(names))).reset_index(drop=True)
    known_one = of["known"].eq(True)
    return pd.DataFrame({
        "entity_id": of["entity_id"].where(known_one & (of["status"] == "accepted"), "").fillna(""),
        "review": of["entity_id"].where(known_one & (of["status"] == "review"), "").fillna(""),
        "score": of["score"].fillna(0.0), "explanation": of["explanation"].fillna(""),
    })  # fmt: skip


def rates(right: int, wrong: int, missed: int) -> tuple[float, float, float]:
    """Precision, recall and F1 of accepted links; `wrong` links to the wrong entity count as missed too."""
    precision, recall = right / max(right + wrong, 1), right / max(right + missed, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def scored(expected: pd.DataFrame, linked: pd.Series) -> tuple[float, float, float]:
    """Precision, recall, F1 of links against the expected ones."""
    right = ((linked != "") & (linked == expected["entity_id"])).sum()
    return rates(int(right), int((linked != "").sum() - right), int((expected["entity_id"] != "").sum() - right))


def interval(expected: pd.DataFrame, linked: pd.Series, rounds: int = 300) -> str:
    """The 95 % intervals of precision, recall and F1, by drawing names again and again."""
    draw = np.random.default_rng(0)
    both = pd.DataFrame({"entity_id": expected["entity_id"].to_numpy(), "linked": linked.to_numpy()})
    found = []
    for _ in range(rounds):
        sample = both.iloc[draw.integers(0, len(both), len(both))]
        found.append(scored(sample, sample["linked"]))
    low, high = np.percentile(np.array(found), [2.5, 97.5], axis=0)
    return "  ".join(f"{name} {a:.3f}-{b:.3f}" for name, a, b in zip("PRF", low, high, strict=True))


def peer(
    names: Sequence[str], authority: Authority, scorer: Callable[..., float]
) -> tuple[list[str], npt.NDArray[np.float64]]:
    """The entity whose name a rapidfuzz scorer likes best, for each name, and how much it does."""
    known_names = authority.entities["name"].tolist()
    best, score = [], []
    for start in range(0, len(names), 500):
        table = process.cdist(
            names[start : start + 500], known_names, scorer=scorer, processor=utils.default_process, dtype=np.uint8
        )
        best += table.argmax(axis=1).tolist()
        score += table.max(axis=1).tolist()
    return authority.entities["entity_id"].iloc[best].tolist(), np.array(score, np.float64)


def measure_names(folder: Path) -> pd.DataFrame:
    """Prints the figures of one gold folder; the errors, ready to be read."""
    authority = load(folder / "reference" / "authority")
    expected = pd.read_csv(folder / "expected.csv", dtype=str, keep_default_na=False)
    started = time.process_time()
    found = links(expected["surface"].tolist(), authority)
    seconds = time.process_time() - started
    hard = expected["hard"] == "1"
    easy, linked = expected[~hard], found["entity_id"][~hard]
    precision, recall, f1 = scored(easy, linked)
    print(f"{folder.name}: {len(expected):,} names, {len(authority.entities):,} entities, {seconds:.1f} CPU s")
    print(f"  {'variorum':16} P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}   95 %: {interval(easy, linked)}")
    for name, scorer in PEERS.items():
        started = time.process_time()
        best, score = peer(easy["surface"].tolist(), authority, scorer)
        seconds = time.process_time() - started
        figures = []
        for least in range(60, 101):
            chosen = pd.Series(np.where(score >= least, best, ""), index=easy.index)
            figures.append((*scored(easy, chosen)[::-1], least))
        top = max(figures)
        print(
            f"  {name:16} P {top[2]:.3f}  R {top[1]:.3f}  F1 {top[0]:.3f}   "
            f"at its best threshold, {top[3]}; {seconds:.1f} CPU s"
        )
    wrong = (found["entity_id"] != "") & (found["entity_id"] != expected["entity_id"]) & hard
    print(f"  hard cases: {wrong.sum()} of {hard.sum()} linked wrongly ({wrong.sum() / max(hard.sum(), 1):.1%})")
    _calibration(expected, found)
    return _errors(folder.name, expected, found, authority)


def _calibration(expected: pd.DataFrame, found: pd.DataFrame) -> None:
    meant = found["entity_id"].where(found["entity_id"] != "", found["review"])
    has = meant != ""
    right = (meant == expected["entity_id"])[has]
    bins = pd.cut(found["score"][has], [0, 0.3, 0.5, 0.7, 0.85, 0.95, 0.99, 1.0])
    table = right.groupby(bins, observed=True).agg(["mean", "size"])
    print("  score → share right: " + "  ".join(f"{b}: {m:.2f} ({n})" for b, m, n in table.itertuples()))


def _errors(name: str, expected: pd.DataFrame, found: pd.DataFrame, authority: Authority) -> pd.DataFrame:
    label = authority.entities.set_index("entity_id")["name"]
    both = pd.concat([expected, found.rename(columns={"entity_id": "linked"})], axis=1)
    both = both[both["linked"] != both["entity_id"]]
    return both.assign(
        data=name, expected=both["entity_id"].map(label).fillna(""), got=both["linked"].map(label).fillna(""),
        doubt=both["review"].map(label).fillna(""),
    )[["data", "hard", "surface", "expected", "got", "doubt", "score", "explanation"]]  # fmt: skip


def measure_clusters(folder: Path) -> None:
    """Prints how well spellings of unknown people are told apart: purity and pairwise F1 with an empty authority."""
    expected = pd.read_csv(folder / "expected.csv", dtype=str, keep_default_na=False).drop_duplicates("surface")
    expected = expected.reset_index(drop=True)
    truth = expected["entity_id"].where(expected["entity_id"] != "", "alone " + expected.index.astype(str))
    readings = resolve(
        as_surfaces(expected["surface"].tolist()), load(Path("/nonexistent")), Decisions(), NameSettings()
    ).readings
    entity = readings[readings["is_default"]].drop_duplicates("run").set_index("run")["entity_id"]
    ours = expected["surface"].map(entity).fillna("none")
    print(f"{folder.name} with an empty authority: {len(expected):,} names of {truth.nunique():,} people")
    fingerprint = expected["surface"].map(_fingerprint)
    ngrams = expected["surface"].map(
        lambda name: "".join(sorted({name.lower()[i : i + 2] for i in range(len(name) - 1)}))
    )
    for name, groups in (("variorum", ours), ("fingerprint", fingerprint), ("2-gram", ngrams)):
        print(
            f"  {name:16} purity {_purity(groups, truth):.3f}  "
            f"pairwise F1 {_pairwise(groups, truth):.3f}  {groups.nunique():,} groups"
        )


def _fingerprint(name: str) -> str:
    """OpenRefine's fingerprint key: folded, without punctuation, words sorted."""
    return " ".join(sorted(set(romanise.fold([name.replace(".", " ").replace("-", " ")])[0].split())))


def _purity(groups: "pd.Series[str]", truth: "pd.Series[str]") -> float:
    return (
        float(pd.crosstab(groups, truth).max(axis=1).sum() / len(truth))
        if len(truth) < 500
        else _large_purity(groups, truth)
    )


def _large_purity(groups: "pd.Series[str]", truth: "pd.Series[str]") -> float:
    sizes = pd.DataFrame({"g": groups, "t": truth}).groupby(["g", "t"]).size()
    return float(sizes.groupby(level=0).max().sum() / len(truth))


def _pairwise(groups: "pd.Series[str]", truth: "pd.Series[str]") -> float:
    def pairs(values: Sequence[object]) -> int:
        return sum(n * (n - 1) // 2 for n in Counter(values).values())

    both = pairs(list(zip(groups, truth, strict=True)))
    precision, recall = both / max(pairs(groups.tolist()), 1), both / max(pairs(truth.tolist()), 1)
    return 2 * precision * recall / max(precision + recall, 1e-9)


def measure_large(folder: Path, size: int = 1_000_000, asked: int = 10_000) -> None:
    """Prints time and memory of an index of a million names, recombined from a gold folder's, and of asking it."""
    names = load(folder / "reference" / "authority").entities["name"]
    draw = np.random.default_rng(0)
    given = names.str.rsplit(" ", n=1).str[0].to_numpy()
    stems = np.array(sorted({name.rsplit(" ", 1)[-1] for name in names}), dtype=object)
    ends = np.array(
        ["", "a", "s", "er", "ov", "ev", "in", "ski", "son", "berg", "man", "ić", "ko", "ian", "oglu"], dtype=object
    )
    surname = draw.choice(stems, size) + draw.choice(ends, size)
    large = [f"{a} {b}" for a, b in zip(draw.choice(given, size), surname, strict=True)]
    started = time.process_time()
    made = index.build(large)
    print(
        f"index of {size:,} names: made in {time.process_time() - started:.0f} CPU s, {len(made.parts.tokens):,} parts"
    )
    with tempfile.TemporaryDirectory() as place:
        made.save(Path(place))
        started = time.perf_counter()
        made = index.read(Path(place))
        print(
            f"  read back in {time.perf_counter() - started:.1f} s, "
            f"{sum(f.stat().st_size for f in Path(place).iterdir()) / 1e6:.0f} MB on disk"
        )
        ready = known.prepare(made)
        queries = [large[i] for i in draw.integers(0, size, asked)]
        started = time.process_time()
        for start in range(0, asked, 2000):
            known.compare(known.lay_out(queries[start : start + 2000]), ready)
        print(f"  {asked / (time.process_time() - started):,.0f} surfaces a CPU second")
    print(f"  peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


def main(arguments: Sequence[str]) -> int:
    """Runs all measurements that the gold data allows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--errors", type=Path, help="where to write the errors (CSV)")
    parser.add_argument("--large", action="store_true", help="measure an index of a million names too")
    given = parser.parse_args(arguments)
    folders = sorted(given.gold.glob("names_*"))
    if not folders:
        print(f"No gold data in {given.gold}: expected folders names_*; nothing was measured.")
        return 0
    errors = pd.concat([measure_names(folder) for folder in folders], ignore_index=True)
    measure_clusters(folders[0])
    if (given.gold / "romanised_tokens.tsv.gz").exists():
        evaluate_tokens.measure(given.gold / "romanised_tokens.tsv.gz")
    if given.large:
        measure_large(folders[-1])
    if given.errors:
        given.errors.parent.mkdir(parents=True, exist_ok=True)
        errors.to_csv(given.errors, index=False, lineterminator="\n")
        print(f"{len(errors):,} names linked wrongly, or not linked: {given.errors}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
