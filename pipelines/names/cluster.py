"""Tells apart the names that are in no authority: spellings of one unknown person share an entity, two people do not.

Names whose first and last words may sound alike are compared as with an authority; a spelling joins the most frequent
well-formed one it is certainly a spelling of. Lone surnames get a reading for every unknown bearer.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.names import evidence, index, known, match, plausible, romanise, surnames, unify
from pipelines.names.settings import NameSettings
from pipelines.names.spelling import respell

_PRIME = np.uint64(0x9E3779B97F4A7C15)
_OTHER_CONVENTIONS = r"d?sch|tch|cz|sz|ou|[oe](?:w|ff)(?: |$)|ij(?: |$)"
"""Letters by which East European names are known to be transcribed in other ways than the English one."""
_BY_INITIALS = 0.9
"""The score of a name whose given names are initials, joined to the only full name that they can stand for."""
MOST = 200
"""A pair of sounds that more names share than this tells nothing about them."""


@dataclass(frozen=True, slots=True)
class Clusters:
    """The readings of surfaces in no authority, as in `resolve`, and the entities they make."""

    rows: pd.DataFrame
    entities: pd.DataFrame


def new_ids(names: list[str]) -> list[str]:
    """The ids of entities in no authority, by the folded letters of their names."""
    folded = romanise.fold([" ".join(name.split()) for name in names])
    return ["new:" + hashlib.sha256(one.encode()).hexdigest()[:16] for one in folded]


def cluster(unknown: npt.NDArray[np.int64], facts: pd.DataFrame, settings: NameSettings) -> Clusters:
    """The entities of the unknown names, and each surface's readings.

    Args:
        unknown: The rows of `facts` that no known entity was found for and that are names.
        facts: All surfaces: lone surnames among them may be those of unknown people too.
        settings: Thresholds.
    """
    facts = facts.assign(text=[" ".join(surface.split()) for surface in facts["surface"]])
    frame = facts.iloc[unknown]
    frame = frame.assign(
        row=unknown, shouted=[t.isupper() for t in frame["text"]], support=_support(frame, facts),
        foreign=frame["folded"].str.contains(_OTHER_CONVENTIONS),
    )  # fmt: skip
    order = ["shouted", "support", "foreign", "surface"]
    frame = frame.sort_values(order, ascending=[True, False, True, True], kind="stable")
    heads = frame.drop_duplicates("folded")
    people = heads[
        (heads["guess"].isin(("person", "unknown")) & heads["text"].str.contains(" ", regex=False)).to_numpy()
    ]
    texts = people["text"].tolist()
    person = (people["guess"] == "person").to_numpy()
    joins, score = _joins(known.lay_out(texts), person, settings)
    head_of = dict(zip(people["folded"], (texts[one] for one in joins), strict=True))
    sure = dict(zip(people["folded"], score, strict=True))
    best = dict(zip(heads["folded"], heads["text"], strict=True)) | _lone_spellings(heads)
    name = frame["folded"].map(best | head_of)
    frame = frame.assign(name=name, score=frame["folded"].map(sure).fillna(1.0))
    frame["entity_id"] = new_ids(frame["name"].tolist())
    weight = frame["n_mentions"].where(frame["guess"] != "unknown", 0)
    kinds = frame.assign(weight=weight).groupby(["entity_id", "guess"], sort=True)["weight"].sum().reset_index()
    kinds = kinds.sort_values(["entity_id", "weight"], ascending=[True, False], kind="stable").drop_duplicates(
        "entity_id"
    )
    kind = kinds.set_index("entity_id")["guess"]
    entities = frame.drop_duplicates("entity_id")[["entity_id", "name"]]
    entities = entities.assign(kind=entities["entity_id"].map(kind))[["entity_id", "kind", "name"]]
    rows = _rows(frame, kind)
    return Clusters(pd.concat([rows, _lone(frame, facts, kind)], ignore_index=True), entities)


def _support(frame: pd.DataFrame, facts: pd.DataFrame) -> npt.NDArray[np.int64]:
    """How often each name is written so: its own mentions, and those of its last word alone."""
    single = facts[(facts["is_name"] & ~facts["is_several"]).to_numpy()]
    alone: dict[str, int] = {}
    for word, count in zip(single["folded"].tolist(), single["n_mentions"].tolist(), strict=True):
        alone[word] = alone.get(word, 0) + count
    ends = [alone.get(name.rpartition(" ")[2], 0) if " " in name else 0 for name in frame["folded"].tolist()]
    return frame["n_mentions"].to_numpy(np.int64) + np.array(ends, np.int64)


def _lone_spellings(heads: pd.DataFrame) -> dict[str, str]:
    """For lone surnames, folded, the most frequent one that they are spellings of."""
    lone = heads[~heads["text"].str.contains(" ", regex=False) & heads["guess"].isin(("person", "unknown"))]
    words, folded = lone["text"].tolist(), lone["folded"].tolist()
    of: dict[str, str] = {}
    for earlier, later in surnames.spellings(words):
        if folded[earlier] not in of:
            of.setdefault(folded[later], words[earlier])
    return of


def _rows(frame: pd.DataFrame, kind: "pd.Series[str]") -> pd.DataFrame:
    kinds = frame["entity_id"].map(kind)
    varies = (frame["name"] != frame["text"]).to_numpy()
    person = kinds.isin(("person", "unknown")).to_numpy()
    written = frame["surface"].to_numpy().astype(object)
    spelled = varies & person
    written[spelled] = respell(written[spelled].tolist(), frame["name"].to_numpy()[spelled].tolist())
    said = [f"In no authority; a spelling of {name}." if other else "In no authority; an entity of its own."
            for name, other in zip(frame["name"], varies, strict=True)]  # fmt: skip
    return pd.DataFrame({
        "run": frame["surface"], "start": 0, "end": frame["surface"].str.len(), "surface": frame["surface"],
        "entity_id": frame["entity_id"], "kind": kinds, "canonical": written, "method": "cluster",
        "score": frame["score"], "status": "accepted", "explanation": said,
        "is_full": frame["text"].str.contains(" ", regex=False), "is_default": True,
    })  # fmt: skip


def _lone(frame: pd.DataFrame, facts: pd.DataFrame, kind: "pd.Series[str]") -> pd.DataFrame:
    """Lone surnames, known or not: a reading for each unknown person whose full name ends so."""
    kinds = frame["entity_id"].map(kind)
    full = frame[(kinds == "person").to_numpy() & frame["text"].str.contains(" ", regex=False).to_numpy()]
    written = full["text"].str.rsplit(" ", n=1).str[-1]
    bearers = full.assign(key=romanise.fold(written.tolist()), as_written=written)
    bearers = bearers[["key", "entity_id", "name", "as_written"]].drop_duplicates(["key", "entity_id"])
    single = facts[facts["is_name"].to_numpy() & ~facts["text"].str.contains(" ", regex=False).to_numpy()]
    single = single[np.array([plausible.may_be_surname(text) for text in single["text"]], bool)]
    lone = pd.DataFrame({"key": romanise.fold(single["text"].tolist()), "surface": single["surface"].to_numpy()})
    unknown = lone[lone["surface"].isin(frame["surface"])]
    lone = pd.concat([lone.assign(is_spelling=False), _other_spellings(unknown, bearers)])
    found = lone.merge(bearers, on="key").drop_duplicates(["surface", "entity_id"])
    found = found.sort_values(["surface", "entity_id"], kind="stable")
    canonical = found["surface"].to_numpy().astype(object)
    spelled = found["is_spelling"].to_numpy()
    canonical[spelled] = respell(canonical[spelled].tolist(), found["name"].to_numpy()[spelled].tolist())
    return pd.DataFrame({
        "run": found["surface"], "start": 0, "end": found["surface"].str.len(), "surface": found["surface"],
        "entity_id": found["entity_id"], "kind": "person", "canonical": canonical, "method": "cluster",
        "score": 0.5, "status": "context",
        "explanation": [f"Lone surname of {name}, who is in no authority." for name in found["name"]],
        "is_full": False, "is_default": False,
    })  # fmt: skip


def _other_spellings(lone: pd.DataFrame, bearers: pd.DataFrame) -> pd.DataFrame:
    """Lone surnames with the `key` of a bearer whose surname they are another spelling of."""
    written = pd.concat([
        bearers[["key", "as_written"]].drop_duplicates("key"),
        lone.assign(as_written=lone["surface"].str.strip())[["key", "as_written"]],
    ]).drop_duplicates("key")  # fmt: skip
    keys, known = written["key"].tolist(), set(bearers["key"])
    pairs = [(keys[a], keys[b]) for a, b in surnames.spellings(written["as_written"].tolist())]
    pairs = [(a, b) for one, other in pairs for a, b in ((one, other), (other, one)) if b in known]
    if not pairs:
        return lone.head(0).assign(is_spelling=True)
    found = lone.merge(pd.DataFrame(pairs, columns=["key", "other"]), on="key")
    return pd.DataFrame({"key": found["other"], "surface": found["surface"], "is_spelling": True})


def _joins(laid: known.Names, person: npt.NDArray[np.bool_], settings: NameSettings) -> tuple[list[int], list[float]]:
    """For each name, best first, the number of the name it is a spelling of (its own if of none), and how surely."""
    size = len(laid.grid.size)
    to, score = list(range(size)), [1.0] * size
    if size < 2:
        return to, score
    left, right = _near(laid)
    chance = _chance(laid, left, right, person)
    known_chance = dict(zip(zip(left.tolist(), right.tolist(), strict=True), chance.tolist(), strict=True))
    order = np.lexsort((right, -chance, left))
    for row in order[chance[order] >= settings.merge].tolist():
        later, earlier = int(left[row]), int(right[row])
        root = to[earlier]
        if to[later] == later and (root == earlier or known_chance.get((later, root), 0.0) >= settings.review):
            to[later], score[later] = root, float(chance[row])
    full = unify.by_initials(laid, person, to)
    score = [_BY_INITIALS if root in full else sure for root, sure in zip(to, score, strict=True)]
    return [full.get(root, root) for root in to], score


def _chance(
    laid: known.Names, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32], person: npt.NDArray[np.bool_]
) -> npt.NDArray[np.float64]:
    """How likely a name is a spelling of one before it; 0 where it can't be one."""
    links = match.link_near(laid.parts, laid.heard, left, right, laid.grid)
    ours = evidence.side(laid.parts, laid.grid, laid.table)
    pairs = match.lay(left, right, laid.grid, laid.grid, links, laid.table, laid.table)
    chance: npt.NDArray[np.float64] = 1 / (1 + np.exp(-evidence.weigh(evidence.gather(pairs, ours, ours))))
    return np.where(unify.may_be_one(laid, pairs, person), chance, 0.0)


def _near(laid: known.Names) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Pairs of names, the later one first, whose first and last words sound alike but for one sign in one of them."""
    grid = laid.grid
    rows = np.flatnonzero((grid.last > grid.opening) & (grid.opening >= 0))
    first, last = grid.token[rows, grid.opening[rows]], grid.token[rows, grid.last[rows]]
    whole, less = _numbers(laid.heard)
    found = [_crossed(rows, first, last, a, b) for a, b in ((whole, less), (less, whole))]
    name = np.concatenate([one for one, _ in found])
    number = np.concatenate([one for _, one in found])
    name, number = _shared(name, number)
    starts = np.flatnonzero(np.concatenate([[True], number[1:] != number[:-1]]))
    size = np.diff(np.concatenate([starts, [len(number)]]))
    pairs: list[npt.NDArray[np.int64]] = []
    for step in range(1, min(int(size.max(initial=1)), MOST)):
        at = np.flatnonzero(number[step:] == number[:-step])
        if not len(at):
            break
        low, high = np.minimum(name[at], name[at + step]), np.maximum(name[at], name[at + step])
        pairs.append(index.distinct((high[low != high].astype(np.int64) << 32) | low[low != high]))
    both = index.distinct(np.concatenate(pairs)) if pairs else np.zeros(0, np.int64)
    return (both >> 32).astype(np.int32), (both & 0xFFFFFFFF).astype(np.int32)


def _shared(
    name: npt.NDArray[np.int64], number: npt.NDArray[np.uint64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64]]:
    """The numbers that stand more than once, in order, and their names; most stand once and are not sorted twice."""
    if not len(number):
        return name, number
    order = np.argsort(number)
    ordered = number[order]
    same = ordered[1:] == ordered[:-1]
    kept = order[np.concatenate([same, [False]]) | np.concatenate([[False], same])]
    kept = kept[np.lexsort((name[kept], number[kept]))]
    return name[kept], number[kept]


Numbers = tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64]]


def _numbers(heard: index.Heard) -> tuple[Numbers, Numbers]:
    """For each part (slices by `first`) the numbers of its sounds, whole; and those with one sign left out."""
    count = len(heard.sounds.token)
    result = []
    for rows, numbers in ((heard.row[:count], heard.number[:count]), (heard.row, heard.number)):
        token = heard.sounds.token[rows].astype(np.int64)
        order = np.lexsort((numbers, token))
        token, number = token[order], numbers[order]
        keep = (
            np.concatenate([[True], (token[1:] != token[:-1]) | (number[1:] != number[:-1])])
            if len(token)
            else np.zeros(0, bool)
        )
        token, number = token[keep], number[keep]
        first = np.searchsorted(token, np.arange(int(token.max(initial=-1)) + 2))
        result.append((first, number))
    return result[0], result[1]


def _crossed(
    rows: npt.NDArray[np.int64], first: npt.NDArray[np.int32], last: npt.NDArray[np.int32], a: Numbers, b: Numbers
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint64]]:
    """Every number of a name's first word combined with every number of its last word, with the name's row."""
    size = min(len(a[0]), len(b[0])) - 1
    kept = (first < size) & (last < size)
    rows, first, last = rows[kept], first[kept], last[kept]
    n_a, n_b = np.diff(a[0])[first], np.diff(b[0])[last]
    total = n_a * n_b
    row = np.repeat(np.arange(len(rows)), total)
    place = np.arange(total.sum()) - np.repeat(np.cumsum(total) - total, total)
    with np.errstate(over="ignore"):
        number = a[1][a[0][first[row]] + place // n_b[row]] * _PRIME + b[1][b[0][last[row]] + place % n_b[row]]
    return rows[row], number
