"""Chooses among the known entities whose names a surface may spell: accepted, shown for review, or none.

Full names by the odds of all rivals together; lone surnames by who bears them.
"""

import numpy as np
import pandas as pd

from pipelines.names import explain, lexicon
from pipelines.names.align import ALIKE, EQUAL, NOTHING, SOUND
from pipelines.names.authority import Authority
from pipelines.names.evidence import answered
from pipelines.names.exact import FOUND
from pipelines.names.index import build
from pipelines.names.known import Compared, Names, compare, prepare
from pipelines.names.settings import NameSettings
from pipelines.names.traits import GIVEN, NEVER, OPENER, ORDINARY, SURNAME

SHARE = 0.999
_COMMON = ORDINARY | OPENER | NEVER


def choose(
    facts: pd.DataFrame, found: pd.DataFrame, query: Names, authority: Authority, settings: NameSettings
) -> pd.DataFrame:
    """The readings of surfaces that spell known people's names, as in `exact.find`; none for full names settled there."""
    people = (authority.entities["kind"] == "person").to_numpy()[authority.names["entity"]]
    names = authority.names[people].reset_index(drop=True)
    asked = np.flatnonzero(facts["is_name"].to_numpy() & facts["guess"].isin(("person", "unknown", "place")).to_numpy())
    if not len(names) or not len(asked):
        return found.iloc[:0]
    compared = compare(query, prepare(build(names["name"].tolist())), asked.astype(np.int32))
    pairs = compared.pairs
    entity = names["entity"].to_numpy()[pairs.known]
    open_ = ~facts.index.isin(found["row"])
    lone = compared.query.grid.words[pairs.query] < 2
    frame = pd.DataFrame({"pair": np.arange(len(entity)), "row": pairs.query, "entity": entity, "odds": compared.odds})
    full = _full(frame[open_[pairs.query] & ~lone], compared, authority, settings)
    native = names["is_native"].to_numpy()[pairs.known]
    alone = _lone(frame.assign(native=native)[lone], found, compared, authority, settings)
    return pd.concat([full, alone], ignore_index=True)[FOUND]


def _full(frame: pd.DataFrame, compared: Compared, authority: Authority, settings: NameSettings) -> pd.DataFrame:
    """Full names: each rival's share of the odds, with nobody known as one of the rivals."""
    best = frame.sort_values(["row", "odds", "entity"], ascending=[True, False, True], kind="stable")
    best = best.drop_duplicates(["row", "entity"])
    best = best[best["odds"] > -4]
    weight = np.exp(np.minimum(best["odds"], 30))
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


def _lone(
    frame: pd.DataFrame, found: pd.DataFrame, compared: Compared, authority: Authority, settings: NameSettings
) -> pd.DataFrame:
    """Lone surnames: a reading for every bearer, and the default one: the only bearer if there is one, else a doubt."""
    pairs, query, known = compared.pairs, compared.query, compared.known
    pair = frame["pair"].to_numpy()
    surname = answered(pairs)[pair, known.grid.last[pairs.known[pair]]] if len(pair) else np.zeros(0, np.int64)
    how = np.where(surname >= 0, pairs.how[pair, surname], NOTHING)
    like = np.where(surname >= 0, pairs.like[pair, surname], 0)
    frame = frame.assign(how=how, like=like, full=known.grid.words[pairs.known[pair]] > 1)
    frame = frame[(how >= SOUND) | ((how == ALIKE) & (like >= settings.accept_lone) & ~frame["native"])]
    frame = frame.sort_values(["row", "how", "like", "entity"], ascending=[True, False, False, True], kind="stable")
    frame = frame.drop_duplicates(["row", "entity"])
    top = frame.groupby("row")["how"].transform("max")
    frame = frame[(frame["how"] == top) | (frame["how"] >= SOUND)]
    word = [query.parts.folded[query.grid.token[row, query.grid.last[row]]] for row in frame["row"]]
    common = np.array([bool(lexicon.traits(one) & _COMMON) for one in word], dtype=bool)
    other = np.array([bool(lexicon.traits(one) & (GIVEN | SURNAME)) for one in word], dtype=bool)
    given = (
        query.table.groups[[query.grid.token[row, query.grid.last[row]] for row in frame["row"]], 0] >= 0
        if len(frame)
        else common
    )
    long = np.array([len(one) for one in word]) > 4
    sure = ((frame["how"] == EQUAL) & ~given) | ((frame["how"] == SOUND) & long & ~common & ~given & ~other)
    sure |= (frame["how"] == ALIKE) & (frame["like"] >= 0.9) & long & ~common & ~other & ~given
    settled = set(found["row"])
    bearers = frame.groupby("row")["entity"].transform("size")
    first = ~frame["row"].duplicated() & ~frame["row"].isin(settled)
    label = authority.entities["name"].to_numpy()
    listed = frame.groupby("row")["entity"].agg(lambda rows: "; ".join(label[list(rows)]))
    score = np.where(bearers > 1, 0.9 / bearers, np.where(sure, 0.9, 0.6)) * np.where(
        frame["how"] >= SOUND, 1, frame["like"]
    )
    said = [
        f"Lone surname of {label[entity]}, the only one in the authority who bears it." if many == 1
        else f"Lone surname that several in the authority bear: {listed[row]}."
        for entity, many, row in zip(frame["entity"], bearers, frame["row"], strict=True)
    ]  # fmt: skip
    accepted = (bearers == 1) & sure
    every = frame.assign(
        method=np.where(frame["how"] == EQUAL, "exact", np.where(frame["how"] == SOUND, "transliteration", "fuzzy")),
        score=score, status="context", explanation=said, is_full=False, is_default=False,
    )  # fmt: skip
    default = every[first].assign(is_default=True, status=np.where(accepted[first], "accepted", "review"))
    return pd.concat([default, every[~(first & accepted)]], ignore_index=True)
