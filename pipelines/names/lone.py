"""Reads lone surnames: who in the authority bears them, and whether one of them is meant where no context tells.

A reading for every bearer, so that context can choose; the default one is the only bearer, or a doubt. Full names are
read in `choose`; who is meant in a post is decided in `context`.
"""

import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.names import lexicon
from pipelines.names.align import ALIKE, EQUAL, NOTHING, SOUND
from pipelines.names.authority import Authority
from pipelines.names.evidence import answered
from pipelines.names.exact import FOUND
from pipelines.names.known import Compared
from pipelines.names.settings import NameSettings
from pipelines.names.traits import NEVER, OPENER, ORDINARY, SURNAME, TERRITORY, TOWN

BEARERS = [*FOUND, "is_first", "is_sure"]
_OTHER = ORDINARY | OPENER | NEVER | SURNAME | TOWN | TERRITORY
_ABOUT = 0.06
"""Bearers whose names are alike but for this much are alike."""
_SHORTEST, _CONSONANTS, _LONG = 5, 3, 8
"""Letters and consonants that a lone spelling must have to tell anything, and letters that bear a slip."""
_IN = re.compile("...[iy]ne?$")
_EASTERN = re.compile(
    r"(?:[oey]v|[oe]ff?|[oei]w|[sct]+[kc]i[ijy]?|[stzc]k[yi][ijy]?|skaya|skaja|skaia|[oe][vw]a|[ei]nko|[ae]nka"
    r"|chuk|tschuk|czuk|[oe]vi[cč]h?|[oe]w?vit[cs]c?h|[iy]t?s?ch|[iy]c|[iyj]an(?:ts?)?|[wv]ili|dze|dse|oglu|zade|[ae]scu|ovs|evs|skis)$"
)


def read(frame: pd.DataFrame, compared: Compared, authority: Authority, settings: NameSettings) -> pd.DataFrame:
    """The bearers of lone surnames (BEARERS): readings as in `exact.find`, none of them the default one.

    Of each surname the likeliest bearer `is_first`, and `is_sure` if nobody else can be meant.

    Args:
        frame: Pairs of a lone surname and a known name: `pair`, `row`, `entity`, `native`, `other` (a name of theirs
            with another surname than the one they are known by).
        compared: The pairs with their evidence.
        authority: The known entities.
        settings: Thresholds.
    """
    if frame.empty:
        return pd.DataFrame(columns=BEARERS)
    bearers = _bearers(frame, compared, settings)
    if bearers.empty:
        return pd.DataFrame(columns=BEARERS)
    sure = _sure(bearers)
    many = bearers.groupby("row")["entity"].transform("size")
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
    return bearers.assign(
        method=np.select([bearers["how"] == EQUAL, bearers["how"] == SOUND], ["exact", "transliteration"], "fuzzy"),
        score=score, status="context", explanation=said, is_full=False, is_default=False,
        is_first=~bearers["row"].duplicated(), is_sure=(many == 1) & sure,
    )[BEARERS]  # fmt: skip


def choose(bearers: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The readings of lone surnames with a default one each, but for those in `found`; further columns stay."""
    first = bearers["is_first"] & ~bearers["row"].isin(found["row"])
    default = bearers[first].assign(is_default=True, status=np.where(bearers["is_sure"][first], "accepted", "review"))
    return pd.concat([default, bearers[~(first & bearers["is_sure"])]], ignore_index=True)


def _bearers(frame: pd.DataFrame, compared: Compared, settings: NameSettings) -> pd.DataFrame:
    """Of each lone surname those whose surname is most like it, the likest first."""
    pairs, query, known = compared.pairs, compared.query, compared.known
    pair = frame["pair"].to_numpy()
    surname = answered(pairs)[pair, known.grid.last[pairs.known[pair]]].astype(np.int64)
    how = np.where(surname >= 0, pairs.how[pair, surname], NOTHING)
    like = np.where(surname >= 0, pairs.like[pair, surname], 0)
    own = query.grid.token[frame["row"], query.grid.last[frame["row"]]]
    theirs = known.names.grid.token[pairs.known[pair], known.grid.last[pairs.known[pair]]]
    link = np.where(surname >= 0, pairs.link[pair, surname], -1)
    frame = frame.assign(
        how=how,
        like=like,
        look=np.where(link >= 0, pairs.links.look[link], 0),
        sound=np.where(link >= 0, pairs.links.sound[link], 0),
        word=[query.parts.folded[one] for one in own],
        shouted=[query.parts.tokens[one].isupper() for one in own],
        bearer=[known.names.parts.folded[one] for one in theirs],
        given=query.table.groups[own, 0] >= 0,
    )
    frame = frame[np.isin(how, (ALIKE, SOUND, EQUAL)) & (like >= settings.lone)]
    frame = frame[(frame["how"] == EQUAL) | ~_known_otherwise(frame)]
    frame = frame.sort_values(["row", "like", "other", "entity"], ascending=[True, False, True, True], kind="stable")
    frame = frame.drop_duplicates(["row", "entity"])
    top = frame.groupby("row")["like"].transform("max")
    equal = frame.groupby("row")["how"].transform("max") == EQUAL
    return frame[(frame["how"] == EQUAL) | (~equal & (frame["like"] >= top - _ABOUT))]


def _known_otherwise(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether a lone word that is not written as the surname is too short to tell, a plural, or another word."""
    words, bearers = frame["word"].tolist(), frame["bearer"].tolist()
    return np.array(
        [
            len(word) < _SHORTEST
            or sum(letter not in "aeiouy" for letter in word) < _CONSONANTS
            or word == bearer + "s"
            or bool(lexicon.traits(word) & _OTHER)
            for word, bearer in zip(words, bearers, strict=True)
        ],
        dtype=bool,
    )


def _sure(bearers: pd.DataFrame) -> "pd.Series[bool]":
    """Whether the spelling itself leaves no doubt that it is the bearer's surname.

    It does where it is the same, or sounds the same and ends as East European surnames do, or is but for one letter.
    """
    size = np.array([len(word) for word in bearers["word"]])
    eastern = np.array([bool(_EASTERN.search(word)) for word in bearers["word"]], dtype=bool)
    script = np.array([word > "\u0370" for word in bearers["word"]], dtype=bool)
    sound, slip = (bearers["how"] == SOUND).to_numpy(), (bearers["look"] <= 1).to_numpy()
    begins = np.array([a[:1] == b[:1] for a, b in zip(bearers["word"], bearers["bearer"], strict=True)], dtype=bool)
    eastern |= begins & np.array([bool(_IN.search(word)) for word in bearers["word"]], dtype=bool)
    sure = sound & (eastern | script | (slip & (size >= _LONG) & ~bearers["shouted"].to_numpy()))
    vowel = (bearers["sound"] < 0.35).to_numpy()
    sure |= (bearers["how"] == ALIKE).to_numpy() & eastern & slip & vowel & (size >= _LONG)
    return ((bearers["how"] == EQUAL) | sure) & ~bearers["given"] & ~bearers["other"]


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
    doubt |= known & (many > 0) & (rows["method"] != "exact")
    said = rows["explanation"].where(
        ~doubt, rows["explanation"].str[:-1] + "; but people in no authority bear it more often."
    )
    return rows.assign(
        status=rows["status"].mask(doubt, "review"), canonical=rows["canonical"].mask(doubt, rows["surface"]),
        score=rows["score"].mask(doubt, 0.5), explanation=said,
    )  # fmt: skip


_FOUND = ("exact", "transliteration", "fuzzy")
