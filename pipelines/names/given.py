"""Knows which given names are one name in other languages or in short: John and Ivan, Robert and Bob.

The names are data with their sources, in `given_names.toml`; they are found by spelling or by sound, so that no
spelling of theirs need be listed. Whether two people bear one name is `match`'s business.
"""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.names import romanise
from pipelines.names.surfaces import true

MOST = 6
"""How many groups a name can be in; further ones are not looked at."""


def groups(folded: Sequence[str], heard: romanise.Sounds) -> npt.NDArray[np.int16]:
    """The groups of given names that each name part is in, one row a part, at most MOST, else -1.

    Args:
        folded: The parts as `romanise.fold` gives them.
        heard: Their sounds.
    """
    by_form, by_sound = _groups()
    found = np.full((len(folded), MOST), -1, dtype=np.int16)
    filled = np.zeros(len(folded), dtype=np.int64)
    known = [by_form.get(one) for one in folded]
    for number, ids in enumerate(known):
        if ids:
            found[number, : len(ids[:MOST])] = ids[:MOST]
            filled[number] = MOST
    rows = np.flatnonzero(true(pc.is_in(_column(heard.sound), _sounds())) & (filled[heard.token] == 0))
    sounding: dict[int, set[int]] = {}
    for token, sound in zip(heard.token[rows].tolist(), heard.sound[rows].tolist(), strict=True):
        sounding.setdefault(token, set()).update(by_sound[sound])
    for token, several in sounding.items():
        ids = sorted(several)[:MOST]
        found[token, : len(ids)] = ids
    return found


def _column(sounds: npt.NDArray[np.bytes_]) -> pa.Array:
    """The sounds as Arrow holds them: it looks them up without sorting."""
    kind = pa.binary(sounds.dtype.itemsize)
    return pa.FixedSizeBinaryArray.from_buffers(kind, len(sounds), [None, pa.py_buffer(np.ascontiguousarray(sounds))])


@cache
def _sounds() -> pa.Array:
    """What given names sound like."""
    return _column(np.array(sorted(_groups()[1]), f"S{romanise.LONGEST}"))


@cache
def _groups() -> tuple[dict[str, list[int]], dict[bytes, list[int]]]:
    """Groups by spelling, and by what the spelling sounds like."""
    text = files("pipelines.names").joinpath("given_names.toml").read_text("utf-8")
    by_form: dict[str, list[int]] = {}
    for number, line in enumerate(tomllib.loads(text)["groups"].strip().split("\n")):
        for form in romanise.fold(line.split()):
            ids = by_form.setdefault(form, [])
            if number not in ids:
                ids.append(number)
    forms = list(by_form)
    heard = romanise.sounds(forms)
    by_sound: dict[bytes, list[int]] = {}
    for token, sound in zip(heard.token, heard.sound, strict=True):
        if len(sound) > 3:
            ids = by_sound.setdefault(bytes(sound), [])
            ids += [one for one in by_form[forms[token]] if one not in ids]
    return by_form, by_sound
