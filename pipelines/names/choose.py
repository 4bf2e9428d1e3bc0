"""Chooses among the known entities whose names a surface may spell: accepted, shown for review, or none.

Full names by the odds of all rivals together; lone surnames, in `lone`, by who bears them.
"""

import numpy as np
import pandas as pd

from pipelines.names import explain, lone
from pipelines.names.authority import Authority
from pipelines.names.exact import FOUND
from pipelines.names.index import build
from pipelines.names.known import Compared, Names, compare, prepare
from pipelines.names.settings import NameSettings

SHARE = 0.999


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
    full = _full(frame[open_[pairs.query] & ~single], compared, authority, settings)
    native = names["is_native"].to_numpy()[pairs.known]
    alone = lone.read(frame.assign(native=native)[single], found, compared, authority, settings)
    return pd.concat([full, alone], ignore_index=True)[FOUND]


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
