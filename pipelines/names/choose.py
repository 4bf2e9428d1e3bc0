"""Chooses among the known entities whose names a surface may spell: accepted, shown for review, or none.

Full names by the odds of all rivals together; lone surnames, in `lone`, by who bears them.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz.distance import OSA

from pipelines.names import explain, lone, romanise
from pipelines.names.authority import Authority
from pipelines.names.exact import FOUND
from pipelines.names.index import build
from pipelines.names.known import Compared, Names, compare, prepare
from pipelines.names.settings import NameSettings

SHARE = 0.999
_SPELLING = 0.6
"""Share of letters from which on two surnames of one person are spellings of one."""
_BELIEF, _ROUNDS = 30, 20
"""How many names the belief is worth that half of the people named are known, as in the gold data."""


def choose(
    facts: pd.DataFrame, found: pd.DataFrame, query: Names, authority: Authority, settings: NameSettings
) -> pd.DataFrame:
    """The readings of surfaces that spell known people's names, as in `exact.find`, but for those settled there."""
    people = (authority.entities["kind"] == "person").to_numpy()[authority.names["entity"]]
    names = authority.names[people].reset_index(drop=True)
    asked = np.flatnonzero(facts["is_name"].to_numpy() & facts["guess"].isin(("person", "unknown", "place")).to_numpy())
    if not len(names) or not len(asked) or not query.parts.tokens:
        return found.iloc[:0]
    compared = compare(query, prepare(build(names["name"].tolist())), asked.astype(np.int32))
    pairs = compared.pairs
    entity = names["entity"].to_numpy()[pairs.known]
    open_ = ~facts.index.isin(found["row"])
    single = compared.query.grid.words[pairs.query] < 2
    frame = pd.DataFrame({"pair": np.arange(len(entity)), "row": pairs.query, "entity": entity, "odds": compared.odds})
    frame["odds"] += _rarity(frame[~single], facts, found)
    full = _full(frame[open_[pairs.query] & ~single], compared, authority, settings)
    native = names["is_native"].to_numpy()[pairs.known]
    other = _other_surname(names)[pairs.known]
    alone = lone.read(frame.assign(native=native, other=other)[single], found, compared, authority, settings)
    return pd.concat([full, alone], ignore_index=True)[FOUND]


def _other_surname(names: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which names are aliases that end in another surname than the entity's own ones, not in a spelling of them."""
    last = [name.split()[-1] for name in romanise.fold(names["name"].tolist())]
    own: dict[int, list[str]] = {}
    for entity, word, alias in zip(names["entity"].tolist(), last, names["is_alias"].tolist(), strict=True):
        if not alias:
            own.setdefault(entity, []).append(word)
    return np.array(
        [
            alias and all(OSA.normalized_similarity(word, one) < _SPELLING for one in own.get(entity, []))
            for entity, word, alias in zip(names["entity"].tolist(), last, names["is_alias"].tolist(), strict=True)
        ],
        dtype=bool,
    )


def _rarity(frame: pd.DataFrame, facts: pd.DataFrame, found: pd.DataFrame) -> float:
    """What is added to the log-odds as fewer of the people named in these texts are known than in gold data.

    Where few are known at all, a near spelling is more often somebody else's name. How many are is found by weighing
    all names again and again (Saerens et al. 2002, Adjusting the outputs of a classifier to new a priori
    probabilities).
    """
    several = facts["text"].str.contains(" ", regex=False).to_numpy()
    people = facts.index[(facts["guess"] == "person").to_numpy() & several]
    settled = int(people.isin(found["row"]).sum())
    best = frame[frame["row"].isin(people) & ~frame["row"].isin(found["row"])].groupby("row")["odds"].max().to_numpy()
    shift = 0.0
    for _ in range(_ROUNDS):
        known = settled + (1 / (1 + np.exp(-(best + shift)))).sum()
        share = (known + _BELIEF / 2) / (len(people) + _BELIEF)
        shift = float(min(np.log(share / (1 - share)), 0.0))
    return shift


def _full(frame: pd.DataFrame, compared: Compared, authority: Authority, settings: NameSettings) -> pd.DataFrame:
    """Full names: each rival's share of the odds, with nobody known as one of the rivals."""
    best = frame.sort_values(["row", "odds", "entity"], ascending=[True, False, True], kind="stable")
    best = best.drop_duplicates(["row", "entity"])
    best = best[best["odds"] > -4]
    weight = pd.Series(np.exp(np.minimum(best["odds"], 30)), index=best.index)
    best = best.assign(share=weight / (1 + weight.groupby(best["row"]).transform("sum")), alone=weight / (1 + weight))
    top = best.drop_duplicates("row")
    top = top[top["alone"] >= settings.review]
    second = best[best["row"].duplicated()].drop_duplicates("row").set_index("row")
    near = top["row"].map(second["odds"]).fillna(-np.inf) > np.maximum(top["odds"] - settings.rival, 0)
    accepted = ((top["share"] >= settings.accept) & ~near).to_numpy()
    rivals = best[best["row"].isin(top["row"]) & (best["alone"] >= settings.review)]
    listed = rivals.groupby("row")["entity"].agg(tuple)
    label = authority.entities["name"].to_numpy()
    said = [
        explain.full(compared, pair, label[entity], [label[one] for one in listed[row] if one != entity])
        for pair, entity, row in zip(top["pair"], top["entity"], top["row"], strict=True)
    ]
    return top.assign(
        method=[explain.method(compared, pair) for pair in top["pair"]], score=top["share"].clip(0, SHARE),
        status=np.where(accepted, "accepted", "review"), explanation=said, is_full=accepted, is_default=True,
    )  # fmt: skip
