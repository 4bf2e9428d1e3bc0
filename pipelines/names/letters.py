"""What the letters of a surface tell by themselves, as columns: its number, its last word's, and how it is written.

So all this is asked about once, where the authority is asked, in blocks (`block`). What the corpus makes of it is
`cluster`'s and `bearers`' business.
"""

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.names import surfaces, surnames

COLUMNS = {"key": np.uint64, "surname": np.uint64, "is_foreign": np.bool_, "may_tell": np.bool_, "is_upper": np.bool_}
_OTHER_CONVENTIONS = r"d?sch|tch|cz|sz|ou|[oe](?:w|ff)(?: |$)|ij(?: |$)"
"""Letters by which East European names are known to be transcribed in other ways than the English one."""


def described(texts: Sequence[str], folded: Sequence[str]) -> pd.DataFrame:
    """The columns of COLUMNS, a row a text.

    `key` and `surname` are the numbers of the folded letters of the text and of its last word (0 if it has but one);
    `is_foreign` that another convention than the English one shows; `may_tell` that a word may tell its spellings.

    Args:
        texts: Surfaces with single spaces.
        folded: The same folded.
    """
    letters = pa.array(folded, pa.string())
    several = np.flatnonzero(surfaces.several(letters))
    last = surfaces.last_words(letters.take(pa.array(several))).dictionary_encode()
    surname = np.zeros(len(letters), np.uint64)
    surname[several] = keys(last.dictionary.to_pylist())[last.indices.to_numpy()]
    return pd.DataFrame({
        "key": keys(folded), "surname": surname,
        "is_foreign": surfaces.true(pc.match_substring_regex(letters, _OTHER_CONVENTIONS)),
        "may_tell": surnames.may_tell(letters), "is_upper": surfaces.are_upper(pa.array(texts, pa.string())),
    })  # fmt: skip


def keys(folded: Sequence[str]) -> npt.NDArray[np.uint64]:
    """A number for each of these letters, by which an entity of that name is known too."""
    made = b"".join([hashlib.sha256(one.encode()).digest() for one in folded])
    return np.frombuffer(made, ">u8")[::4].astype(np.uint64)  # the first eight bytes of each
