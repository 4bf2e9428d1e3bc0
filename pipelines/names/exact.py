"""Finds surfaces that stand in the authority letter by letter, or but for capitals and accents."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.names import romanise
from pipelines.names.authority import Authority
from pipelines.names.plausible import among

FOUND = ["row", "entity", "method", "score", "status", "explanation", "is_full", "is_default"]
LETTERS, CAPITALS = "letters", "capitals"


def prepare(authority: Authority) -> pd.DataFrame:
    """The authority's names with their folded letters, as `find` wants them."""
    return authority.names.assign(folded=pd.Series(romanise.fold(authority.names["name"].tolist()), dtype=str))


def _of(name: str, values: Sequence[str], wanted: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Some of the values with their rows."""
    rows = np.flatnonzero(wanted)
    return pd.DataFrame({"row": rows, name: pd.Series([values[row] for row in rows.tolist()], dtype=str)})


def find(texts: Sequence[str], folded: Sequence[str], authority: Authority, names: pd.DataFrame) -> pd.DataFrame:
    """The readings of texts that are a name of one entity or more: the columns of FOUND, `row` as in `texts`, and `by`.

    A name that several entities share is a doubt, and shown with all of them. `by` is LETTERS where the text stands in
    the authority letter by letter, else CAPITALS: that tells nothing of a word that is no name by its use.
    """
    kinds = authority.entities["kind"].to_numpy()
    name = among(texts, names["name"])
    near_name = among(folded, names["folded"]) & ~name & (np.fromiter(map(len, texts), np.int64, len(texts)) > 3)
    same = _of("name", texts, name).merge(names, on="name")
    near = _of("folded", folded, near_name).assign(text=_of("text", texts, near_name)["text"]).merge(names, on="folded")
    found = pd.concat([same.assign(near=False), near.assign(near=True)], ignore_index=True)
    found = found.drop_duplicates(["row", "entity"]).sort_values(["row", "is_alias", "entity"], kind="stable")
    several = found["row"].duplicated(keep=False).to_numpy()
    alias = (found["is_alias"] | found["is_native"]).to_numpy()
    first = ~found["row"].duplicated().to_numpy()
    label = authority.entities["name"].to_numpy()[found["entity"]]
    person = kinds[found["entity"]] == "person"
    single = ~found["name"].str.contains(" ", regex=False).to_numpy()
    listed = found.assign(label=label).groupby("row")["label"].agg("; ".join).to_dict()
    said = [
        f"Several entities are called so: {listed[row]}." if many
        else f"{'Another name' if other else 'The name'} of {name} in the authority"
        f"{', but for capitals or accents' if close else ''}."
        for row, many, other, name, close in zip(found["row"], several, alias, label, found["near"], strict=True)
    ]  # fmt: skip
    result = pd.DataFrame({
        "row": found["row"], "entity": found["entity"], "method": ["alias" if one else "exact" for one in alias],
        "score": [0.5 if many else 0.98 if close else 1.0 for many, close in zip(several, found["near"], strict=True)],
        "status": ["review" if many else "accepted" for many in several], "explanation": said,
        "is_full": ~several & ~(person & single), "is_default": first,
        "by": np.where(found["near"], CAPITALS, LETTERS),
    })  # fmt: skip
    context = result[several & first].assign(status="context")
    result.loc[several & ~first, "status"] = "context"
    return pd.concat([result, context.assign(is_default=False)], ignore_index=True)[[*FOUND, "by"]]
