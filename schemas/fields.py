"""Every column that two or more tables share, defined once: its checks and the words that describe it.

Columns of a single table are defined with their table in `schemas.tables`.
"""

from collections.abc import Callable
from typing import Annotated, Any

import pandas as pd
import pandera.pandas as pa
import pyarrow

EDIT_KINDS = ["unicode", "whitespace", "punctuation", "spelling", "name"]
POST_KINDS = ["question", "answer", "comment", "document"]
ENTITY_KINDS = ["person", "place", "organisation", "event", "unknown"]
METHODS = ["decision", "exact", "alias", "transliteration", "fuzzy", "context", "cluster"]
NAME_STATUS = ["accepted", "review"]
SOURCE_STATUS = ["ingested", "quarantined", "duplicate"]
DATE_PRECISIONS = ["year", "month", "day", "second"]

Integer = pd.Int64Dtype
Timestamp = Annotated[pd.DatetimeTZDtype, "ms", "UTC"]
EditKind = Annotated[pd.CategoricalDtype, EDIT_KINDS, False]
PostKind = Annotated[pd.CategoricalDtype, POST_KINDS, False]
EntityKind = Annotated[pd.CategoricalDtype, ENTITY_KINDS, False]
Method = Annotated[pd.CategoricalDtype, METHODS, False]
NameStatus = Annotated[pd.CategoricalDtype, NAME_STATUS, False]
SourceStatus = Annotated[pd.CategoricalDtype, SOURCE_STATUS, False]
DatePrecision = Annotated[pd.CategoricalDtype, DATE_PRECISIONS, False]


def _key(description: str, pattern: str, options: dict[str, Any]) -> Any:
    return pa.Field(description=description, str_matches=pattern, **options)


def source_id(**options: Any) -> Any:
    """Key of a seed file: the same in every build, made from the file's path alone."""
    return _key("The seed file; the same in every build.", r"^s[0-9a-f]{12}$", options)


def post_id(**options: Any) -> Any:
    """Key of a post: its source and its own key there."""
    return _key("The post; the same in every build.", r"^s[0-9a-f]{12}-", options)


def sentence_id(**options: Any) -> Any:
    """Key of a sentence: its post and its number there."""
    return _key("The sentence; the same in every build.", r"^s[0-9a-f]{12}-.*-s[0-9]+$", options)


def mention_id(**options: Any) -> Any:
    """Key of a mention: its post and its number there."""
    return _key("The mention of a name.", r"^s[0-9a-f]{12}-.*-m[0-9]+$", options)


def entity_id(**options: Any) -> Any:
    """Key of an entity: the authority's, or `new:` and a hash for a name in no authority."""
    return pa.Field(
        description="The entity: its id in the authority, or `new:` and a hash for a name in no authority.",
        str_length={"min_value": 1},
        **options,
    )


def count(description: str) -> Any:
    """A number of things, zero or more."""
    return pa.Field(description=description, ge=0)


def offset(description: str) -> Any:
    """A position in a text, in Unicode code points from 0."""
    return pa.Field(description=f"{description}, in Unicode code points from 0.", ge=0)


def score(description: str, **options: Any) -> Any:
    """A certainty between 0 and 1."""
    return pa.Field(description=description, ge=0.0, le=1.0, **options)


def text(description: str, **options: Any) -> Any:
    """A string with nothing more to check."""
    return pa.Field(description=description, **options)


def choice(description: str, **options: Any) -> Any:
    """A category of a fixed vocabulary, which the column's type names."""
    return pa.Field(description=description, **options)


def rows(name: str, passes: Callable[..., Any], *columns: str) -> Any:
    """A check of whole rows, said once: `schemas.check` asks it of Arrow columns, and pandera of what pandas makes.

    Args:
        name: what must hold.
        passes: whether it does, of each row, given the columns as Arrow has them.
        columns: the names of these.
    """

    def of_frame(model: type, frame: pd.DataFrame) -> pd.Series:  # noqa: ARG001
        found = passes(*(pyarrow.chunked_array([pyarrow.array(frame[column], from_pandas=True)]) for column in columns))
        return pd.Series(found.to_numpy(zero_copy_only=False), frame.index, dtype=bool)

    return pa.dataframe_check(name=name, statistics={"passes": passes, "columns": columns})(classmethod(of_frame))
