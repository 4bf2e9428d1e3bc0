"""Turns name parts into what they sound like under every writing convention, the key by which spellings are compared.

One function, `sounds`, makes the key for the authority's names and for those in texts. The conventions themselves are
data, with their sources, in `conventions.toml`; `rules` applies them. No scoring here, and nothing that
knows of whole names.
"""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.names.rules import Lines, Rows, Rules, Several, rules

LONGEST = 24
"""How many sounds of a name part count; more are cut off."""
NEVER = "!"
LATIN = (
    "english", "belarusian", "german", "german_soft", "french", "polish", "czech", "unaccented", "hungarian", "romance",
    "spanish", "dutch", "nordic", "finnic", "baltic", "turkic", "turkic_russified", "russified", "misprinted",
    "oriental",
)  # fmt: skip
USUAL = ("english", "german", "german_soft", "french", "polish", "czech", "unaccented", "hungarian", "dutch", "nordic")
"""Conventions that write East European names in most books and papers, and few others as something else."""
LATIN_ENDS = "\u0370"
"""Letters from here on are of other scripts."""
OTHER_SCRIPTS = ("cyrillic", "greek", "georgian", "armenian")
CYRILLIC_VARIANTS = ("ukrainian", "bulgarian")
_SIGNS = "'`-."
"""Plain signs that are no letters; `_bare_letters` has them all."""
_ACCENTED = re.compile(rb"[\x80-\xff]+")
_COARSE = bytes.maketrans(b"oezZhfWJ", b"aisSgvSC")
_COARSER = bytes.maketrans(b"oeiuzZhfWJk", b"aaaasSgvSCg")


@dataclass(frozen=True, slots=True)
class Sounds:
    """The sounds of a list of name parts: row i says that part `token[i]` may sound like `sound[i]`.

    Attributes:
        token: Position in the list given, ascending; a part of an unknown script has no row.
        sound: ASCII bytes, at most LONGEST, one sign a sound as in conventions.toml; distinct within a part.
    """

    token: npt.NDArray[np.int32]
    sound: npt.NDArray[np.bytes_]


def fold(tokens: Sequence[str]) -> list[str]:
    """The parts in lower case, without accents, apostrophes and ligatures: their bare Latin (or other) letters."""
    text = unicodedata.normalize("NFC", "\n".join(tokens)).lower()
    bare = text.encode().translate(None, _SIGNS.encode())
    return _ACCENTED.sub(_without_accents, bare).decode().split("\n") if tokens else []


def _without_accents(letters: re.Match[bytes]) -> bytes:
    return letters[0].decode().translate(_bare_letters()).encode()


def sounds(tokens: Sequence[str], finish: str = "finish", conventions: Sequence[str] = LATIN) -> Sounds:
    """What each part sounds like under each writing convention that may have written it.

    Args:
        tokens: Name parts in any case and script, none empty, none with white space.
        finish: What is done to all of them at the end: "finish" for finding, "closely" for telling transcriptions of
            one name from names that sound alike.
        conventions: Which of LATIN may have written the parts in Latin letters.

    Returns:
        Their sounds; the same part has the same sounds whatever stands beside it.
    """
    if not tokens:
        return Sounds(np.zeros(0, np.int32), np.zeros(0, f"S{LONGEST}"))
    latin = np.fromiter(map(str.isascii, tokens), bool, len(tokens))
    latin[~latin] = [_is_latin(tokens[number]) for number in np.flatnonzero(~latin).tolist()]
    rows, lines = [np.zeros(0, np.int64)], [pa.array([], pa.string())]
    for those, convert in ((latin, partial(_latin, conventions)), (~latin, _other_scripts)):
        numbers = np.flatnonzero(those)
        if len(numbers):
            text = unicodedata.normalize("NFC", "\n".join([tokens[number] for number in numbers.tolist()])).lower()
            for at, made in convert(Lines(f"\n{text}\n".encode())):
                rows.append(numbers[at])
                lines.append(made)
    encoded = pa.concat_arrays(lines).dictionary_encode()
    code, values = _codes(encoded.dictionary, finish)
    code = code[encoded.indices.to_numpy()]
    some = code >= 0
    pairs = np.sort((np.concatenate(rows)[some] << 32) | code[some])
    pairs = pairs[np.concatenate([[True], pairs[1:] != pairs[:-1]])] if len(pairs) else pairs
    return Sounds((pairs >> 32).astype(np.int32), values[pairs & 0xFFFFFFFF])


def closely(left: Sequence[str], right: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Whether two parts beside each other may transcribe the very same letters under two writing conventions."""
    return agree(left, right, "closely")


def agree(
    left: Sequence[str], right: Sequence[str], finish: str = "finish", conventions: Sequence[str] = LATIN
) -> npt.NDArray[np.bool_]:
    """Whether two parts beside each other may sound the same; the rest is as for `sounds`."""
    distinct = list(dict.fromkeys([*left, *right]))
    made = sounds(distinct, finish, conventions)
    of: dict[str, set[bytes]] = {part: set() for part in distinct}
    for number, sound in zip(made.token.tolist(), made.sound.tolist(), strict=True):
        of[distinct[number]].add(sound)
    return np.array([not of[a].isdisjoint(of[b]) for a, b in zip(left, right, strict=True)], dtype=bool)


def coarse(sound: npt.NDArray[np.bytes_], vowels: bool = True) -> npt.NDArray[np.bytes_]:
    """The sounds with those told apart least reliably made equal (a/o, e/i, s/z, sh/zh, g/h, v/f), for finding.

    Args:
        sound: Sounds as `sounds` gives them.
        vowels: Whether vowels are told apart at all, and k from g.
    """
    width = sound.dtype.itemsize
    return np.frombuffer(sound.tobytes().translate(_COARSE if vowels else _COARSER), f"S{width}")


@cache
def conventions() -> dict[str, tuple[tuple[tuple[str, str], ...], str]]:
    """The rules of each convention in the order in which they apply, and its base, else "".

    A convention with a base has that one's rules after its own.
    """
    tables = tomllib.loads(files("pipelines.names").joinpath("conventions.toml").read_text("utf-8"))
    return {
        name: (tuple(_rule(rule) for rule in table["rules"].split()), table.get("base", ""))
        for name, table in tables.items()
    }


def _rule(rule: str) -> tuple[str, str]:
    letters, _, sound = rule.partition("=")
    before, after = ("\n" if letters[0] == "^" else ""), ("\n" if letters[-1] == "$" else "")
    return before + letters.strip("^$") + after, before + sound.strip("^$") + after


@cache
def _rules(convention: str, beside: bool = False) -> Rules:
    """The rules of a convention and its base, alone or for what it has `beside` that one."""
    own, base = conventions()[convention]
    return rules(own, conventions()[base][0] if base else (), beside)


@cache
def _several(wanted: tuple[str, ...]) -> tuple[Several, list[bool]]:
    """The rules of conventions, and of each whether they are those beside its base, which is among them too."""
    is_beside = [conventions()[name][1] in wanted for name in wanted]
    return Several.of([_rules(name, beside) for name, beside in zip(wanted, is_beside, strict=True)]), is_beside


def _is_latin(token: str) -> bool:
    return all(sign < LATIN_ENDS or not sign.isalpha() for sign in token)


def _latin(wanted: Sequence[str], lines: Lines) -> list[tuple[Rows, pa.Array]]:
    """The lines in sounds as the conventions write them; what several leave as it is comes once.

    Beside its base a convention makes only those that its own rules change: the others sound as the base's.
    """
    found, is_left = [], np.zeros(len(lines), bool)
    rules_of, is_beside = _several(tuple(wanted))
    for beside, changed in zip(is_beside, lines.changed_by(rules_of), strict=True):
        found += changed
        if not beside:
            left = np.ones(len(lines), bool)
            for at, _ in changed:
                left[at] = False
            is_left |= left
    return [*found, (np.flatnonzero(is_left), lines.take(is_left))]


def _other_scripts(lines: Lines) -> list[tuple[Rows, pa.Array]]:
    """Lines with Cyrillic, Greek, Georgian and Armenian letters turned into sounds, in each way they may sound."""
    found = []
    for way in ("cyrillic", *CYRILLIC_VARIANTS):
        made = lines.applied(_rules(way))
        for name in OTHER_SCRIPTS[1:]:
            made = Lines(_text(made)).applied(_rules(name))
        found.append((np.arange(len(made)), made))
    return found


def _text(lines: pa.Array) -> bytes:
    """The lines with a newline before each and one at the end."""
    whole = pa.ListArray.from_arrays(pa.array([0, len(lines)], pa.int32()), lines)
    return b"\n" + pc.binary_join(whole, "\n")[0].as_buffer().to_pybytes() + b"\n"


def _codes(lines: pa.Array, finish: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bytes_]]:
    """A number for each distinct line, finished, and what these sound like; -1 for what is not in sounds."""
    code = np.full(len(lines), -1)
    possible = np.flatnonzero(pc.invert(pc.match_substring(lines, NEVER)).to_numpy(zero_copy_only=False))
    finished = _finish(lines.take(pa.array(possible)), finish)
    sound = pc.and_(pc.string_is_ascii(finished), pc.not_equal(finished, ""))
    made = np.flatnonzero(sound.to_numpy(zero_copy_only=False))
    encoded = pc.utf8_slice_codeunits(finished.take(pa.array(made)), 0, LONGEST).dictionary_encode()
    code[possible[made]] = encoded.indices.to_numpy()
    padded = pc.ascii_rpad(encoded.dictionary, LONGEST, "\0")
    return code, np.frombuffer(padded.buffers()[2] or b"", f"S{LONGEST}", len(padded))


def _finish(lines: pa.Array, finish: str) -> pa.Array:
    """The lines with what is done at the end, after their accents and signs are dropped."""
    if not len(lines):
        return lines
    plain = pc.string_is_ascii(lines).to_numpy(zero_copy_only=False)
    at = [np.flatnonzero(plain), np.flatnonzero(~plain)]
    bare = _text(lines.take(pa.array(at[0]))).translate(None, _SIGNS.encode())
    accented = _text(lines.take(pa.array(at[1]))).decode().translate(_bare_sounds()).encode()
    both = zip((bare, accented), at, strict=True)
    finished = [Lines(text).applied(_rules(finish)) for text, rows in both if len(rows)]
    return pa.concat_arrays(finished).take(pa.array(np.argsort(np.concatenate(at))))


@cache
def _bare_letters() -> dict[int, str]:
    """What becomes of each letter with an accent, and of each sign that is no letter, when spellings are folded."""
    table = {ord(sign): "" for sign in _SIGNS + "’‘´ʹʺʼʻʿʾ′″‐‑·"}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        bare = "".join(c for c in unicodedata.normalize("NFKD", chr(code)) if not unicodedata.combining(c))
        table[code] = bare
    table |= dict.fromkeys(range(768, 880), "")
    special = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ə": "a"}
    return table | {ord(letter): bare for letter, bare in special.items()}


@cache
def _bare_sounds() -> dict[int, str]:
    """As `_bare_letters`, for signs left after the conventions: accents no rule named still tell their sound."""
    special = {"č": "C", "š": "S", "ž": "Z", "ć": "C", "ç": "C", "ş": "S", "ș": "S", "ţ": "T", "ț": "T", "ż": "Z",
               "đ": "J", "ŝ": "W", "æ": "e", "œ": "e", "ğ": "g"}  # fmt: skip
    return _bare_letters() | {ord(letter): sound for letter, sound in special.items()}
