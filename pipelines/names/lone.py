"""Reads lone surnames: who in the authority bears them, and whether one of them is meant where no context tells.

A reading for every bearer, so that context can choose; the default one is the only bearer, or a doubt. Full names are
read in `choose`; who is meant in a post is decided in `context`.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.names import lexicon, romanise, surnames
from pipelines.names.align import ALIKE, EQUAL, NOTHING, SOUND
from pipelines.names.authority import Authority
from pipelines.names.clusters import Clusters
from pipelines.names.evidence import answered
from pipelines.names.exact import FOUND
from pipelines.names.known import NEVER as IMPOSSIBLE
from pipelines.names.known import Compared, Names
from pipelines.names.match import Pairs
from pipelines.names.parts import PARTICLE
from pipelines.names.plausible import among
from pipelines.names.settings import NameSettings
from pipelines.names.surfaces import Surfaces, column, place_in
from pipelines.names.traits import GIVEN, NEVER, OPENER, ORDINARY, SURNAME, TERRITORY, TOWN

BEARERS = [*FOUND, "is_first", "is_sure"]
_OTHER = ORDINARY | OPENER | NEVER | SURNAME | TOWN | TERRITORY
_ABOUT = 0.06
"""Bearers whose names are alike but for this much are alike."""
_SHORTEST, _CONSONANTS, _MIDDLE, _LONG = 5, 3, 6, 8
"""Letters and consonants that a lone spelling must have to tell anything, and letters that bear a doubt, or a slip."""
_WORD = 3
"""Letters that a lone surname must have to be taken for its only bearer's."""
_VOWEL = 0.35
"""The weighted distance of two sounds up to which only a vowel differs."""
_LINKING = frozenset(("of", "the"))


def read(frame: pd.DataFrame, compared: Compared, authority: Authority, settings: NameSettings) -> pd.DataFrame:
    """The bearers of lone surnames (BEARERS): readings as in `exact.find`, none of them the default one.

    Of each surname the likeliest bearer `is_first`, and `is_sure` if nobody else can be meant.

    Args:
        frame: Pairs of a lone surname and a known name: `pair`, `row`, `entity`, `odds`, `other` (a name of theirs
            with another surname than the one they are known by), `aside` (they have no surname, or it stands first).
        compared: The pairs with their evidence.
        authority: The known entities.
        settings: Thresholds.
    """
    if frame.empty:
        return pd.DataFrame(columns=BEARERS)
    bearers = _bearers(frame, compared, authority, settings)
    if bearers.empty:
        return pd.DataFrame(columns=BEARERS)
    sure = _sure(bearers)
    many = (~bearers["aside"]).groupby(bearers["row"]).transform("sum").clip(lower=1)
    label = authority.entities["name"].to_numpy()
    main = bearers[~bearers["aside"] | ~bearers["row"].isin(bearers.loc[~bearers["aside"], "row"])]
    listed = main.groupby("row")["entity"].agg(lambda rows: "; ".join(label[list(rows)]))
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
        is_first=~bearers["row"].duplicated() & ~bearers["aside"], is_sure=(many == 1) & sure,
    )[BEARERS]  # fmt: skip


def choose(bearers: pd.DataFrame, found: pd.DataFrame, doubtful: "pd.Series[bool]") -> pd.DataFrame:
    """The readings of lone surnames with a default one each, but for those in `found`; further columns stay.

    Args:
        bearers: As `read` gives them.
        found: The readings that were found before.
        doubtful: Of which bearers it is a doubt that they are meant, though nobody else in the authority can be.
    """
    sure = bearers["is_sure"] & ~doubtful
    first = bearers["is_first"] & ~bearers["row"].isin(found["row"])
    score = bearers["score"].where(sure, bearers["score"].clip(upper=0.6))
    default = bearers.assign(score=score)[first].assign(
        is_default=True, status=np.where(sure[first], "accepted", "review")
    )
    return pd.concat([default, bearers[~(first & sure)]], ignore_index=True)


def _bearers(frame: pd.DataFrame, compared: Compared, authority: Authority, settings: NameSettings) -> pd.DataFrame:
    """Of each lone surname those whose surname is most like it, the likest first."""
    pairs, query, known = compared.pairs, compared.query, compared.known
    pair = frame["pair"].to_numpy()
    surname = answered(pairs)[pair, known.grid.last[pairs.known[pair]]].astype(np.int64)
    how = np.where(surname >= 0, pairs.how[pair, surname], NOTHING)
    like = np.where(surname >= 0, pairs.like[pair, surname], 0)
    particle = _other_particle(pairs, query)[pair]
    may = np.isin(how, (ALIKE, SOUND, EQUAL)) & (like >= settings.lone) & ((how == EQUAL) | ~particle)
    may &= (frame["odds"] > IMPOSSIBLE / 2).to_numpy()
    frame, pair, surname, how, like = frame[may], pair[may], surname[may], how[may], like[may]
    own = query.grid.token[frame["row"], query.grid.last[frame["row"]]]
    theirs = known.names.grid.token[pairs.known[pair], known.grid.last[pairs.known[pair]]]
    link = np.where(surname >= 0, pairs.link[pair, surname], -1)
    frame = frame.assign(
        how=how,
        like=like,
        look=np.where(link >= 0, pairs.links.look[link], 0),
        sound=np.where(link >= 0, pairs.links.sound[link], 0),
        word=_texts(query.parts.folded, own, frame),
        token=_texts(query.parts.tokens, own, frame),
        bearer=_texts(known.names.parts.folded, theirs, frame),
        theirs=_texts(known.names.parts.tokens, theirs, frame),
        given=query.table.groups[own, 0] >= 0,
        particle=particle[may],
    )
    frame = _described(frame, authority)
    frame = frame[(frame["how"] == EQUAL) | _tells(frame)]
    frame = frame.sort_values(["row", "like", "other", "entity"], ascending=[True, False, True, True], kind="stable")
    frame = frame.drop_duplicates(["row", "entity"])
    top = frame.groupby("row")["like"].transform("max")
    equal = frame.groupby("row")["how"].transform("max") == EQUAL
    frame = frame[(frame["how"] == EQUAL) | (~equal & (frame["like"] >= top - _ABOUT))]
    own_name = (~frame["other"] & ~frame["aside"]).groupby(frame["row"]).transform("any")
    frame = frame.assign(aside=frame["aside"] | (frame["other"] & own_name))
    return frame.sort_values(["row", "aside"], kind="stable")


def _texts(values: Sequence[str], at: npt.NDArray[np.int32], frame: pd.DataFrame) -> "pd.Series[str]":
    """Some of the values as a column of text of the frame, of an empty one too."""
    return pd.Series([values[one] for one in at.tolist()], frame.index, dtype=str)


def _other_particle(pairs: Pairs, query: Names) -> npt.NDArray[np.bool_]:
    """Whether the text's name has a particle that the known name has not: von Neumann is no Neumann."""
    grid, rows = query.grid, pairs.query
    linking = np.isin(grid.token[rows], [n for n, one in enumerate(query.parts.folded) if one in _LINKING])
    return ((grid.role[rows] == PARTICLE) & ~linking & (pairs.to < 0)).any(axis=1)


def _described(frame: pd.DataFrame, authority: Authority) -> pd.DataFrame:
    """The pairs with what their spellings say.

    Columns: `eastern` (ends as East European surnames do, or is in another script), `closely`, `transcribed` (a
    convention writes the bearer's own letters so), `aside` (only context may choose the bearer: rulers, family names
    that stand first, given names but for accents, short words).
    """
    words, bearers = frame["word"].tolist(), frame["bearer"].tolist()
    eastern = [
        surnames.has_eastern_ending(word)
        or word > romanise.LATIN_ENDS
        or (word[:1] == bearer[:1] and surnames.ends_in_in(word))
        for word, bearer in zip(words, bearers, strict=True)
    ]
    closely = romanise.closely(frame["token"].tolist(), frame["theirs"].tolist())
    transcribed = closely.copy()
    asked = frame[closely]
    native = authority.entities["native_name"].to_numpy()[asked["entity"]]
    transcribed[closely] = surnames.transcribe(asked["token"].tolist(), asked["theirs"].tolist(), native.tolist())
    accents = frame["given"] & (frame["token"].str.lower() != frame["theirs"].str.lower())
    return frame.assign(
        eastern=np.array(eastern, dtype=bool),
        closely=closely,
        transcribed=transcribed,
        shouted=np.array([token.isupper() for token in frame["token"]], dtype=bool),
        aside=frame["aside"] | accents | (frame["word"].str.len() < _WORD),
    )


def _tells(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether a lone word that is not written as the surname may be a spelling of it.

    It is not where it is too short to tell, a plural, another word or name, or alike in no more than sound.
    """
    eastern, closely = frame["eastern"].to_numpy(), frame["closely"].to_numpy()
    words, bearers = frame["word"].tolist(), frame["bearer"].tolist()
    short = frame["word"].str.len().to_numpy() < _SHORTEST - (closely & eastern)
    bare = np.array([sum(letter not in "aeiouy" for letter in word) for word in words]) < _CONSONANTS - closely
    plural = np.array([a == b + "s" for a, b in zip(words, bearers, strict=True)], dtype=bool)
    known = np.array([lexicon.traits(word) for word in words], dtype=np.int64)
    other = (known & _OTHER > 0) | ((known & GIVEN > 0) & ~eastern & ~closely)
    begins = np.array([a[:1] == b[:1] for a, b in zip(words, bearers, strict=True)], dtype=bool)
    near = (frame["look"] <= 2).to_numpy() & begins & (frame["word"].str.len() >= _MIDDLE).to_numpy()
    near &= ((frame["how"] == ALIKE) | (frame["look"] <= 1)).to_numpy()
    return ~(short | bare | plural | other) & (eastern | closely | near)


def _sure(bearers: pd.DataFrame) -> "pd.Series[bool]":
    """Whether the spelling itself leaves no doubt that it is the bearer's surname.

    It does where it is the same, or transcribes the same letters, or sounds the same and ends as East European surnames
    do, or is but for one letter.
    """
    size, shouted, slip = bearers["word"].str.len(), bearers["shouted"], bearers["look"] <= 1
    closely = bearers["transcribed"] & ~(shouted & (size <= _SHORTEST)) & ~_doubled_elsewhere(bearers)
    sure = (bearers["how"] == SOUND) & (bearers["eastern"] | closely | (slip & (size >= _LONG) & ~shouted))
    sure |= (bearers["how"] == ALIKE) & bearers["eastern"] & slip & (bearers["sound"] < _VOWEL) & (size >= _LONG)
    sure |= bearers["how"] == EQUAL
    return sure & ~bearers["given"] & ~bearers["other"] & ~bearers["particle"]


def _doubled_elsewhere(bearers: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether another letter is doubled than in the bearer's surname: Monett is no way of writing Monnet."""
    pairs = zip(bearers["word"], bearers["bearer"], bearers["look"], strict=True)
    return np.array([a != b and look > 1 and surnames.single(a) == surnames.single(b) for a, b, look in pairs], bool)


def doubted(rows: pd.DataFrame, new: Clusters, facts: Surfaces) -> pd.DataFrame:
    """The readings, with lone surnames put to review that others bear more often, or as their given name.

    Args:
        rows: The readings that name known entities, as in `resolve`.
        new: Those of entities in no authority.
        facts: All surfaces.
    """
    accepted = rows["is_default"] & (rows["status"] == "accepted")
    known = rows[accepted & ~rows["is_full"] & rows["method"].isin(_FOUND)]
    if known.empty:
        return rows
    beside = new.rows(new.beside(column(pd.concat([known["run"], known["surface"]]))))
    others = beside[(beside["status"] == "context") & (beside["canonical"] == beside["run"])]
    others = others[among(others["run"], known["run"])]
    full = pd.concat([rows[accepted & rows["is_full"]], beside[beside["is_default"] & beside["is_full"]]])
    named = _named(full, facts, pd.concat([others["entity_id"], known["entity_id"]]))
    crowd = others["entity_id"].map(named).fillna(0).groupby(others["run"])
    many, most = known["run"].map(crowd.size()).fillna(0), known["run"].map(crowd.sum()).fillna(0)
    borne = (many > 1) & (most > known["entity_id"].map(named).fillna(0))
    borne |= (many > 0) & (known["method"] != "exact")
    given = (known["method"] != "exact") & _is_given_name(known, full) & ~borne
    why = np.where(given, "but it is the given name of others.", "but people in no authority bear it more often.")
    doubt = (borne | given).to_numpy()
    changed = known.assign(
        status="review", canonical=known["surface"], score=0.5, explanation=known["explanation"].str[:-1] + "; " + why
    )[doubt]
    rows = rows.copy()
    for name in ("status", "canonical", "score", "explanation"):
        rows.loc[changed.index, name] = changed[name]
    return rows


def _named(full: pd.DataFrame, facts: Surfaces, entities: "pd.Series[str]") -> "pd.Series[int]":
    """How often each of these entities is fully named."""
    full = full[among(full["entity_id"], entities)]
    row = place_in(column(full["run"]), facts.surface)
    mentions: pd.Series[int] = pd.Series(facts.n_mentions[row]).groupby(full["entity_id"].to_numpy()).sum()
    return mentions


def _is_given_name(lone: pd.DataFrame, full: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which lone names begin the full name of others: Zhores, beside Zhores Medvedev, is no spelling of Jaurès."""
    people = full[full["kind"] == "person"]
    bearers: dict[str, set[str]] = {name: set() for name in lone["surface"].to_list()}
    for name, entity in zip(people["surface"].to_list(), people["entity_id"].to_list(), strict=True):
        first = name.split(None, 1)[0] if " " in name else ""
        if first in bearers:
            bearers[first].add(entity)
    pairs = zip(lone["surface"].to_list(), lone["entity_id"].to_list(), strict=True)
    return np.array([bool(bearers[name]) and entity not in bearers[name] for name, entity in pairs], bool)


_FOUND = ("exact", "transliteration", "fuzzy")
