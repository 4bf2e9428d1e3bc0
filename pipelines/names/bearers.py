"""Finds the unknown people whom a lone surname may name: everybody in no authority whose full name ends so.

Known bearers are `lone`'s business; who is meant in a post is decided in `context`.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipelines.names import plausible, surnames
from pipelines.names.clusters import Heads
from pipelines.names.index import distinct
from pipelines.names.surfaces import PERSON, Bools, Numbers, Surfaces, last_words, place_of


def find(row: Numbers, entity: Numbers, heads: Heads, facts: Surfaces) -> tuple[Numbers, Numbers, Bools]:
    """Lone surnames, known or not, with their unknown bearers: the row, the entity, and whether it bears another form.

    In the order of rows and, of each, of the entities' ids.

    Args:
        row: The unknown names, the best written ones first.
        entity: The head of each one's entity.
        heads: The heads.
        facts: All surfaces.
    """
    full = np.flatnonzero((heads.kind[entity] == PERSON) & ~facts.single[row])
    borne, best, number = np.unique(facts.surname[row[full]], return_index=True, return_inverse=True)
    held = distinct(number.astype(np.int64) << 32 | entity[full])
    single = np.flatnonzero(facts.is_name & facts.single)
    surname = place_of(facts.key[single], borne)
    asked = np.flatnonzero((surname >= 0) | facts.may_tell[single])
    asked = asked[plausible.may_be_surnames(facts.text(single[asked]))]
    single, surname = single[asked], surname[asked]
    own = surname >= 0
    other_row, other = _other_forms(single, row, borne, last_words(facts.text(row[full[best]])), facts)
    place, bearer = _of(held, np.concatenate([surname[own], other]))
    who = np.concatenate([single[own], other_row])[place]
    is_other = place >= own.sum()
    order = np.lexsort((is_other, bearer, who))
    who, bearer, is_other = who[order], bearer[order], is_other[order]
    new = np.ones(len(who), bool)
    new[1:] = (who[1:] != who[:-1]) | (bearer[1:] != bearer[:-1])
    who, bearer, is_other = who[new], bearer[new], is_other[new]
    order = np.lexsort((heads.key[bearer], who))
    return who[order].astype(np.int32), bearer[order].astype(np.int32), is_other[order]


def _of(held: Numbers, surname: Numbers) -> tuple[Numbers, Numbers]:
    """The bearers of each surname, with its place in the list given.

    Args:
        held: Surnames, in the upper half, with a bearer each, in order.
        surname: The surnames asked about.
    """
    first = np.searchsorted(held, surname.astype(np.int64) << 32)
    count = np.searchsorted(held, (surname.astype(np.int64) + 1) << 32) - first
    place = np.repeat(np.arange(len(surname)), count)
    at = np.arange(len(place)) + np.repeat(first - (np.cumsum(count) - count), count)
    return place, held[at] & 0xFFFFFFFF


def _other_forms(
    single: Numbers, unknown: Numbers, borne: npt.NDArray[np.uint64], written: pa.Array, facts: Surfaces
) -> tuple[Numbers, Numbers]:
    """Unknown lone surnames with the surnames borne by somebody that they are other spellings of, by number.

    Args:
        single: Rows of lone words that may be surnames.
        unknown: Rows of the unknown names.
        borne: The surnames of full names, by their keys, in order.
        written: The same as written.
        facts: All surfaces.
    """
    alone = np.zeros(len(facts.surface), bool)
    alone[unknown] = True
    single = single[alone[single] & facts.may_tell[single]]
    lone, first, place = np.unique(facts.key[single], return_index=True, return_inverse=True)
    new = np.flatnonzero(place_of(lone, borne) < 0)
    number = len(borne)
    of = np.append(np.arange(number), new)  # of each word its number among the borne surnames, or the lone ones
    rows = single[np.argsort(place, kind="stable")]
    bounds = np.concatenate([[0], np.cumsum(np.bincount(place, minlength=len(lone)))])
    found: list[tuple[int, int]] = []
    lone_of = place_of(borne, lone)
    words = pa.concat_arrays([written, facts.text(single[first[new]])])
    for a, b in surnames.spellings(words.to_pylist()):
        for one, other in ((a, b), (b, a)):
            at = lone_of[one] if one < number else of[one]
            if other < number and at >= 0:
                found += [(row, other) for row in rows[bounds[at] : bounds[at + 1]].tolist()]
    pairs = np.array(found, np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
