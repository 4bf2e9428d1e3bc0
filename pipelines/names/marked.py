"""Names that a source itself marks up: put among the candidates of its text, and their references looked up.

Here: the span of a marked-up name, and which entity of the authority a reference means. Not here: markup (`readers`),
and which reading holds for a mention (`pipelines.passes`).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple
from urllib.parse import unquote

import pandas as pd

from pipelines.names.authority import Authority
from pipelines.names.candidates import Candidate
from pipelines.names.find import find_each
from pipelines.names.spelling import respell

_REGISTER = re.compile(r"[^/#:]*/?$")  # what of a pointer is no name of its register
_AFTER = re.compile(r"(?:(?<=\w)['’]s?|[\s,;:])*$")


class Marked(NamedTuple):
    """A marked-up name: offsets as of a candidate, its kind (or empty) and the reference given for it (or empty)."""

    start: int
    end: int
    kind: str
    ref: str


def names(text: str, marked: Iterable[Marked]) -> list[Marked]:
    """The marked-up names of a text as candidates, in their order; of names in names the outer one counts.

    What is written small alone is none (rs: he).
    """
    marked = sorted(marked, key=lambda name: (name.start, -name.end))
    marked = [name for name in marked if any(_is_large(sign) for sign in text[name.start : name.end])]
    inner = find_each([text[name.start : name.end] for name in marked])
    found: list[Marked] = []
    for name, candidates in zip(marked, inner, strict=True):
        candidate = _name(text[name.start : name.end], name, candidates)
        if not found or found[-1].end <= candidate.start:
            found.append(Marked(*candidate, name.ref))
    return found


def _is_large(sign: str) -> bool:
    return sign.isalpha() and not sign.islower()


def hidden(text: str, names: Iterable[Marked]) -> str:
    """The text as other names are sought in it: what is marked up is a name, and nothing else is sought in it."""
    signs = list(text)
    for start, end, *_ in names:
        signs[start:end] = "x" * (end - start)
    return "".join(signs)


def _name(written: str, marked: Marked, found: Sequence[Candidate]) -> Candidate:
    """The candidate of a marked-up name, without titles, articles, possessives, by what is found in it."""
    first = found[0].start if found else len(written) - len(written.lstrip())
    bare = _AFTER.sub("", written)
    kinds = {name.hint for name in found} - {""}
    kind = marked.kind or (kinds.pop() if len(kinds) == 1 else "")
    return Candidate(marked.start + first, marked.start + max(len(bare), first + 1), kind)


def entities(references: pd.DataFrame, authority: Authority) -> pd.DataFrame:
    """The references that mean an entity of the authority, with how each surface is written for it.

    Args:
        references: `surface`, `kind`, `ref`, each once.
        authority: the known entities.

    Returns:
        The same columns and `entity_id`, `entity_kind`, `canonical`, `explanation`, `label`.
    """
    known = authority.entities.set_index("entity_id")
    meant = pd.Series([_meant(ref, known.index.__contains__) for ref in references["ref"]], references.index, object)
    rows = references.assign(entity_id=meant).dropna(subset="entity_id")
    rows = rows.assign(entity_kind=rows["entity_id"].map(known["kind"]), label=rows["entity_id"].map(known["name"]))
    person = rows["entity_kind"] == "person"
    rows = rows[(rows["kind"] == "") | ((rows["kind"] == "person") == person)]
    person = rows["entity_kind"] == "person"
    canonical = rows["surface"].copy()
    canonical[person] = respell(rows.loc[person, "surface"].tolist(), rows.loc[person, "label"].tolist())
    said = [
        f"Marked up in the source with the reference “{ref}”: {label}."
        for ref, label in zip(rows["ref"], rows["label"], strict=True)
    ]
    return rows.assign(canonical=canonical, explanation=said).reset_index(drop=True)


def _meant(ref: str, is_known: Callable[[str], bool]) -> str | None:
    """The entity that a reference means.

    Of several pointers, those of different registers (`#stalin https://www.wikidata.org/entity/Q855`) are one entity's,
    those of one register are several entities'.
    """
    pointers = [unquote(pointer) for pointer in ref.split()]
    if len({_REGISTER.sub("", pointer) for pointer in pointers}) < len(pointers):
        return None
    meant = {entity for pointer in pointers if (entity := _pointed_at(pointer, is_known))}
    return meant.pop() if len(meant) == 1 else None


def _pointed_at(ref: str, is_known: Callable[[str], bool]) -> str | None:
    """The entity of one pointer: by its whole, or by how an address or pointer (#Q855, psn:Q855) ends."""
    tail = ref.replace("#", "/").rstrip("/").split("/")
    ends = (ref, tail[-1], ":".join(tail[-2:]), ref.rpartition(":")[2])
    return next((one for one in ends if one and is_known(one)), None)
