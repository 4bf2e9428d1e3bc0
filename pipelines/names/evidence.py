"""Weighs what speaks for and against two names being one person's: evidence from their parts → one probability.

Each kind of evidence has a weight in `weights.toml` (log-odds), which says how the weights were found. Which names are
compared at all, and what follows from the probability, is decided elsewhere.
"""

import tomllib
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from pipelines.names.align import ALIKE, BEGINNING, EQUAL, INITIALS, NOTHING, SAME_NAME, SOUND, WIDTH, Grid, PartTable
from pipelines.names.match import Pairs
from pipelines.names.parts import INITIAL, SHORT, WORD

Floats = npt.NDArray[np.float64]
_COLUMNS = np.arange(WIDTH)


def weigh(pairs: Pairs, query: Grid, known: Grid, query_table: PartTable, known_table: PartTable) -> Floats:
    """The log-odds that the two names of each pair are one person's."""
    weights = _weights()
    total = np.full(len(pairs.query), weights["base"])
    for name, value in gather(pairs, query, known, query_table, known_table).items():
        if weights.get(name):
            total += weights[name] * value
    return total


def gather(pairs: Pairs, query: Grid, known: Grid, query_table: PartTable, known_table: PartTable) -> dict[str, Floats]:
    """The evidence of each pair, by the names it has in weights.toml."""
    q, k, rows = pairs.query, pairs.known, np.arange(len(pairs.query))
    back = answered(pairs)
    surname_how, surname_far, surname_at = _at(pairs, back, known.last[k])
    given_how, given_far, given_at = _at(pairs, back, known.opening[k])
    lone = known.opening[k] == known.last[k]
    given_how, given_at = np.where(lone, NOTHING, given_how), np.where(lone, -1, given_at)
    given_far = np.where(given_how == ALIKE, given_far, 0)
    far_given = np.select([given_how == ALIKE, given_how == SAME_NAME, given_how <= BEGINNING], [given_far, 0.3, 1.0], 0.0)
    evidence = {
        "surname missing": surname_how == NOTHING,
        "surname equal": surname_how == EQUAL,
        "surname by sound": surname_how == SOUND,
        "surname far": np.where(surname_how == NOTHING, 0, surname_far),
        "surname by less": np.isin(surname_how, (SAME_NAME, BEGINNING, INITIALS)),
        "surname in place": (surname_at == query.last[q]) & (surname_how != NOTHING),
        "given equal": given_how == EQUAL,
        "given by sound": given_how == SOUND,
        "given same name": given_how == SAME_NAME,
        "given beginning": given_how == BEGINNING,
        "given initial": given_how == INITIALS,
        "given alike": given_how == ALIKE,
        "given missing": given_how == NOTHING,
        "given far": given_far,
        "given in place": (given_at == query.opening[q]) & (given_how != NOTHING),
        "both far": np.where(surname_how == NOTHING, 0, surname_far) * far_given,
        "both unsure": (surname_how == ALIKE) & (given_how <= SAME_NAME),
        "text lone": query.words[q] < 2,
        "known lone": known.words[k] < 2,
        "generation": (query.suffix[q] != known.suffix[k]) & ((query.suffix[q] > 0) & (known.suffix[k] > 0)),
    }
    evidence |= _left_over(pairs, back, query, known, query_table)
    assert len(rows) == len(q)
    return {name: np.asarray(value, np.float64) for name, value in evidence.items()}


def answered(pairs: Pairs) -> npt.NDArray[np.int8]:
    """For each part of the known name the column of the text's part that answers to it, -1 if none."""
    back = np.full((len(pairs.query), WIDTH), -1, np.int8)
    row, column = np.nonzero(pairs.to >= 0)
    back[row, pairs.to[row, column]] = column
    return back


def _at(pairs: Pairs, back: npt.NDArray[np.int8], column: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int8], Floats, npt.NDArray[np.int64]]:
    """How the known name's part in a column is answered: how, how far, and where."""
    rows = np.arange(len(back))
    at = np.where(column >= 0, back[rows, column], -1)
    how = np.where(at >= 0, pairs.how[rows, at], NOTHING)
    far = np.where(at >= 0, -np.log(np.maximum(pairs.like[rows, at], 0.01)), 0)
    return how, far.astype(np.float64), at


def _left_over(pairs: Pairs, back: npt.NDArray[np.int8], query: Grid, known: Grid, table: PartTable) -> dict[str, npt.NDArray[np.int64]]:
    q, k = pairs.query, pairs.known
    q_role, k_role = query.role[q], known.role[k]
    q_last, q_open = _COLUMNS == query.last[q][:, None], _COLUMNS == query.opening[q][:, None]
    k_last, k_open = _COLUMNS == known.last[k][:, None], _COLUMNS == known.opening[k][:, None]
    q_word, k_word = q_role == WORD, k_role == WORD
    q_short, k_short = (q_role == INITIAL) | (q_role == SHORT), (k_role == INITIAL) | (k_role == SHORT)
    q_left, k_left = pairs.to < 0, back < 0
    patronymic = np.where(query.token[q] >= 0, table.patronymic[query.token[q]], False)
    q_middle, k_middle = q_left & ~q_last & ~q_open, k_left & ~k_last & ~k_open
    middle = (pairs.to >= 0) & ~q_last & ~q_open
    return {
        "text middle": (q_middle & q_word & ~patronymic).sum(axis=1),
        "text patronymic": (q_middle & q_word & patronymic).sum(axis=1),
        "text last": (q_left & q_word & q_last).sum(axis=1),
        "text opening": (q_left & q_open).sum(axis=1),
        "text initial": (q_left & q_short & ~q_open).sum(axis=1),
        "known middle": (k_middle & k_word).sum(axis=1),
        "known initial": (k_left & k_short & ~k_open).sum(axis=1),
        "known opening initial": (k_left & k_short & k_open).sum(axis=1),
        "known opening": (k_left & k_word & k_open & ~k_last).sum(axis=1),
        "middles contradict": np.minimum((q_middle & (q_word | q_short)).sum(axis=1), (k_middle & (k_word | k_short)).sum(axis=1)),
        "middle agrees": (middle & (pairs.how >= ALIKE)).sum(axis=1),
        "middle by initial": (middle & np.isin(pairs.how, (INITIALS, BEGINNING))).sum(axis=1),
    }


@cache
def _weights() -> dict[str, float]:
    text = files("pipelines.names").joinpath("weights.toml").read_text("utf-8")
    return {name: float(value) for name, value in tomllib.loads(text)["weights"].items()}
