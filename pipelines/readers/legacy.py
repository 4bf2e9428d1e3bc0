"""Encodings of 8-bit times: which one a text without any declaration is in, and damaged UTF-8 told from them.

Belongs here: the choice between chardet's candidates by how plausible the letters stand, and which are considered.
Not here: BOMs, UTF-16, decoding (`encoding`).

The candidates come from chardet's statistics of languages. On texts of one sentence these waver, and what they waver to
is often no writing at all: letters of two alphabets in one word, symbols inside words, capitals after small letters.
"""

from __future__ import annotations

import codecs
import itertools
import re
import unicodedata
import warnings
from collections.abc import Iterable
from dataclasses import dataclass

import chardet

SAMPLE = 1 << 16
"""Bytes around non-ASCII characters that are looked at."""

_CONSIDERED = (
    "cp1252", "cp1250", "cp1251", "iso8859-1", "iso8859-2", "iso8859-15", "koi8-r", "koi8-u", "iso8859-5", "cp866",
    "cp1253", "iso8859-7", "cp1254", "iso8859-9", "cp1257", "iso8859-13", "iso8859-4", "iso8859-16", "mac-roman",
    "mac-cyrillic", "mac-latin2", "cp850", "cp852", "cp437", "cp855", "cp1125", "cp865", "cp1255", "cp1256",
    "shift_jis", "euc-jp", "gb18030", "big5", "euc-kr",
)  # fmt: skip
MULTIBYTE = ("shift_jis", "cp932", "euc_jp", "gb18030", "gb2312", "gbk", "big5", "euc_kr", "cp949", "big5hkscs")
_SUPERSETS = {"iso8859-1": "cp1252", "shift_jis": "cp932", "shift_jis_2004": "cp932", "euc_jis_2004": "euc_jp"}
_AROUND = re.compile(rb"[^\n\r]{0,160}[\x80-\xff][^\n\r]{0,160}")
_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CUT_OFF = re.compile(rb"(?:[\xe0-\xef][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{1,2})\Z")
_HIGH = re.compile(rb"[\x80-\xff]")
_WORD = re.compile(r"(?:[^\W_]|[\u00ad])*[^\x00-\x7f](?:[^\W_]|[^\x00-\x7f\s])*")
_MONEY = re.compile(r"[£¥€$](?=[^\W\d_])|(?<=[^\W\d_])[£¥½¼¾×±]|[×±](?=[^\W\d_])|[^\x00-\x7f\W\d_](?=\d)")
_INSIDE = re.compile(r"(?<=[^\W\d_])[^\x00-\x7f\w’‘´`\u00ad–—…](?=[^\W\d_])")
_FEW = 4
"""So few bytes above ASCII, none of them beside a letter, tell no language: they are Windows' signs, or damage."""
_BESIDE_LETTER = re.compile(rb"[A-Za-z][\x80-\xff]|[\x80-\xff][A-Za-z]")
_LONE_WORDS = frozenset("àáâèéêìíîòóôöåäøæÀÉÓÖÅ")
_TYPOGRAPHY = frozenset("“”‘’„‚«»‹›–—…•·§°©®™€£¥¿¡ªº†‡№´`¨\u00a0\u00ad×½¼¾²³¹±µ¶")
_ASCII = frozenset(map(chr, range(128)))
_ENDS_WORD = frozenset("“”‘’„‚«»‹›–—…•·§°©®™€£¥¿¡†‡№´`\u00a0\u00ad×½¼¾²³¹±")
_PRIOR = {"cp1252": 1.1}
_RARE = 0.8
"""How much rarer code pages of DOS and the old Macintosh are than those of Windows, and how much commoner its first."""
_NOISE = 0.045
_BELIEVABLE = 0.34
"""A reading in which more of the characters above ASCII are out of place is no text."""


def sample(blocks: Iterable[bytes]) -> bytes:
    """The surroundings of the first non-ASCII bytes of a file, and its last bytes if they are none."""
    found: list[bytes] = []
    size, last = 0, b""
    for block in blocks:
        last = block
        if size < SAMPLE and not block.isascii():
            for match in _AROUND.finditer(block):
                found.append(match.group())
                size += len(found[-1])
                if size >= SAMPLE:
                    break
    if last and last[-1] > 127 and not (found and last.endswith(found[-1])):
        found.append(last[-160:])
    return b"\n".join(found)


def legacy_codec(text: bytes) -> str:
    """The codec of a text that is no sound UTF-8: `utf-8` if it is damaged UTF-8, "" if it is nothing known here."""
    n_high = len(_HIGH.findall(text))
    n_utf8 = sum(len(match) for match in _UTF8.findall(text))
    n_sequences = len(_UTF8.findall(text))
    n_bad = n_high - n_utf8
    if n_sequences > 2 * n_bad or (_CUT_OFF.search(text) and n_bad <= 3 and n_utf8 >= n_high - 3):
        return "utf-8"
    if n_high <= _FEW and not _BESIDE_LETTER.search(text):
        return "cp1252" if set(text.decode("cp1252", "replace")) <= _TYPOGRAPHY | _LONE_WORDS | _ASCII else "utf-8"
    best = _best(text)
    if (
        best
        and best.is_writing(n_high)
        and best.share_out_of_place <= (_BELIEVABLE / 3 if n_sequences else _BELIEVABLE)
        and best.is_language(n_high)
    ):
        return best.name
    return "utf-8" if n_sequences >= n_bad or n_bad <= max(3, len(text) // 50) else ""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text as read in one codec.

    Attributes:
        confidence: chardet's, over the square root of the share of bytes above ASCII: some .3 to 2 in sound texts of a
            sentence or more, below .04 in noise.
    """

    name: str
    text: str
    confidence: float
    share_out_of_place: float

    @property
    def merit(self) -> float:
        """What the readings of a text are compared by."""
        prior = _PRIOR.get(self.name, _RARE if self.name.startswith(("mac", "cp4", "cp8", "cp11")) else 1.0)
        return self.confidence * (1 - self.share_out_of_place) ** 6 * prior

    def is_writing(self, n_high: int) -> bool:
        """Whether there are hardly any control characters, and enough characters for a codec of several bytes."""
        n_controls = sum("\x7f" < char < "\xa0" for char in self.text)
        return 30 * n_controls <= n_high and (self.name not in MULTIBYTE or n_high > 2 * _FEW)

    def is_language(self, n_high: int) -> bool:
        """Whether statistics do not speak against it; of three letters or fewer they say nothing."""
        return n_high <= 3 or self.confidence >= _NOISE


def _best(text: bytes) -> _Reading | None:
    """The most credible reading; among codecs that read the text alike the first of those considered."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # chardet warns where no candidate is left
        candidates = chardet.detect_all(text, ignore_threshold=True, include_encodings=_CONSIDERED)
    share_high = max(1, len(_HIGH.findall(text))) / max(1, len(text))
    readings = []
    for candidate in candidates:
        name = _canonical(candidate["encoding"] or "")
        reading = _reading(text, name)
        if reading is not None:
            confidence = float(candidate["confidence"]) / share_high**0.5
            readings.append(_Reading(name, reading, confidence, out_of_place(reading)))
    if not readings:
        return None
    best = max(readings, key=lambda one: one.merit)
    rank = {_canonical(name): number for number, name in reversed(list(enumerate(_CONSIDERED)))}
    return min(
        (one for one in readings if one.text == best.text), key=lambda one: (rank.get(one.name, len(rank)), one.name)
    )


def _canonical(name: str) -> str:
    """Python's name of the codec; ISO 8859-1 and Shift JIS are read as their supersets, Windows' code pages."""
    try:
        found = codecs.lookup(name).name
    except LookupError:
        return ""
    return _SUPERSETS.get(found, found)


def _reading(text: bytes, name: str) -> str | None:
    """The decoded text; with encodings of one byte undefined bytes may stand, with others the way back is exact."""
    if not name:
        return None
    try:
        reading = text.decode(name, "strict" if name in MULTIBYTE else "surrogateescape")
        return reading if name not in MULTIBYTE or reading.encode(name) == text else None
    except UnicodeError:
        return None


def out_of_place(text: str) -> float:
    """The share of characters above ASCII that stand as in no writing: 0 in sound text, near 1 in a wrong reading."""
    bad = n = 0
    for match in _WORD.finditer(text):
        high = sum(1 for char in match.group() if char > "\x7f")
        n += high
        bad += min(high, _faults(match.group()))
    return bad / n if n else 0.0


def _faults(run: str) -> int:
    """Characters out of place in a run of letters and what stands among them."""
    faults = 0
    word = run.strip("".join(_ENDS_WORD))
    for char in run:
        if char <= "\x7f" or char in _TYPOGRAPHY:
            continue
        category = unicodedata.category(char)
        faults += category in ("Cc", "Cs", "Cn", "Co", "So", "Sm", "Sk", "Lm", "No", "Sc", "Mn")
    inner = len(_INSIDE.findall(word)) + len(_MONEY.findall(run))
    alphabets = {_alphabet(char) for char in word if char.isalpha()}
    faults += inner + (len(word) if len(alphabets) > 1 else 0)
    faults += sum(
        1 for one, two in itertools.pairwise(word) if one.islower() and two.isupper() and max(one, two) > "\x7f"
    )
    if alphabets == {"LATIN"} and re.search(r"[^\x00-\x7f]{3}", word):
        faults += sum(1 for char in word if char > "\x7f")
    return faults


def _alphabet(char: str) -> str:
    return unicodedata.name(char, "?").partition(" ")[0]
