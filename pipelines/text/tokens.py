"""The tokens of many texts as columns: what stands between white space, each distinct one once, and where it stands.

Here: cutting whole groups of texts at once, and the words written small. What a token says of a passage, and whether it
is a word, belong to `spelling`; names to `pipelines.names`.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import regex

# Nearly all tokens that hold a word written small: with signs around it, in a genitive, before footnotes.
_PLAIN = r"""^["(\[]*(?P<word>[a-z]{2,})(?:'s?)?(?:[.,;:!?)"\]]|\[[0-9]+\])*$"""
# What the other words need, as far as a pattern without looking back can tell; of rarer scripts nothing is told here.
# Ranges, as a pattern of all small letters takes a millisecond to make, each time it is used.
_LATIN, _SMALL = r"A-Za-z\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{24f}", r"a-z\x{aa}\x{b5}\x{ba}\x{df}-\x{f6}\x{f8}-\x{24f}"
_MAY_HOLD_WORD = rf"(?:^|[^{_LATIN}0-9'’-])[{_SMALL}]{{2}}|[^\x00-\x{{24f}}\x{{2010}}-\x{{2027}}]"
_SMALL_WORD = regex.compile(r"(?<![\p{L}\p{M}\p{N}'’-])\p{Ll}[\p{Ll}\p{M}]+(?![\p{L}\p{M}\p{N}])")


class Tokens(NamedTuple):
    """The tokens of texts, one after the other.

    Attributes:
        distinct: every token once.
        codes: of each token, in the order of the texts, its place in `distinct`.
        bounds: where the tokens of each text begin in `codes`, and where those of the last end.
        small: which distinct tokens are small letters of ASCII alone: words as they stand.
        signed: which hold anything but letters of ASCII. Of those in neither, none is written small.
    """

    distinct: pa.StringArray
    codes: npt.NDArray[np.int32]
    bounds: npt.NDArray[np.int32]
    small: npt.NDArray[np.int64]
    signed: npt.NDArray[np.int64]


def split(texts: Sequence[str]) -> Tokens:
    """The tokens of cleaned texts, which hold no white space but spaces and line ends."""
    lists = pc.ascii_split_whitespace(pc.ascii_trim_whitespace(pa.array(texts, pa.string())))
    encoded = lists.flatten().dictionary_encode()
    is_plain = pc.ascii_is_alpha(encoded.dictionary)
    is_small = pc.and_(is_plain, pc.ascii_is_lower(encoded.dictionary))
    by_letters = np.flatnonzero(_mask(is_small)), np.flatnonzero(~_mask(is_plain))
    return Tokens(encoded.dictionary, encoded.indices.to_numpy(), lists.offsets.to_numpy(), *by_letters)


def small_words(tokens: Tokens) -> pa.Table:
    """The words written small and how often each stands in the texts: `word`, `n`."""
    n = np.bincount(tokens.codes, minlength=len(tokens.distinct))
    at, rest = tokens.small, tokens.signed
    small, signed = tokens.distinct.take(at), tokens.distinct.take(rest)
    is_word = pc.greater(pc.binary_length(small), 1)
    plain = pc.struct_field(pc.extract_regex(signed, _PLAIN), "word")
    is_plain = _mask(pc.is_valid(plain))
    other = np.flatnonzero(~is_plain)
    other = other[_mask(pc.match_substring_regex(signed.take(other), _MAY_HOLD_WORD))]
    others = [*map(_small_words_in, signed.take(other).to_pylist())]
    n_other = np.repeat(n[rest[other]], [*map(len, others)])
    words = [small.filter(is_word), plain.drop_null(), pa.array(chain.from_iterable(others), pa.string())]
    counts = np.concatenate([n[at][_mask(is_word)], n[rest[is_plain]], n_other])
    table = pa.table({"word": pa.chunked_array(words), "n": counts})
    return table.group_by("word", use_threads=False).aggregate([("n", "sum")]).rename_columns(["word", "n"])


def _mask(values: pa.BooleanArray) -> npt.NDArray[np.bool_]:
    mask: npt.NDArray[np.bool_] = values.to_numpy(zero_copy_only=False)
    return mask


@lru_cache(maxsize=1 << 16)
def _small_words_in(token: str) -> tuple[str, ...]:
    return tuple(_SMALL_WORD.findall(token))
