"""Reads lone surnames: who in the authority bears them, and whether one of them is meant where no context tells.

A reading for every bearer, so that context can choose; the default one is the only bearer, or a doubt. Full names are
read in `choose`; who is meant in a post is decided in `context`.
"""

import numpy as np
import pandas as pd

from pipelines.names import lexicon
from pipelines.names.align import ALIKE, EQUAL, NOTHING, SOUND
from pipelines.names.authority import Authority
from pipelines.names.evidence import answered
from pipelines.names.known import Compared
from pipelines.names.settings import NameSettings
from pipelines.names.traits import NEVER, OPENER, ORDINARY, SURNAME

_COMMON = ORDINARY | OPENER | NEVER
_ABOUT = 0.06
"""Bearers whose names are alike but for this much are alike."""
_ALIKE, _LONG = 0.86, 8
"""A slip in a lone surname is taken for one only if the name is long and the slip small."""


def read(
    frame: pd.DataFrame, found: pd.DataFrame, compared: Compared, authority: Authority, settings: NameSettings
) -> pd.DataFrame:
    """The readings of lone surnames, as in `exact.find`.

    Args:
        frame: Pairs of a lone surname and a known name: `pair`, `row`, `entity`, `native`.
        found: What was read before; a surface that was has no default reading here.
        compared: The pairs with their evidence.
        authority: The known entities.
        settings: Thresholds.
    """
    if frame.empty:
        return found.iloc[:0]
    bearers = _bearers(frame, compared, settings)
    if bearers.empty:
        return found.iloc[:0]
    sure = _sure(bearers)
    many = bearers.groupby("row")["entity"].transform("size")
    first = ~bearers["row"].duplicated() & ~bearers["row"].isin(set(found["row"]))
    label = authority.entities["name"].to_numpy()
    listed = bearers.groupby("row")["entity"].agg(lambda rows: "; ".join(label[list(rows)]))
    score = np.where(many > 1, 0.9 / many, np.where(sure, 0.9, 0.6)) * np.where(
        bearers["how"] >= SOUND, 1, bearers["like"]
    )
    said = [
        f"Lone surname of {label[entity]}, the only one in the authority who bears it."
        if count == 1
        else f"Lone surname that several in the authority bear: {listed[row]}."
        for entity, count, row in zip(bearers["entity"], many, bearers["row"], strict=True)
    ]
    accepted = (many == 1) & sure
    every = bearers.assign(
        method=np.select([bearers["how"] == EQUAL, bearers["how"] == SOUND], ["exact", "transliteration"], "fuzzy"),
        score=score, status="context", explanation=said, is_full=False, is_default=False,
    )  # fmt: skip
    default = every[first].assign(is_default=True, status=np.where(accepted[first], "accepted", "review"))
    return pd.concat([default, every[~(first & accepted)]], ignore_index=True)


def _bearers(frame: pd.DataFrame, compared: Compared, settings: NameSettings) -> pd.DataFrame:
    """Of each lone surname those whose surname is most like it, the likest first."""
    pairs, query, known = compared.pairs, compared.query, compared.known
    pair = frame["pair"].to_numpy()
    surname = answered(pairs)[pair, known.grid.last[pairs.known[pair]]].astype(np.int64)
    how = np.where(surname >= 0, pairs.how[pair, surname], NOTHING)
    like = np.where(surname >= 0, pairs.like[pair, surname], 0)
    own = query.grid.token[frame["row"], query.grid.last[frame["row"]]]
    theirs = known.names.grid.token[pairs.known[pair], known.grid.last[pairs.known[pair]]]
    words = zip(own.tolist(), theirs.tolist(), strict=True)
    frame = frame.assign(
        how=how, like=like, word=[query.parts.folded[one] for one in own], given=query.table.groups[own, 0] >= 0,
        plural=[query.parts.folded[one] == known.names.parts.folded[other] + "s" for one, other in words],
    )  # fmt: skip
    alike = (how == ALIKE) & ~frame["native"].to_numpy()
    frame = frame[(alike | (how == SOUND) | (how == EQUAL)) & (like >= settings.lone)]
    frame = frame.sort_values(["row", "like", "entity"], ascending=[True, False, True], kind="stable")
    frame = frame.drop_duplicates(["row", "entity"])
    top = frame.groupby("row")["like"].transform("max")
    equal = frame.groupby("row")["how"].transform("max") == EQUAL
    return frame[(frame["how"] == EQUAL) | (~equal & (frame["like"] >= top - _ABOUT))]


def _sure(bearers: pd.DataFrame) -> "pd.Series[bool]":
    """Whether the spelling itself leaves no doubt that it is the bearer's surname."""
    known = np.array([lexicon.traits(word) for word in bearers["word"]], dtype=np.int64)
    size = bearers["word"].str.len()
    other = (known & (_COMMON | SURNAME)) != 0
    sure = (bearers["how"] == SOUND) & (size > 4) & ~other & ~bearers["plural"]
    sure |= (bearers["how"] == ALIKE) & (bearers["like"] >= _ALIKE) & (size >= _LONG) & ~other & ~bearers["plural"]
    return ((bearers["how"] == EQUAL) | sure) & ~bearers["given"]


def doubted(rows: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """The readings, with lone surnames put to review that several people in no authority bear who are named more often.

    Args:
        rows: The readings of all surfaces, as in `resolve`.
        facts: All surfaces with `surface` and `n_mentions`.
    """
    mentions = facts.set_index("surface")["n_mentions"]
    full = rows[rows["is_default"] & rows["is_full"] & (rows["status"] == "accepted")]
    named = full["run"].map(mentions).groupby(full["entity_id"]).sum()
    others = rows[(rows["status"] == "context") & (rows["method"] == "cluster")]
    crowd = pd.DataFrame({"run": others["run"], "named": others["entity_id"].map(named).fillna(0)}).groupby("run")[
        "named"
    ]
    known = rows["is_default"] & ~rows["is_full"] & (rows["status"] == "accepted") & rows["method"].isin(_FOUND)
    many, most = rows["run"].map(crowd.size()).fillna(0), rows["run"].map(crowd.sum()).fillna(0)
    doubt = known & (many > 1) & (most > rows["entity_id"].map(named).fillna(0))
    said = rows["explanation"].where(
        ~doubt, rows["explanation"].str[:-1] + "; but people in no authority bear it more often."
    )
    return rows.assign(
        status=rows["status"].mask(doubt, "review"), canonical=rows["canonical"].mask(doubt, rows["surface"]),
        score=rows["score"].mask(doubt, 0.5), explanation=said,
    )  # fmt: skip


_FOUND = ("exact", "transliteration", "fuzzy")
