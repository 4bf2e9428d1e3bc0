"""How well a build agrees with posts that people have annotated: the optional `gold.csv` of the reference folder.

What its columns mean is in docs/gold.md. Peers and other gold data are measured in `pipelines.evaluate`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.names.authority import ReferenceFileError, read_rows

FILE = "gold.csv"
COLUMNS = ("path", "post", "surface", "occurrence", "entity_id", "kind", "optional", "written")
COUNTED = ("post", "occurrence")
RESAMPLES = 500
RIGHT, WRONG, REVIEW, MISSED, SPURIOUS = "right", "wrong entity", "in review", "missed", "no name"
Interval = tuple[float, float, float]
Counts = npt.NDArray[np.int64]
Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Score:
    """Agreement with the gold annotations.

    Attributes:
        outcomes: One row an annotated name or a spurious mention: `post_id`, `surface`, `expected`, `found`, `outcome`.
        split: Names in no authority whose spellings were given more than one entity.
        merged: Entities that two different names in no authority share.
    """

    outcomes: pd.DataFrame
    split: list[str]
    merged: list[str]

    def errors(self) -> pd.DataFrame:
        """The outcomes that are not right."""
        return self.outcomes[self.outcomes["outcome"] != RIGHT]

    def rates(self) -> dict[str, Interval]:
        """Precision, recall and F1 of accepted links with their 95 % intervals (bootstrap over posts)."""
        table = pd.crosstab(self.outcomes["post_id"], self.outcomes["outcome"])
        counts: Counts = table.reindex(columns=[RIGHT, WRONG, REVIEW, MISSED, SPURIOUS], fill_value=0).to_numpy()
        posts = np.random.default_rng(1956).integers(0, len(counts), (RESAMPLES, len(counts)))
        point, drawn = _rates(counts.sum(axis=0, keepdims=True)), _rates(counts[posts].sum(axis=1))
        low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
        names = ("precision", "recall", "f1")
        return {n: (float(p), float(lo), float(hi)) for n, p, lo, hi in zip(names, point[0], low, high, strict=True)}

    def sentence(self) -> str:
        """The rates with their intervals, for people."""
        told = ", ".join(f"{name} {p:.3f} ({low:.3f} to {high:.3f})" for name, (p, low, high) in self.rates().items())
        annotated = int((self.outcomes["outcome"] != SPURIOUS).sum())
        return f"Accepted names against {annotated} annotations: {told}."


def _rates(counts: Counts) -> npt.NDArray[np.float64]:
    right, wrong, review, missed, spurious = counts.T
    precision = right / np.maximum(right + wrong + spurious, 1)
    recall = right / np.maximum(right + wrong + review + missed, 1)
    return np.stack([precision, recall, 2 * precision * recall / np.maximum(precision + recall, 1e-9)], axis=1)


def read(reference: Path) -> pd.DataFrame:
    """The annotations of a reference folder; no rows where there are none.

    Raises:
        ReferenceFileError: The file is no CSV in UTF-8, lacks a column, or counts in something that is no number.
    """
    file = reference / FILE
    rows = [row | {"line": line} for line, row in read_rows(file, COLUMNS)] if file.is_file() else []
    for row in rows:
        for name in COUNTED:
            if not str(row[name]).isdecimal():
                raise ReferenceFileError(file, int(row["line"]), name, f"{row[name]!r} is no number; write 1, 2, ...")
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=str)


def score(gold: pd.DataFrame, tables: Tables) -> Score | None:
    """The agreement of a build with the annotations; nothing where none of the annotated posts is in it.

    Args:
        gold: rows as `read` gives them.
        tables: `sources`, `posts` and `mentions` of the build.
    """
    paths = tables["sources"].set_index("source_id")["path"].str.split("!").str[0]
    posts = tables["posts"].assign(
        path=tables["posts"]["source_id"].map(paths), post=tables["posts"]["ordinal"].astype(str)
    )
    rows = gold.merge(posts[["path", "post", "post_id", "text_raw"]], on=["path", "post"])
    if rows.empty:
        return None
    places = zip(rows["text_raw"], rows["surface"], rows["occurrence"].astype(int), strict=True)
    rows["raw_start"] = [_nth(text, surface, number) for text, surface, number in places]
    rows["raw_end"] = rows["raw_start"] + rows["surface"].str.len()
    mentions = tables["mentions"][tables["mentions"]["post_id"].isin(rows["post_id"])]
    found = mentions[["post_id", "raw_start", "raw_end", "entity_id", "status"]]
    rows = rows.merge(found, on=["post_id", "raw_start", "raw_end"], how="left", suffixes=("", "_found"))
    required = rows[rows["optional"] == ""]
    outcomes = pd.DataFrame(
        {
            "post_id": required["post_id"],
            "surface": required["surface"],
            "expected": required["entity_id"],
            "found": required["entity_id_found"].fillna(""),
            "outcome": [_outcome(*row) for row in required[["entity_id", "entity_id_found", "status"]].to_numpy()],
        }
    )
    unknown = required[required["entity_id"].str.startswith("new:") & required["entity_id_found"].notna()]
    entities = unknown.groupby("entity_id")["entity_id_found"].nunique()
    labels = unknown.groupby("entity_id_found")["entity_id"].nunique()
    spurious = _spurious(mentions, rows)
    everything = pd.concat([outcomes, spurious], ignore_index=True)
    return Score(everything, sorted(entities[entities > 1].index), sorted(labels[labels > 1].index))


def _nth(text: str, surface: str, number: int) -> int:
    """Where the string stands for the n-th time."""
    start = -1
    for _ in range(number):
        start = text.find(surface, start + 1)
    return start


def _outcome(expected: str, found: object, status: object) -> str:
    if not isinstance(found, str):
        return MISSED
    if status == "review":
        return REVIEW
    is_new = expected.startswith("new:")
    return RIGHT if (found.startswith("new:") if is_new else found == expected) else WRONG


def _spurious(mentions: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Mentions in annotated posts that touch no annotated name."""
    pairs = mentions.merge(rows[["post_id", "raw_start", "raw_end"]], on="post_id", suffixes=("", "_gold"))
    touches = (pairs["raw_start"] < pairs["raw_end_gold"]) & (pairs["raw_start_gold"] < pairs["raw_end"])
    others = mentions[~mentions["mention_id"].isin(pairs.loc[touches, "mention_id"])]
    return others[["post_id", "surface"]].assign(expected="", found=others["entity_id"], outcome=SPURIOUS)
