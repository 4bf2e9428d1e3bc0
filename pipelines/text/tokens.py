"""The tokens of many texts as columns: what stands between white space, each distinct one once, and where it stands.

Here: cutting whole groups of texts at once, and the words written small. What a token says of a passage, and whether it
is a word, belong to `spelling`; names to `pipelines.names`.
"""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import regex

_PLAIN = r'^["(\[]*(?P<word>[a-z]{2,})[.,;:!?)"\]]*$'  # nearly all tokens that hold a word written small
_NO_WORD = r'^(?:[A-Z][a-z]*|[0-9]+)[.,;:!?)"\]]*$'  # nearly all others
_SMALL_WORD = regex.compile(r"(?<![\p{L}\p{M}\p{N}'’-])\p{Ll}[\p{Ll}\p{M}]+(?![\p{L}\p{M}\p{N}])")


class Tokens(NamedTuple):
    """The tokens of texts, one after the other.

    Attributes:
        distinct: every token once.
        codes: of each token, in the order of the texts, its place in `distinct`.
        bounds: where the tokens of each text begin in `codes`, and where those of the last end.
    """

    distinct: pa.StringArray
    codes: npt.NDArray[np.int32]
    bounds: npt.NDArray[np.int32]


def split(texts: Sequence[str]) -> Tokens:
    """The tokens of cleaned texts, which hold no white space but spaces and line ends."""
    lists = pc.ascii_split_whitespace(pc.ascii_trim_whitespace(pa.array(texts, pa.string())))
    encoded = lists.flatten().dictionary_encode()
    return Tokens(encoded.dictionary, encoded.indices.to_numpy(), lists.offsets.to_numpy())


def small_words(tokens: Tokens) -> Counter[str]:
    """The words written small and how often each stands in the texts."""
    n = np.bincount(tokens.codes, minlength=len(tokens.distinct))
    counts: Counter[str] = Counter()
    plain = pc.struct_field(pc.extract_regex(tokens.distinct, _PLAIN), "word")
    is_plain = pc.is_valid(plain)
    _add(counts, plain.filter(is_plain).to_pylist(), n[is_plain.to_numpy(zero_copy_only=False)].tolist())
    is_other = pc.invert(pc.or_(is_plain, pc.match_substring_regex(tokens.distinct, _NO_WORD)))
    others = tokens.distinct.filter(is_other).to_pylist()
    for token, n_token in zip(others, n[is_other.to_numpy(zero_copy_only=False)].tolist(), strict=True):
        for word in _small_words_in(token):
            counts[word] += n_token
    return counts


def _add(counts: Counter[str], words: list[str], numbers: list[int]) -> None:
    for word, n in zip(words, numbers, strict=True):
        counts[word] += n


@lru_cache(maxsize=1 << 16)
def _small_words_in(token: str) -> tuple[str, ...]:
    return tuple(_SMALL_WORD.findall(token))
