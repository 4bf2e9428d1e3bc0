"""Chooses among the known entities whose names a surface may spell: accepted, shown for review, or none.

Full names by the odds of all rivals together; lone surnames, in `lone`, by who bears them.
"""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz.distance import OSA

from pipelines.names import explain, known, lexicon, lone, romanise, surnames
from pipelines.names.align import ALIKE, INITIALS, SOUND
from pipelines.names.authority import Authority
from pipelines.names.exact import FOUND
from pipelines.names.index import build
from pipelines.names.known import Compared, Known, Names, compare
from pipelines.names.settings import NameSettings
from pipelines.names.traits import ORDINARY, SURNAME

RIVALS = ["row", "entity", "odds", "method", "explanation"]
SHARE = 0.999
_DOUBT = -0.2
"""The most log-odds of what is too little to be certain of: they lead to review."""
LEAST = -4.0
"""Log-odds from which on somebody is a rival at all."""
_SPELLING = 0.6
"""Share of letters from which on two surnames of one person are spellings of one."""
SCARCE = -2.0
"""What `rarity` gives from which on hardly anybody named is known, and a bare surname most often somebody else's."""
_HAN = re.compile(r"[\u4e00-\u9fff\uac00-\ud7a3·]{2,4}")
_SYLLABLE = re.compile(r"[^aeiouy]*[aeiouy]+[^aeiouy]*")
"""A Chinese or Korean family name as it is romanised: Zhou, Chiang, Kim; not Hideki."""
_BELIEF, _ROUNDS = 30, 20
"""How many names the belief is worth that half of the people named are known, as in the gold data."""
_STEPS = 50
"""`rarity` goes by so many steps to one: a text more or less among thousands leaves all scores as they are."""


@dataclass(frozen=True, slots=True)
class People:
    """The known people's names, ready to be compared with.

    Attributes:
        names: As the authority's, and family names that stand first, alone (`is_family`). With `other` (an alias
            with another surname than the one they are known by) and `aside` (they have no surname, or it stands first).
        known: The same, indexed.
    """

    names: pd.DataFrame
    known: Known


def prepare(authority: Authority) -> People:
    """The authority's people, as `compared` wants them."""
    people = (authority.entities["kind"] == "person").to_numpy()[authority.names["entity"]]
    names = _with_families(authority.names[people], authority)
    made = known.prepare(build(names["name"].tolist()))
    aside = names["stands_first"] | names["entity"].isin(names.loc[made.ruler, "entity"])
    return People(names.assign(other=_other_surname(names), aside=aside), made)


def _with_families(names: pd.DataFrame, authority: Authority) -> pd.DataFrame:
    """People's names, and the family names of those whose family name stands first (Zhou Enlai, Kim Il-sung)."""
    native = authority.entities["native_name"].to_numpy()[names["entity"]]
    eastern = np.array([bool(_HAN.fullmatch(one)) for one in native], dtype=bool) & ~names["is_native"].to_numpy()
    first = names["name"].str.split().str[0]
    kept = eastern & np.array([bool(_SYLLABLE.fullmatch(one)) for one in romanise.fold(first.tolist())], dtype=bool)
    kept &= names["name"].str.contains(" ", regex=False).to_numpy()
    families = names[kept].assign(name=first[kept], is_alias=True, is_native=False).drop_duplicates(["entity", "name"])
    return pd.concat(
        [names.assign(is_family=False, stands_first=kept), families.assign(is_family=True, stands_first=True)],
        ignore_index=True,
    )


def compared(
    query: Names, people: People, authority: Authority, settings: NameSettings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Whom each name may name: full names' rivals (RIVALS, the likeliest first), and lone surnames' bearers.

    This depends on the name and the authority alone. What is said of a rival is said of those who may be chosen.
    """
    if not len(people.names) or not query.parts.tokens:
        return pd.DataFrame(columns=RIVALS), pd.DataFrame(columns=lone.BEARERS)
    found = compare(query, people.known)
    pairs = found.pairs
    frame = pd.DataFrame({
        "pair": np.arange(len(pairs.query)), "row": pairs.query.astype(np.int64), "odds": found.odds,
        "entity": people.names["entity"].to_numpy()[pairs.known],
    })  # fmt: skip
    single = found.query.grid.words[pairs.query] < 2
    unsure = (_by_another_surname(found, people) | _by_another_letter(found, people)) & ~single
    frame["odds"] = frame["odds"].mask(unsure, frame["odds"].clip(upper=_DOUBT))
    of = {name: people.names[name].to_numpy(bool)[pairs.known] for name in ("is_family", "other", "aside")}
    rivals = _rivals(frame[~single & ~of["is_family"]], found, authority, settings)
    alone = frame.assign(other=of["other"], aside=of["aside"])[single]
    return rivals, lone.read(alone, found, authority, settings)


def _by_another_surname(found: Compared, people: People) -> npt.NDArray[np.bool_]:
    """Pairs that agree in one initial and a usual surname that is not the one they are known by: E. Singer."""
    pairs, grid, folded = found.pairs, people.known.grid, people.known.names.parts.folded
    result = people.names["other"].to_numpy(bool)[pairs.known]
    result &= ((pairs.how == INITIALS).sum(axis=1) == 1) & ((pairs.how > INITIALS).sum(axis=1) == 1)
    some = np.flatnonzero(result)
    last = grid.token[pairs.known[some], grid.last[pairs.known[some]]]
    result[some] = [bool(lexicon.traits(folded[one]) & (SURNAME | ORDINARY)) for one in last.tolist()]
    return result


def _by_another_letter(found: Compared, people: People) -> npt.NDArray[np.bool_]:
    """Pairs whose short surnames differ in the Russian letters that are written k and kh: Karlov and Kharlov."""
    pairs, query, theirs = found.pairs, found.query, people.known
    row, column = np.arange(len(pairs.query)), query.grid.last[pairs.query]
    at = theirs.grid.last[pairs.known]
    answers = (pairs.to[row, column] == at) & np.isin(pairs.how[row, column], (ALIKE, SOUND))
    some = np.flatnonzero(answers)
    ours, last = query.grid.token[pairs.query[some], column[some]], theirs.grid.token[pairs.known[some], at[some]]
    words, place = np.unique(ours.astype(np.int64) << 32 | last, return_inverse=True)
    left, right = query.parts.folded, theirs.names.parts.folded
    told = [_by_kh_alone(left[one >> 32], right[one & 0xFFFFFFFF]) for one in words.tolist()]
    result = np.zeros(len(row), bool)
    result[some] = np.array(told, bool)[place]
    return result


def _by_kh_alone(one: str, other: str) -> bool:
    """Whether two words, not both long, differ in k and kh alone."""
    return (
        one != other
        and one.replace("kh", "k") == other.replace("kh", "k")
        and min(len(one), len(other)) < surnames.LONG
    )


def _rivals(frame: pd.DataFrame, found: Compared, authority: Authority, settings: NameSettings) -> pd.DataFrame:
    best = frame.sort_values(["row", "odds", "entity"], ascending=[True, False, True], kind="stable")
    best = best.drop_duplicates(["row", "entity"])
    first = ~best["row"].duplicated()
    best = best[(best["odds"] > LEAST) | first]
    weight = np.exp(np.minimum(best["odds"], 30))
    said = (first.loc[best.index] & (weight / (1 + weight) >= settings.review)).to_numpy()
    label = authority.entities["name"].to_numpy()
    top = list(zip(best["pair"][said].tolist(), best["entity"][said].tolist(), strict=True))
    explanation, method = np.full((2, len(best)), None, dtype=object)
    explanation[said] = [explain.full(found, pair, label[entity]) for pair, entity in top]
    method[said] = [explain.method(found, pair) for pair, _ in top]
    return best.assign(explanation=explanation, method=method)[RIVALS].reset_index(drop=True)


def choose(rivals: pd.DataFrame, shift: float, authority: Authority, settings: NameSettings) -> pd.DataFrame:
    """The readings of full names that spell known people's, as in `exact.find`, with what else is in `rivals`.

    Args:
        rivals: As `compared` gives them, of names that may be people's and were not found before.
        shift: The `rarity` of known people in these texts.
        authority: The known entities.
        settings: Thresholds.
    """
    if rivals.empty:
        return rivals.reindex(columns=[*rivals.columns, *(name for name in FOUND if name not in RIVALS)])
    return _full(rivals.assign(odds=rivals["odds"] + shift), authority, settings)


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


def rarity(frame: pd.DataFrame, people: npt.NDArray[np.bool_], found: pd.DataFrame) -> float:
    """What is added to the log-odds as fewer of the people named in these texts are known than in gold data.

    Where few are known at all, a near spelling is more often somebody else's name. How many are is found by weighing
    all names again and again (Saerens et al. 2002, Adjusting the outputs of a classifier to new a priori
    probabilities).

    Args:
        frame: As `compared` gives them, of names that may be people's and are not in `found`.
        people: Which rows are people's names of several words, of all the corpus has.
        found: The readings that were found before.
    """
    settled = int(people[np.unique(found["row"].to_numpy(np.int64))].sum())
    may = people[frame["row"].to_numpy(np.int64)] & ~frame["row"].isin(found["row"])
    best = frame[may].groupby("row")["odds"].max().to_numpy()
    number, shift = int(people.sum()), 0.0
    for _ in range(_ROUNDS):
        known = settled + (1 / (1 + np.exp(-(best + shift)))).sum()
        share = (known + _BELIEF / 2) / (number + _BELIEF)
        shift = float(min(np.log(share / (1 - share)), 0.0))
    return round(shift * _STEPS) / _STEPS


def _full(rivals: pd.DataFrame, authority: Authority, settings: NameSettings) -> pd.DataFrame:
    """Full names: each rival's share of the odds, with nobody known as one of the rivals."""
    best = rivals[rivals["odds"] > LEAST]
    weight = pd.Series(np.exp(np.minimum(best["odds"], 30)), index=best.index)
    best = best.assign(share=weight / (1 + weight.groupby(best["row"]).transform("sum")), alone=weight / (1 + weight))
    top = best.drop_duplicates("row")
    top = top[top["alone"] >= settings.review]
    second = best[best["row"].duplicated()].drop_duplicates("row").set_index("row")
    near = top["row"].map(second["odds"]).fillna(-np.inf) > np.maximum(top["odds"] - settings.rival, 0)
    accepted = ((top["share"] >= settings.accept) & ~near).to_numpy()
    likely = best[best["row"].isin(top["row"]) & (best["alone"] >= settings.review)]
    listed = likely.groupby("row")["entity"].agg(tuple)
    label = authority.entities["name"].to_numpy()
    said = [
        explain.with_rivals(said, [label[one] for one in listed[row] if one != entity])
        for said, entity, row in zip(top["explanation"], top["entity"], top["row"], strict=True)
    ]
    return top.assign(
        score=top["share"].clip(0, SHARE),
        status=np.where(accepted, "accepted", "review"), explanation=said, is_full=accepted, is_default=True,
    )  # fmt: skip
