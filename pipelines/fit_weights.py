"""Fits the weights of the evidence for two names being one person's, on gold data, and says what they are worth unseen.

    python -m pipelines.fit_weights GOLD [--write]

GOLD holds folders `names_*` as for `pipelines.evaluate`. The model is a conditional logistic regression: each name in a
text chooses among the known names it could spell and none of them. Each weight is kept to the side of nought that its
evidence speaks for (`SIGNS`), so that a slip in the data teaches nothing absurd. What is printed first are figures on
people the weights were not fitted on: half of the people held out, then the other half, then one folder by the other.
`--write` puts weights fitted on everything into `pipelines/names/weights.toml`.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.evaluate import as_found, links, scored
from pipelines.names import evidence, exact, index, known, romanise
from pipelines.names.authority import load

Floats = npt.NDArray[np.float64]
WEIGHTS = Path(evidence.__file__).with_name("weights.toml")
RIDGE = 1.0
"""How strongly weights are drawn to nought: as much as one name's doubt for each."""
STRANGER, EVERY, TWICE = 0.2, 4, 2.5
"""What a known person counts who is taken to be unknown; of how many known ones one is; the log-odds from which on such
a one is held to stand in the authority twice."""
HARD = 0.3
"""What a name counts that the name alone can't tell."""
MEANT = {
    "generation": -3.0, "middle skipped": -4.0, "swapped, text opening": -4.0, "patronymics contradict": -6.0,
    "middle names contradict": -3.0, "given from middle, otherwise": -3.0, "surname missing": -6.0,
    "swapped": -4.0, "given missing": -3.0,
    "given known otherwise": -1.5, "middle agrees": 1.5, "text opening initial": -3.0,
}  # fmt: skip
"""What evidence is taken to be worth as far as the data does not tell: the others nothing."""
FOR, AGAINST = (0.0, 8.0), (-8.0, 0.0)
SPEAK_FOR = frozenset((
    "surname equal", "surname by sound", "surname one sound", "sound alone, given unsure",
    "given equal", "given by sound", "given same name, near", "given beginning", "given alike", "given one letter",
    "given looks near", "given looks near, rare surname", "given other with same initial", "surname same stem",
    "given other with same beginning", "text patronymic", "middle agrees", "middle by initial",
))  # fmt: skip
"""Evidence for two names being one; all other evidence speaks against it."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Names in texts, each with the known names it may spell.

    Attributes:
        clues: The evidence of each pair, one column a kind.
        case: For each pair the number of its name, ascending.
        right: For each pair whether it is the one meant.
        none: For each name whether none of its pairs is meant.
        worth: What each name counts.
        half: For each name which half of the people its own is in.
    """

    clues: Floats
    case: npt.NDArray[np.int64]
    right: npt.NDArray[np.bool_]
    none: npt.NDArray[np.bool_]
    worth: Floats
    half: npt.NDArray[np.int64]

    def take(self, chosen: npt.NDArray[np.bool_]) -> "Cases":
        """Some of the names."""
        rows = chosen[self.case]
        number = np.cumsum(chosen) - 1
        return Cases(
            self.clues[rows], number[self.case[rows]], self.right[rows],
            self.none[chosen], self.worth[chosen], self.half[chosen],
        )  # fmt: skip


def half_of(person: str) -> int:
    """Which half of the people one is in, 0 or 1, whatever others there are."""
    return hashlib.sha256(person.encode()).digest()[0] % 2


def expected_of(folder: Path) -> pd.DataFrame:
    """The gold folder's names with the half that each one's person is in."""
    expected = pd.read_csv(folder / "expected.csv", dtype=str, keep_default_na=False)
    person = expected["entity_id"].where(expected["entity_id"] != "", expected["surface"])
    return expected.assign(half=[half_of(one) for one in person])


def cases_of(folder: Path) -> tuple[Cases, list[str]]:
    """The names of a gold folder that do not stand in its authority letter by letter, and the kinds of evidence."""
    authority = load(folder / "reference" / "authority")
    expected = expected_of(folder).drop_duplicates("surface", ignore_index=True)
    surface = [as_found(one) for one in expected["surface"]]
    stands = exact.find(surface, romanise.fold(surface), authority, exact.prepare(authority))
    settled = expected.index.isin(stands["row"])
    ready = known.prepare(index.build(authority.names["name"].tolist()))
    pairs, clues = known.gathered(known.lay_out(surface), ready)
    entity = authority.entities["entity_id"].to_numpy()[authority.names["entity"].to_numpy()[pairs.known]]
    meant = expected["entity_id"].to_numpy()[pairs.query]
    right = (entity == meant) & (meant != "")
    found = np.bincount(pairs.query, right, len(expected)) > 0
    unknown = (expected["entity_id"] == "").to_numpy()
    everything = Cases(
        np.column_stack(list(clues.values())), pairs.query.astype(np.int64), right, unknown,
        np.where(expected["hard"] == "1", HARD, 1.0), expected["half"].to_numpy(),
    )  # fmt: skip
    return everything.take(~settled & (found | unknown)), list(clues)


def strangers_of(folder: Path) -> Cases:
    """Some of the authority's people as if they were in none: relatives and namesakes, of which gold data has few."""
    authority = load(folder / "reference" / "authority")
    names = authority.names["name"].tolist()
    entity = authority.names["entity"].to_numpy()
    asked = np.arange(0, len(names), EVERY)
    pairs, clues = known.gathered(known.lay_out([names[row] for row in asked]), known.prepare(index.build(names)))
    other = entity[pairs.known] != entity[asked[pairs.query]]
    return Cases(
        np.column_stack(list(clues.values()))[other], pairs.query.astype(np.int64)[other],
        np.zeros(other.sum(), bool), np.ones(len(asked), bool), np.full(len(asked), STRANGER),
        np.array([half_of(str(authority.entities["entity_id"].iloc[entity[row]])) for row in asked]),
    )  # fmt: skip


def join(several: Sequence[Cases]) -> Cases:
    """The cases of several folders together."""
    start = np.cumsum([0, *[len(one.none) for one in several]])
    return Cases(
        np.concatenate([one.clues for one in several]),
        np.concatenate([one.case + first for one, first in zip(several, start, strict=False)]),
        np.concatenate([one.right for one in several]), np.concatenate([one.none for one in several]),
        np.concatenate([one.worth for one in several]), np.concatenate([one.half for one in several]),
    )  # fmt: skip


def fitted(gold: Cases, strangers: Cases, kinds: Sequence[str]) -> dict[str, float]:
    """The weights from gold data and strangers, without those who by a first fit stand in the authority twice."""
    odds = odds_of(strangers, fit(join([gold, strangers]), kinds), kinds)
    twice = np.bincount(strangers.case, odds > TWICE, len(strangers.none)) > 0
    return fit(join([gold, strangers.take(~twice)]), kinds)


def odds_of(cases: Cases, weights: Mapping[str, float], kinds: Sequence[str]) -> Floats:
    """The log-odds of each pair."""
    return cases.clues @ np.array([weights[kind] for kind in kinds]) + weights["base"]


def fit(cases: Cases, kinds: Sequence[str]) -> dict[str, float]:
    """The weights that make what is meant likeliest, with `base`, what every pair starts from."""
    low, high = np.transpose([FOR if kind in SPEAK_FOR else AGAINST for kind in kinds] + [(-8.0, 8.0)])
    clues = np.column_stack([cases.clues, np.ones(len(cases.case))])
    ridge = np.full(len(kinds) + 1, RIDGE)
    ridge[-1] = 0.01
    prior = np.array([MEANT.get(kind, 0.0) for kind in [*kinds, "base"]])
    weights = np.clip(prior, low, high)
    loss, slope, bend = _likelihood(weights, clues, cases, ridge, prior)
    for _ in range(200):
        free = ~(((weights <= low) & (slope > 0)) | ((weights >= high) & (slope < 0)))
        step = np.zeros_like(weights)
        step[free] = np.linalg.solve(bend[np.ix_(free, free)], slope[free])
        size, better = 1.0, False
        while size > 1e-4 and not better:
            moved = np.clip(weights - size * step, low, high)
            trial = _likelihood(moved, clues, cases, ridge, prior)
            better, size = trial[0] < loss - 1e-9, size / 2
        if not better:
            break
        gain = loss - trial[0]
        weights, (loss, slope, bend) = moved, trial
        if gain < 1e-6:
            break
    return {kind: round(float(weight), 2) for kind, weight in zip([*kinds, "base"], weights, strict=True)}


def _likelihood(
    weights: Floats, clues: Floats, cases: Cases, ridge: Floats, prior: Floats
) -> tuple[float, Floats, Floats]:
    """How unlikely the weights make what is meant, with its slope and bend."""
    size = len(cases.none)
    odds = np.exp(np.clip(clues @ weights, -30, 30))
    total = 1 + np.bincount(cases.case, odds, size)
    meant = np.where(cases.none, 1, 0) + np.bincount(cases.case, odds * cases.right, size)
    loss = float(cases.worth @ (np.log(total) - np.log(meant)) + 0.5 * ridge @ (weights - prior) ** 2)
    share, aim = odds / total[cases.case], odds * cases.right / meant[cases.case]
    worth = cases.worth[cases.case]
    slope = clues.T @ (worth * (share - aim)) + ridge * (weights - prior)
    mean = np.zeros((size, clues.shape[1]))
    np.add.at(mean, cases.case, clues * share[:, None])
    bend = (clues * (worth * share)[:, None]).T @ clues - (mean * cases.worth[:, None]).T @ mean
    return loss, slope, bend + np.diag(ridge + 1e-6)


def held_out(folder: Path, weights: Mapping[str, float], half: int | None) -> pd.DataFrame:
    """The names of a gold folder (of one half of its people, or all) with what they are linked to by these weights."""
    expected = expected_of(folder)
    with evidence.weighed_by(weights):
        found = links(expected["surface"].tolist(), load(folder / "reference" / "authority"))
    both = expected.assign(linked=found["entity_id"])
    return both if half is None else both[both["half"] == half]


def told(label: str, names: pd.DataFrame) -> str:
    """One line of figures: easy names' precision, recall and F1, hard ones linked wrongly."""
    easy, hard = names[names["hard"] == "0"], names[names["hard"] == "1"]
    precision, recall, f1 = scored(easy, easy["linked"])
    wrong = ((hard["linked"] != "") & (hard["linked"] != hard["entity_id"])).sum()
    return f"  {label:36} P {precision:.4f}  R {recall:.4f}  F1 {f1:.4f}   hard {wrong} of {len(hard)} wrong"


def taken_for_others(strangers: Cases, weights: Mapping[str, float], kinds: Sequence[str]) -> tuple[int, int]:
    """How many strangers are taken for somebody known, and of how many; those listed twice are counted too."""
    taken = np.bincount(strangers.case, odds_of(strangers, weights, kinds) > 0, len(strangers.none)) > 0
    return int(taken.sum()), len(taken)


def unseen(
    folders: Sequence[Path], gold: Sequence[Cases], strangers: Sequence[Cases], kinds: Sequence[str]
) -> Iterator[str]:
    """Figures on people that the weights were not fitted on, line by line."""
    every, others = join(gold), join(strangers)
    halves = [fitted(every.take(every.half != half), others.take(others.half != half), kinds) for half in (0, 1)]
    told_strangers = [taken_for_others(others.take(others.half == half), halves[half], kinds) for half in (0, 1)]
    taken, asked = np.sum(told_strangers, axis=0)
    for folder in folders:
        yield told(
            f"{folder.name}, other half's weights",
            pd.concat([held_out(folder, weights, half) for half, weights in enumerate(halves)]),
        )
    yield f"  known people left out and taken for others (some stand there twice): {taken} of {asked}"
    for number, folder in enumerate(folders if len(folders) > 1 else []):
        rest = [n for n in range(len(folders)) if n != number]
        weights = fitted(join([gold[n] for n in rest]), join([strangers[n] for n in rest]), kinds)
        yield told(f"{folder.name}, others' weights", held_out(folder, weights, None))


def written(weights: Mapping[str, float], text: str) -> str:
    """weights.toml with its opening comment and these weights."""
    comment = [line for line in text.splitlines() if line.startswith("#")]
    rest = [f'"{kind}" = {weight}' for kind, weight in weights.items() if kind != "base"]
    return "\n".join([*comment, "[weights]", f"base = {weights['base']}", *rest]) + "\n"


def main(arguments: Sequence[str]) -> int:
    """Print the figures; write the weights where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--write", action="store_true", help="write weights fitted on all names to weights.toml")
    given = parser.parse_args(arguments)
    folders = sorted(given.gold.glob("names_*"))
    if not folders:
        print(f"No gold data in {given.gold}: expected folders names_*; nothing was fitted.")
        return 1
    made, strangers = [cases_of(folder) for folder in folders], [strangers_of(folder) for folder in folders]
    gold, kinds = [one for one, _ in made], made[0][1]
    for line in unseen(folders, gold, strangers, kinds):
        print(line)
    weights = fitted(join(gold), join(strangers), kinds)
    for folder in folders:
        print(told(f"{folder.name}, as shipped", held_out(folder, evidence.weights(), None)))
        print(told(f"{folder.name}, fitted on all", held_out(folder, weights, None)))
    if given.write:
        WEIGHTS.write_text(written(weights, WEIGHTS.read_text("utf-8")), "utf-8")
        print(f"Written: {WEIGHTS}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
